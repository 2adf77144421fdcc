// The articles of the index, to look at and to delete.

import { toast } from "./announcer.js";
import { request } from "./api.js";
import { day, number } from "./dates.js";
import { confirmed } from "./dialogs.js";
import { byId, el, icon, replaceChildren } from "./dom.js";
import { current, t } from "./language.js";
import { tongue } from "./text.js";

const PAGE = 25;

export class ArticleList {
  #articles = [];
  #total = 0;
  #next = null;
  #loaded = false;

  /** @param {object} handlers `failed(failure)`, `queued()`. */
  constructor(handlers) {
    this.handlers = handlers;
    byId("more-button").addEventListener("click", () => this.#fetch(this.#next));
  }

  /** From the beginning. */
  load() {
    return this.#fetch(null);
  }

  async #fetch(after) {
    const from = after === null ? "" : `&after=${encodeURIComponent(after)}`;
    try {
      const { articles, total, next } = await request(`/v1/articles?limit=${PAGE}${from}`);
      this.#articles = after === null ? articles : [...this.#articles, ...articles];
      this.#total = total;
      this.#next = next;
      this.#loaded = true;
      this.show();
    } catch (failure) {
      this.handlers.failed(failure);
    }
  }

  show() {
    if (!this.#loaded) return;
    byId("more-button").hidden = this.#next === null;
    byId("listing-count").textContent = t("listing_of", { n: number(this.#articles.length, current()), all: number(this.#total, current()) });
    const rows = el("ul", { class: "rows" }, this.#articles.map((article) => this.#row(article)));
    replaceChildren(byId("listing"), this.#articles.length ? rows : el("p", { class: "empty" }, t("listing_none")));
  }

  #row(article) {
    const title = article.title || article.id;
    const label = t("delete_label", { title });
    return el(
      "li",
      { data: { article: article.id } },
      el("span", { class: "row-title", ...tongue(title) }, title),
      el(
        "span",
        { class: "row-about" },
        el("bdi", { class: "id", dir: "ltr" }, article.id),
        article.source && el("bdi", tongue(article.source), article.source),
        article.published_at && el("time", { datetime: article.published_at }, day(article.published_at, current())),
      ),
      el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: () => this.#delete(article) } }, icon("trash")),
    );
  }

  async #delete(article) {
    const title = article.title || article.id;
    if (!(await confirmed(t("delete_title"), t("delete_text", { title }), t("delete")))) return;
    try {
      await request(`/v1/articles/${encodeURIComponent(article.id)}`, { method: "DELETE" });
    } catch (failure) {
      if (failure.kind !== "missing") return void this.handlers.failed(failure);
    }
    this.#articles = this.#articles.filter((one) => one.id !== article.id);
    this.#total -= 1;
    this.show();
    byId("content").focus();
    toast(t("deleted"));
    this.handlers.queued();
  }
}
