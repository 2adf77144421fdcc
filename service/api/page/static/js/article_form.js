// An article that an operator writes.

import { request } from "./api.js";
import { byId } from "./dom.js";
import { t } from "./language.js";

export class ArticleForm {
  #form = byId("article-form");

  /** @param {object} handlers `queued()`, `failed(failure)`. */
  constructor(handlers) {
    this.handlers = handlers;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  async #send() {
    const outcome = byId("form-outcome");
    try {
      await request("/v1/articles", { method: "POST", body: this.#article() });
    } catch (failure) {
      outcome.textContent = failure.detail || t(`error_${failure.kind}`);
      return this.handlers.failed(failure);
    }
    this.#form.reset();
    outcome.textContent = t("added", { n: 1 });
    byId("field-title").focus();
    return this.handlers.queued();
  }

  /** What was filled in; the text as it is, for quotes count its characters. */
  #article() {
    const fields = Object.fromEntries(new FormData(this.#form));
    const { text, tags, ...others } = fields;
    const filled = Object.entries(others).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);
    const named = tags.split(/[,،]/).map((tag) => tag.trim()).filter(Boolean);
    return { text: text.replace(/\r\n?/g, "\n"), ...Object.fromEntries(filled), ...(named.length ? { tags: named } : {}) };
  }
}
