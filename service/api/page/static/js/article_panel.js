// The article beside the conversation, with its quotes lit.

import { announce } from "./announcer.js";
import { article as fetchArticle } from "./api.js";
import { originParts, originalLink, titleOf } from "./citations.js";
import { copy, quoteText } from "./copying.js";
import { byId, el, icon, replaceChildren } from "./dom.js";
import { current, onLanguage, t } from "./language.js";
import { length, parts, slice, tongue } from "./text.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const narrow = matchMedia("(max-width: 1179px)");

export class ArticlePanel {
  #panel = byId("article-panel");
  #body = byId("article-body");
  #opener = null;
  #request = null;
  #shown = null;
  #behind;

  /**
   * @param {Element[]} behind what cannot be used while the panel lies over it.
   * @param {(failure: Error) => void} failed
   */
  constructor(behind, failed) {
    this.#behind = behind;
    this.failed = failed;
    byId("article-close").addEventListener("click", () => this.close());
    byId("article-backdrop").addEventListener("click", () => this.close());
    narrow.addEventListener("change", () => this.#cover());
    onLanguage(() => this.#shown && this.#show(this.#shown));
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  /**
   * Open an article.
   *
   * @param {string} id
   * @param {object} view `citations` of it, the `marker` to begin with, the reader's `language`, and the `opener` that
   *   gets the focus back.
   */
  async open(id, { citations = [], marker = null, language = current(), opener = null }) {
    this.#request?.abort();
    this.#request = new AbortController();
    this.#opener = opener;
    this.#reveal();
    replaceChildren(this.#body, el("p", { class: "loading" }, t("article_loading")));
    try {
      const article = await fetchArticle(id, this.#request.signal);
      this.#show({ article, citations, marker, language });
    } catch (failure) {
      if (failure.name === "AbortError") return;
      const text = failure.kind === "missing" ? t("article_gone") : t(`error_${failure.kind}`);
      replaceChildren(this.#body, el("p", { class: "note", role: "alert" }, text));
      if (failure.kind === "key") this.failed(failure);
    }
  }

  close() {
    if (!this.isOpen) return;
    this.#request?.abort();
    this.#panel.hidden = true;
    this.#shown = null;
    document.body.classList.remove("with-article");
    this.#cover();
    if (this.#opener?.isConnected) this.#opener.focus();
  }

  #reveal() {
    this.#panel.hidden = false;
    document.body.classList.add("with-article");
    this.#cover();
    byId("article-heading").focus({ preventScroll: true });
  }

  /** On narrow screens the panel lies over the page, which then is out of reach. */
  #cover() {
    const over = this.isOpen && narrow.matches;
    this.#behind.forEach((element) => (element.inert = over));
    byId("article-backdrop").hidden = !over;
  }

  #show(shown) {
    this.#shown = shown;
    const { article, citations, marker, language } = shown;
    const spans = citations.map((citation) => standing(article.text, citation));
    const first = Math.max(0, citations.findIndex((citation) => citation.marker === marker));
    replaceChildren(this.#body, this.#head(article, language), notice(spans), this.#text(article, spans), tags(article));
    if (citations.length) this.#tools(citations, spans, first, language);
    announce(`${t("article")}: ${titleOf(article)}`);
  }

  #head(article, language) {
    const title = titleOf(article);
    return el(
      "header",
      { class: "article-head" },
      el("p", { class: "origin", lang: language }, ...originParts(article, language), originalLink(article)),
      el("h3", { class: "article-title", ...tongue(title) }, title),
      el("div", { class: "quote-tools" }),
    );
  }

  #text(article, spans) {
    const lit = spans.filter((span) => span.place !== "lost");
    const text = parts(article.text, lit).map(({ text: part, span }) =>
      span ? el("mark", { class: "cited", tabindex: "-1", data: { marker: span.marker } }, part) : part,
    );
    return el("div", { class: "article-text", ...tongue(article.text) }, text);
  }

  #tools(citations, spans, first, language) {
    let at = first;
    const count = el("span", { class: "quote-count" });
    const step = (by) => () => go((at + by + citations.length) % citations.length);
    const button = (name, label, run) => el("button", { type: "button", class: "icon-button", "aria-label": t(label), title: t(label), on: { click: run } }, icon(name));
    const steps = citations.length > 1 && [button("up", "quote_previous", step(-1)), button("down", "quote_next", step(1))];
    const go = (number) => {
      at = number;
      count.textContent = t("quote_of", { n: citations[at].marker, all: Math.max(...citations.map((one) => one.marker)) });
      if (citations.length > 1) count.textContent = t("quote_of", { n: at + 1, all: citations.length });
      this.#light(spans[at]);
    };
    const copying = button("copy", "copy_quote", () => copy(quoteText(citations[at], language), t("copied")));
    replaceChildren(this.#body.querySelector(".quote-tools"), citations.length > 1 && count, steps, copying);
    go(at);
  }

  #light(span) {
    for (const mark of this.#body.querySelectorAll("mark")) {
      const here = Number(mark.dataset.marker) === span.marker;
      mark.classList.toggle("current", here);
      if (here) mark.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
    }
  }
}

/** Where a quote stands in the text as it is now: at its place, elsewhere ("moved") or nowhere ("lost"). */
function standing(text, { marker, quote, start, end }) {
  if (slice(text, start, end) === quote) return { marker, start, end, place: "same" };
  const at = text.indexOf(quote);
  if (at < 0) return { marker, start: 0, end: 0, place: "lost" };
  const moved = length(text.slice(0, at));
  return { marker, start: moved, end: moved + length(quote), place: "moved" };
}

function notice(spans) {
  const places = new Set(spans.map((span) => span.place));
  const text = places.has("lost") ? "article_changed" : places.has("moved") ? "article_moved" : null;
  return text && el("p", { class: "note", role: "note" }, icon("note"), t(text));
}

function tags(article) {
  if (!article.tags.length) return null;
  return el("ul", { class: "tags" }, article.tags.map((tag) => el("li", tongue(tag), tag)));
}
