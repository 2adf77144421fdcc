// How the index and the service are.

import { moment, number } from "./dates.js";
import { byId, el, replaceChildren } from "./dom.js";
import { current, t } from "./language.js";
import { tongue } from "./text.js";

/** Sources that are named; the rest are counted in the filters of the chat page. */
const MOST_SOURCES = 12;

export function showStatus(status) {
  const language = current();
  const count = (value) => number(value, language);
  replaceChildren(
    byId("cards"),
    card("articles", count(status.articles)),
    card("chunks", count(status.chunks)),
    card("queue", t("queue_of", { depth: count(status.queue.depth), limit: count(status.queue.limit) })),
    card("jobs_open", count(status.jobs.queued + status.jobs.running)),
  );
  replaceChildren(
    byId("facts"),
    fact("version", status.version),
    fact("since", moment(status.started_at, language)),
    fact("model", status.llm ?? t("model_none")),
    fact("encoder", status.encoder),
    fact("languages", byNumber(status.languages)),
    fact("sources", byNumber(status.sources)),
  );
  replaceChildren(byId("store-facts"), Object.entries(status.store).map(([name, value]) => named(name, plain(value))));
  byId("updated").textContent = t("updated", { time: moment(new Date().toISOString(), language) });
}

const card = (name, value) => el("div", { class: "card", data: { card: name } }, el("dt", {}, t(name)), el("dd", {}, value));
const fact = (name, value) => named(t(name), value);
const named = (name, value) => el("div", { class: "fact" }, el("dt", {}, name), el("dd", {}, typeof value === "string" ? el("bdi", tongue(value), value) : value));

function plain(value) {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

function byNumber(counts) {
  const entries = Object.entries(counts);
  const shown = entries.slice(0, MOST_SOURCES).map(([name, chunks]) => {
    const label = name || t("no_source");
    return el("li", {}, el("bdi", tongue(label), label), " ", el("span", { class: "hint" }, t("chunks_of", { n: chunks })));
  });
  const more = entries.length > MOST_SOURCES && el("li", { class: "hint" }, `+ ${entries.length - MOST_SOURCES}`);
  return el("ul", { class: "counts-list" }, shown, more);
}
