// Quotes, the numbers that stand for them, and where they come from.

import { day } from "./dates.js";
import { el, icon, outsideLink } from "./dom.js";
import { t } from "./language.js";
import { sourceName } from "./sources.js";
import { parts, tongue } from "./text.js";

const MARKER = /\[(\d{1,4})\]/;

export const titleOf = (article) => article.title || t("untitled");

/** The number of a citation as a button that opens its article. */
export function markerButton(number, citation, open) {
  const label = citation ? t("citation", { n: number, title: titleOf(citation) }) : String(number);
  const listener = (event) => open(number, event.currentTarget);
  return el("button", { type: "button", class: "marker", "aria-label": label, on: { click: listener } }, String(number));
}

/** Text with its markers as buttons; `wrap` makes a node of what stands between. */
export function withMarkers(text, citations, open, wrap = (part) => part) {
  return text.split(/(\[\d{1,4}\])/).map((part) => {
    const number = Number(MARKER.exec(part)?.[1]);
    const known = citations.find((citation) => citation.marker === number);
    return known ? markerButton(number, known, open) : part && wrap(part);
  });
}

/** Citations in their order, those of one article in a row together. */
export function grouped(citations) {
  const groups = [];
  for (const citation of citations) {
    const last = groups.at(-1);
    if (last?.[0].article_id === citation.article_id) last.push(citation);
    else groups.push([citation]);
  }
  return groups;
}

/**
 * The quotes of one article and under them who wrote it, when and where.
 *
 * @param {object[]} citations of the same article.
 * @param {string} language the reader's.
 * @param {(number: number, opener: Element) => void} open
 * @param {Map<number, object[]>} matched spans of words by marker, with `start`, `end`, `pairs` and `strong`.
 * @param {(citation: object) => Node|null} below what comes under a quote.
 */
export function quoteFigure(citations, language, open, matched, below) {
  const quotes = citations.map((citation) => [quoteBlock(citation, open, matched.get(citation.marker)), below(citation)]);
  return el("figure", { class: "quote" }, quotes.flat(), el("figcaption", {}, origin(citations[0], language, open)));
}

function quoteBlock(citation, open, matches = []) {
  const text = parts(citation.quote, matches, citation.start).map((part) => matchedPart(part));
  const words = el("q", { class: "quote-text", data: { marker: citation.marker } }, text);
  return el("blockquote", tongue(citation.quote), markerButton(citation.marker, citation, open), words);
}

/** A part of a text, lit where it is a word that matched. */
export function matchedPart({ text, span }) {
  if (!span) return text;
  return el("mark", { class: span.strong ? "match" : "match match-near", data: { pairs: span.pairs.join(" ") } }, text);
}

function origin(citation, language, open) {
  const title = titleOf(citation);
  const opener = (event) => open(citation.marker, event.currentTarget);
  return [
    el("button", { type: "button", class: "title-button", ...tongue(title), on: { click: opener } }, title),
    el("span", { class: "origin", lang: language }, ...originParts(citation, language), originalLink(citation)),
  ];
}

/** Outlet and date in the reader's language, each with its own direction. */
export function originParts(article, language) {
  const source = sourceName(article.source, language);
  const date = day(article.published_at, language);
  const named = source && el("bdi", { class: "source", ...tongue(source) }, source);
  const dated = date && el("time", { datetime: article.published_at }, date);
  return [named, named && dated && el("span", { class: "dot", "aria-hidden": "true" }, "·"), dated];
}

export function originalLink(article) {
  const label = t("original_label", { title: titleOf(article) });
  const link = outsideLink(article.url, { class: "original", "aria-label": label }, t("original"), icon("out"));
  return link;
}
