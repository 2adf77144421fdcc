// A language model's sentences, each with what checking it found.

import { el, icon } from "./dom.js";
import { t } from "./language.js";
import { sentence } from "./sentence.js";
import { spokenIn } from "./text.js";

const SIGNS = { supported: "check", partly: "half", unsupported: "cross", misattributed: "half", uncited: "cross" };

/**
 * The answer's text in parts: what is a claim and what stands between.
 *
 * @returns {{text: string, claim: object|null}[]}
 */
export function claimParts(text, claims) {
  const found = [];
  let at = 0;
  for (const claim of claims) {
    const start = text.indexOf(claim.text, at);
    if (start < 0) continue;
    // Its markers, and what is said of it in brackets, belong to it.
    const after = /^(?:\s*\[\d{1,4}\])*/.exec(text.slice(start + claim.text.length))[0].length;
    const end = start + claim.text.length + after;
    if (start > at) found.push({ text: text.slice(at, start), claim: null });
    found.push({ text: text.slice(start, end), claim });
    at = end;
  }
  if (at < text.length) found.push({ text: text.slice(at), claim: null });
  return found;
}

/** The sign behind a sentence. */
export function checkMark(claim) {
  const label = t(`claim_${claim.verdict}`);
  return el("span", { class: `check check-${claim.verdict}`, role: "img", "aria-label": label, title: label }, icon(SIGNS[claim.verdict]));
}

/** What checking found where it found something, and which sentences were left out. */
export function claimNotes(answer) {
  const doubted = answer.claims.filter((claim) => claim.verdict !== "supported");
  if (!doubted.length) return null;
  const left = doubted.filter((claim) => !answer.answer.includes(claim.text)).length;
  const summary = left ? `${t("claims_notes")} · ${t("claims_left", { n: left })}` : t("claims_notes");
  return el("details", { class: "claims" }, el("summary", {}, summary), el("ul", {}, doubted.map((claim) => claimItem(claim, answer.language))));
}

function claimItem(claim, language) {
  const said = claim.reasons.map((reason) => reason.replace(/^\w+:\s*/, ""));
  const reasons = said.map((reason) => el("p", { class: "reason", ...spokenIn(language) }, sentence(reason, language)));
  return el("li", {}, checkMark(claim), " ", el("span", spokenIn(language), sentence(claim.text, language)), reasons);
}
