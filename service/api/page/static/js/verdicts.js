// How far an answer is borne out, as a badge.

import { el, icon } from "./dom.js";
import { current, t } from "./language.js";

const ICONS = { verified: "check", partly: "half", related: "half", none: "none" };

/** "verified", "partly", "related" or "none". */
export function standing(answer) {
  if (answer.verdict === "insufficient_evidence") return "none";
  if (answer.verdict === "related") return "related";
  const doubted = answer.claims.some((claim) => !["supported", "misattributed"].includes(claim.verdict) && answer.answer.includes(claim.text));
  return doubted ? "partly" : "verified";
}

/** What the badge stands for; where nothing answers, the answer itself says so. */
function meaning(answer, kind) {
  if (kind === "partly") return t("verdict_partly_text");
  if (kind !== "verified") return null;
  return t(answer.mode === "generative" ? "verdict_checked_text" : "verdict_verified_text");
}

export function badge(answer) {
  const kind = standing(answer);
  const percent = new Intl.NumberFormat(current() === "ar" ? "ar-u-nu-latn" : "en", { style: "percent" });
  const meant = meaning(answer, kind);
  const confidence = answer.confidence > 0 && kind !== "none" && t("confidence", { percent: percent.format(answer.confidence) });
  return el(
    "p",
    { class: `verdict verdict-${kind}` },
    el("strong", { class: "badge" }, icon(ICONS[kind]), t(`verdict_${kind}`)),
    meant && el("span", { class: "verdict-text" }, meant),
    confidence && el("span", { class: "confidence" }, confidence),
  );
}

/** What a screen reader is told when an answer is there. */
export function spoken(answer) {
  const quotes = answer.citations.length ? t("with_quotes", { n: answer.citations.length }) : "";
  return [t("answer_ready"), `${t(`verdict_${standing(answer)}`)}.`, quotes, answer.answer].filter(Boolean).join(" ");
}
