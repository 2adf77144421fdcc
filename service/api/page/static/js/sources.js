// What an English reader calls the agencies and papers that Arabic articles name.

import { t } from "./language.js";

let names = { before: [], english: {} };

/** Load the names that the service knows; without them sources keep the names they have. */
export async function loadNames() {
  const response = await fetch(new URL("../source-names.json", import.meta.url));
  if (response.ok) names = await response.json();
}

/** A source for a reader of this language; empty where there is none. */
export function sourceName(source, language) {
  if (!source || language === "ar") return source;
  const name = plain(source);
  const bare = names.before.filter((before) => name.startsWith(before)).map((before) => name.slice(before.length));
  return [name, ...bare].map((one) => names.english[one]).find(Boolean) ?? source;
}

export const sourceLabel = (source, language) => sourceName(source, language) || t("no_source");

/** Letters as the service folds them, as far as names of sources need it. */
function plain(name) {
  const folded = name
    .normalize("NFKC")
    .replace(/[\u064b-\u065f\u0670\u0640]/g, "")
    .replace(/[أإآٱ]/g, "ا")
    .replace(/ى/g, "ي")
    .replace(/ة/g, "ه")
    .replace(/[ؤ]/g, "و")
    .replace(/[ئ]/g, "ي")
    .toLowerCase();
  return folded.replace(/\./g, " ").split(/\s+/).filter(Boolean).join(" ");
}
