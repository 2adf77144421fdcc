// Text as the service counts it, in Unicode code points, and the way it runs.

const ARABIC = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/gu;
const OTHER_LETTERS = /\p{L}/gu;
const ARABIC_SCRIPT = /\p{Script=Arabic}/gu;

/** `text[start:end]` as Python has it: JavaScript would count some letters twice. */
export function slice(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}

/** How many code points a text has. */
export function length(text) {
  return Array.from(text).length;
}

/**
 * The text in parts, cut where marked spans begin and end.
 *
 * @param {string} text
 * @param {{start: number, end: number}[]} spans in code points, in any order; those outside the text or inside an
 *   earlier one are left out.
 * @param {number} offset what the spans count from, where the text is a part of a longer one.
 * @returns {{text: string, span: object|null}[]}
 */
export function parts(text, spans, offset = 0) {
  const points = Array.from(text);
  const found = [];
  let at = 0;
  for (const span of [...spans].sort((one, other) => one.start - other.start || one.end - other.end)) {
    const start = span.start - offset;
    const end = span.end - offset;
    if (start < at || end <= start || end > points.length) continue;
    if (start > at) found.push({ text: points.slice(at, start).join(""), span: null });
    found.push({ text: points.slice(start, end).join(""), span });
    at = end;
  }
  if (at < points.length) found.push({ text: points.slice(at).join(""), span: null });
  return found;
}

/**
 * Which way a text runs: that of most of its letters. The first letter alone, as `dir=auto` has it, would turn an
 * Arabic quote that begins with "NASA", or an English sentence that begins with an Arabic name.
 */
export function direction(text) {
  const letters = (text.match(OTHER_LETTERS) ?? []).length;
  if (!letters) return "auto";
  return 2 * (text.match(ARABIC) ?? []).length > letters ? "rtl" : "ltr";
}

// Words of Arabic in a row, with what stands between them; and what is quoted, to the quotation marks.
const FOREIGN = /(?<=«)[^«»]+(?=»)|[\p{Script=Arabic}\p{M}]+(?:[\s،.-]+[\p{Script=Arabic}\p{M}]+)*/gu;

// Behind Arabic words a browser sets the parts of such a date from right to left.
const DATE = /\d{4}-\d{2}-\d{2}/g;

/**
 * A sentence in parts: its own words, and what must be kept apart from them: Arabic words in a sentence of another
 * language, which would draw a date in brackets behind them into their own direction and turn it; dates among Arabic.
 *
 * @returns {{text: string, apart: boolean}[]}
 */
export function runs(text, language) {
  const found = [];
  let at = 0;
  for (const { 0: words, index } of text.matchAll(language === "ar" ? DATE : FOREIGN)) {
    if (index > at) found.push({ text: text.slice(at, index), apart: false });
    found.push({ text: words, apart: true });
    at = index + words.length;
  }
  if (at < text.length) found.push({ text: text.slice(at), apart: false });
  return found;
}

/** The language that a text's letters speak for, where nobody says it. */
export function language(text) {
  const letters = (text.match(OTHER_LETTERS) ?? []).length;
  return 2 * (text.match(ARABIC_SCRIPT) ?? []).length > letters ? "ar" : "en";
}

/** `lang` and `dir` for sentences in a known language, whatever names they mention. */
export const spokenIn = (language) => ({ lang: language, dir: language === "ar" ? "rtl" : "ltr" });

/** `lang` and `dir` for a text. */
export function tongue(text) {
  return { lang: language(text), dir: direction(text) };
}
