// An answer on the page.

import { badge } from "./verdicts.js";
import { checkMark, claimNotes, claimParts } from "./claims.js";
import { grouped, originParts, originalLink, quoteFigure, titleOf, withMarkers } from "./citations.js";
import { el, icon } from "./dom.js";
import { foundSpans, matchesByMarker, pairList } from "./explanations.js";
import { current, t } from "./language.js";
import { sentence } from "./sentence.js";
import { parts, spokenIn, tongue } from "./text.js";

/**
 * The answer's parts, in their order.
 *
 * @param {object} answer
 * @param {object} view `open(number, opener)` opens a citation, `openLead(lead, opener)` an article, `explained` says
 *   whether matched words are shown.
 */
export function answerParts(answer, view) {
  const matches = view.explained ? matchesByMarker(answer) : new Map();
  return [
    badge(answer),
    answer.degraded_reason && note("degraded", current(), t("degraded", { reason: answer.degraded_reason })),
    answer.notes.map((one) => note(one.kind, answer.language, one.text, t(`note_${one.kind}`))),
    answer.mode === "generative" ? generated(answer, view) : prefaceOf(answer),
    missingList(answer),
    quotes(answer, view, matches),
    claimNotes(answer),
    leads(answer, view),
  ];
}

function note(kind, language, text, label) {
  const heading = label && el("strong", {}, label);
  return el("p", { class: `note note-${kind}` }, icon("note"), heading, " ", el("span", spokenIn(language), sentence(text, language)));
}

/** What is said before the quotes; where they answer, they speak for themselves. */
function prefaceOf(answer) {
  if (answer.verdict === "answered") return null;
  const [preface] = answer.answer.split("\n");
  const missing = answer.missing.map((words) => place(preface, words)).filter(Boolean);
  const text = parts(preface, missing).map(({ text: part, span }) => (span ? el("em", { class: "missing", ...tongue(part) }, part) : sentence(part, answer.language)));
  return el("p", { class: "preface", ...spokenIn(answer.language) }, text);
}

/** Where words stand in a text, in code points. */
function place(text, words) {
  const at = text.indexOf(words);
  if (at < 0) return null;
  const start = Array.from(text.slice(0, at)).length;
  return { start, end: start + Array.from(words).length };
}

/** What was asked and is in no article, where the text does not name it already. */
function missingList(answer) {
  const unsaid = answer.missing.filter((words) => !answer.answer.includes(words));
  if (!unsaid.length) return null;
  return el("p", { class: "missing-list" }, t("missing"), " ", unsaid.map((words) => [el("em", { class: "missing", ...tongue(words) }, words), " "]).flat());
}

function generated(answer, view) {
  const lines = [[]];
  for (const { text, claim } of claimParts(answer.answer, answer.claims)) {
    const [first, ...others] = text.split("\n");
    lines.at(-1).push({ text: first, claim });
    others.forEach((line) => lines.push([{ text: line, claim }]));
  }
  return lines.filter((line) => line.some(({ text }) => text.trim())).map((line) => generatedLine(line, answer, view));
}

function generatedLine(line, answer, view) {
  const nodes = line.flatMap(({ text, claim }) => [
    ...withMarkers(text, answer.citations, view.open, (part) => sentence(part, answer.language)),
    claim && checkMark(claim),
  ]);
  return el("p", { class: "prose", ...spokenIn(answer.language) }, nodes);
}

function quotes(answer, view, matches) {
  const spans = new Map([...matches].map(([marker, own]) => [marker, foundSpans(own)]));
  const below = (citation) => pairList(matches.get(citation.marker));
  const figures = grouped(answer.citations).map((group) => quoteFigure(group, answer.language, view.open, spans, below));
  if (!figures.length) return null;
  const heading = answer.mode === "generative" && el("h3", {}, t("sources"));
  return el("div", { class: "quotes" }, heading, figures);
}

function leads(answer, view) {
  if (!answer.leads.length) return null;
  return el("div", { class: "leads" }, el("h3", {}, t("leads")), el("ul", {}, answer.leads.map((lead) => leadItem(lead, answer, view))));
}

function leadItem(lead, answer, view) {
  const title = titleOf(lead);
  const open = (event) => view.openLead(lead, event.currentTarget);
  return el(
    "li",
    { class: "lead" },
    el("button", { type: "button", class: "title-button", ...tongue(title), on: { click: open } }, title),
    el("span", { class: "origin", lang: answer.language }, ...originParts(lead, answer.language), originalLink(lead)),
  );
}

/** Text that is still being written. */
export function streamedParts(text, language, citations, open) {
  return text
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => el("p", { class: "prose", ...spokenIn(language) }, withMarkers(line, citations, open, (part) => sentence(part, language))));
}
