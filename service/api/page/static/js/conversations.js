// The conversations that the browser keeps.

import { isOurs, readJson, writeJson } from "./storage.js";

const NAME = "conversations";
/** More than anyone looks back at; the oldest go first. */
const MOST = 100;
/** As many turns as the service looks back at. */
const TURNS_SENT = 10;

const isTurn = (turn) => typeof turn?.question === "string" && (turn.answer === null || Array.isArray(turn.answer?.citations));
const isConversation = (one) => typeof one?.id === "string" && Array.isArray(one.turns) && one.turns.every(isTurn);

export class Conversations {
  #all = [];

  /** @param {() => void} changed called when another tab has changed them. */
  constructor(changed) {
    this.#read();
    window.addEventListener("storage", (event) => {
      if (!isOurs(event, NAME)) return;
      this.#read();
      changed();
    });
  }

  /** The latest first. */
  get all() {
    return [...this.#all].sort((one, other) => other.updated - one.updated);
  }

  get = (id) => this.#all.find((one) => one.id === id) ?? null;

  /** Keep a conversation as it is now; whether the browser could. */
  keep(conversation) {
    conversation.updated = Date.now();
    this.#read();
    this.#all = [conversation, ...this.#all.filter((one) => one.id !== conversation.id)];
    return this.#write();
  }

  /** Put one back that was deleted. */
  restore(conversation) {
    this.#read();
    this.#all.push(conversation);
    return this.#write();
  }

  delete(id) {
    this.#read();
    this.#all = this.#all.filter((one) => one.id !== id);
    return this.#write();
  }

  clear() {
    this.#all = [];
    return this.#write();
  }

  /** What is kept now: another tab may have written meanwhile. */
  #read() {
    const kept = readJson(NAME, null);
    if (kept === null) return;
    this.#all = Array.isArray(kept) ? kept.filter(isConversation) : [];
  }

  /** Where the space does not do, the older half goes. */
  #write() {
    let kept = this.all.slice(0, MOST);
    while (!writeJson(NAME, kept)) {
      if (kept.length < 2) return false;
      kept = kept.slice(0, Math.floor(kept.length / 2));
    }
    return true;
  }
}

export function newConversation() {
  const id = `c${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
  return { id, updated: Date.now(), turns: [] };
}

export const titleOf = (conversation) => conversation.turns[0]?.question ?? "";

/** What was said before a turn, as the service takes it. */
export function historyBefore(conversation, turn) {
  const before = conversation.turns.slice(0, conversation.turns.indexOf(turn)).filter((one) => one.answer);
  return before.slice(-TURNS_SENT).flatMap(({ question, answer }) => [
    { role: "user", content: question },
    { role: "assistant", content: answer.answer.slice(0, 4000) },
  ]);
}
