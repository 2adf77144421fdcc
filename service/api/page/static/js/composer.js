// Where questions are written.

import { byId } from "./dom.js";
import { t } from "./language.js";
import { direction, length } from "./text.js";

/** What the service takes; see `maxLength` of the question in /openapi.json. */
const LONGEST = 2000;
const TALLEST_PX = 220;

export class Composer {
  #form = byId("composer");
  #input = byId("question-input");
  #send = byId("send-button");
  #stop = byId("stop-button");

  /** @param {object} handlers `ask(question)` gives whether it was taken; `stop()`. */
  constructor(handlers) {
    this.handlers = handlers;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("input", () => this.#grow());
    this.#stop.addEventListener("click", () => handlers.stop());
    this.#grow();
  }

  set busy(busy) {
    this.#send.hidden = busy;
    this.#stop.hidden = !busy;
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  #key(event) {
    // While an input method composes, Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const question = this.#input.value.trim();
    if (!question || length(question) > LONGEST) return;
    if (!this.handlers.ask(question)) return;
    this.#input.value = "";
    this.#grow();
  }

  #grow() {
    const text = this.#input.value;
    this.#input.dir = text.trim() ? direction(text) : "";
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, TALLEST_PX)}px`;
    const over = length(text.trim()) - LONGEST;
    byId("question-fault").textContent = over > 0 ? t("too_long", { n: over }) : "";
    this.#send.disabled = !text.trim() || over > 0;
  }
}
