// Files of articles, chosen or dropped.

import { request } from "./api.js";
import { BadFile, articlesOf, batches } from "./article_file.js";
import { number } from "./dates.js";
import { byId, el, replaceChildren } from "./dom.js";
import { current, t } from "./language.js";
import { tongue } from "./text.js";

/** Entries that were left out and are named. */
const MOST_NAMED = 20;

export class Upload {
  #outcome = byId("file-outcome");
  #input = byId("file-input");

  /** @param {object} handlers `queued()`, `failed(failure)`. */
  constructor(handlers) {
    this.handlers = handlers;
    this.#input.addEventListener("change", () => this.#send([...this.#input.files]));
    const drop = byId("drop");
    for (const event of ["dragenter", "dragover"]) drop.addEventListener(event, (dragged) => this.#over(dragged, true));
    drop.addEventListener("dragleave", (dragged) => this.#over(dragged, drop.contains(dragged.relatedTarget)));
    drop.addEventListener("drop", (dropped) => {
      this.#over(dropped, false);
      this.#send([...dropped.dataTransfer.files]);
    });
  }

  #over(event, over) {
    event.preventDefault();
    byId("drop").classList.toggle("over", over);
  }

  async #send(files) {
    this.#input.value = "";
    for (const file of files) {
      try {
        const { articles, skipped } = articlesOf(await file.text());
        await this.#queue(articles);
        this.#say(t("added", { n: articles.length }), skipped);
      } catch (failure) {
        this.#fail(failure);
        return;
      }
    }
  }

  async #queue(articles) {
    let done = 0;
    for (const batch of batches(articles)) {
      this.#say(t("adding", { done: number(done, current()), all: number(articles.length, current()) }));
      await request("/v1/articles", { method: "POST", body: { articles: batch } });
      done += batch.length;
      this.handlers.queued();
    }
  }

  #say(text, skipped = []) {
    const named = skipped.slice(0, MOST_NAMED).map((reason) => el("li", tongue(reason), reason));
    const left = skipped.length > 0 && [el("p", {}, t("file_skipped", { n: skipped.length })), el("ul", { class: "skipped" }, named)];
    replaceChildren(this.#outcome, el("p", {}, text), left);
  }

  #fail(failure) {
    if (failure instanceof BadFile) return replaceChildren(this.#outcome, el("p", { class: "fault", ...tongue(failure.message) }, failure.message));
    this.#outcome.replaceChildren();
    return this.handlers.failed(failure);
  }
}
