// The service's HTTP interface, and its failures as one kind of error.

import { events } from "./event_stream.js";
import { read, write } from "./storage.js";

/** Seconds to wait where the service says "later" and not when. */
const LATER = 5;
const KINDS = { 401: "key", 403: "scope", 404: "missing", 413: "large", 422: "input", 429: "rate", 503: "busy", 504: "slow" };

export const key = {
  get: () => read("key", ""),
  set: (value) => write("key", value || null),
};

/** A failure that a reader can be told: `kind` names the sentence, `detail` is the service's own. */
export class Failure extends Error {
  constructor(kind, { status = 0, detail = "", retryAfter = 0 } = {}) {
    super(detail || kind);
    this.kind = kind;
    this.status = status;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}

function headers(more) {
  const own = key.get();
  return { ...more, ...(own ? { Authorization: `Bearer ${own}` } : {}) };
}

async function send(path, { method = "GET", body, accept = "application/json", signal } = {}) {
  const content = body === undefined ? {} : { "Content-Type": "application/json" };
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: headers({ Accept: accept, ...content }),
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: "same-origin",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(navigator.onLine ? "unreachable" : "offline");
  }
  if (!response.ok) throw failureOf(response.status, await problem(response), response.headers.get("Retry-After"));
  return response;
}

function failureOf(status, told, retryAfter = null) {
  const kind = KINDS[status] ?? (status >= 500 ? "failed" : "input");
  const waits = status === 429 || status === 503;
  return new Failure(kind, { status, detail: told.detail ?? "", retryAfter: waits ? seconds(retryAfter) : 0 });
}

/** `Retry-After` is a number of seconds or a date. */
function seconds(value) {
  if (value === null) return LATER;
  const number = Number(value);
  const wait = Number.isFinite(number) ? number : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(wait) ? Math.max(1, Math.ceil(wait)) : LATER;
}

async function problem(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

export async function request(path, options) {
  const response = await send(path, options);
  return response.status === 204 ? null : response.json();
}

/**
 * Ask, and hear what happens as it happens.
 *
 * @param {object} question the body of `/v1/ask`.
 * @param {AbortSignal} signal
 * @yields {{event: string, data: object}} the last one is `done`.
 */
export async function* ask(question, signal) {
  const response = await send("/v1/ask", { method: "POST", body: question, accept: "text/event-stream", signal });
  let finished = false;
  try {
    for await (const { event, data } of events(response.body)) {
      const value = JSON.parse(data);
      if (event === "error") throw failureOf(value.status ?? 500, value);
      finished = event === "done";
      yield { event, data: value };
    }
  } catch (error) {
    if (error instanceof Failure || error.name === "AbortError") throw error;
    throw new Failure("broken");
  }
  if (!finished) throw new Failure("broken");
}

export const article = (id, signal) => request(`/v1/articles/${encodeURIComponent(id)}`, { signal });
export const status = () => request("/v1/status");
export const sendFeedback = (feedback) => request("/v1/feedback", { method: "POST", body: feedback });
