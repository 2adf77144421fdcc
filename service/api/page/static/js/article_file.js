// Articles out of a file that an operator has.

import { t } from "./language.js";

/** What the service knows of an article; other fields of a file are left out. */
const FIELDS = ["id", "title", "text", "url", "source", "published_at", "language", "tags", "author"];
/** The names of some exports for them, which `masdar index` takes too. */
const OTHER_NAMES = { date: "published_at", link: "url", body: "text", headline: "title" };

/** A file that holds no articles. */
export class BadFile extends Error {}

/**
 * The articles of a text in JSON or JSON Lines.
 *
 * @returns {{articles: object[], skipped: string[]}} with a sentence on each entry that is none.
 * @throws {BadFile} there is none, or it is not JSON.
 */
export function articlesOf(text) {
  const skipped = [];
  const articles = [];
  entries(text.replace(/^\ufeff/, "")).forEach((entry, place) => {
    const article = articleOf(entry);
    if (article) articles.push(article);
    else skipped.push(t("file_not_article", { line: place + 1 }));
  });
  if (!articles.length) throw new BadFile(skipped[0] ?? t("file_empty"));
  return { articles, skipped };
}

function entries(text) {
  const whole = tried(text);
  if (Array.isArray(whole)) return whole;
  if (Array.isArray(whole?.articles)) return whole.articles;
  if (whole !== undefined) return [whole];
  return text.split("\n").flatMap((line, place) => (line.trim() ? [lineOf(line, place)] : []));
}

function tried(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lineOf(line, place) {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new BadFile(t("file_bad", { line: place + 1, reason: error.message }));
  }
}

function articleOf(entry) {
  if (typeof entry !== "object" || entry === null) return null;
  const named = { ...entry };
  for (const [other, name] of Object.entries(OTHER_NAMES)) named[name] ??= entry[other];
  if (typeof named.text !== "string" || !named.text.trim()) return null;
  return Object.fromEntries(FIELDS.filter((name) => named[name] !== undefined && named[name] !== null).map((name) => [name, named[name]]));
}

/** Parts that one request takes: by number and by size. */
export function batches(articles, most = 200, bytes = 500_000) {
  const made = [[]];
  let size = 0;
  for (const article of articles) {
    const own = new Blob([JSON.stringify(article)]).size;
    if (made.at(-1).length && (made.at(-1).length === most || size + own > bytes)) {
      made.push([]);
      size = 0;
    }
    made.at(-1).push(article);
    size += own;
  }
  return made;
}
