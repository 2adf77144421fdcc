// Which words of a question matched which words of the quotes.

import { el } from "./dom.js";
import { t } from "./language.js";
import { slice, tongue } from "./text.js";

/** The matches of an answer by marker, each match with a number that is its own in the whole answer. */
export function matchesByMarker(answer) {
  let pair = 0;
  const numbered = answer.explanations.map(({ marker, matches }) => [marker, matches.map((match) => ({ ...match, pair: pair++ }))]);
  return new Map(numbered);
}

/** Spans of words, those of the same place together. */
function spans(matches, start, end) {
  const places = new Map();
  for (const match of matches) {
    const place = places.get(match[start]) ?? { start: match[start], end: match[end], pairs: [], strong: false };
    place.pairs.push(match.pair);
    place.strong ||= match.reason !== "meaning";
    places.set(match[start], place);
  }
  return [...places.values()];
}

export const foundSpans = (matches) => spans(matches, "start", "end");

/** Where the words stand in the question; none where it was a follow-up and its words were counted in another text. */
export function askedSpans(question, all) {
  const matches = [...all.values()].flat();
  const same = matches.every((match) => slice(question, match.asked_start, match.asked_end) === match.asked);
  return same ? spans(matches, "asked_start", "asked_end") : [];
}

/** The pairs of one quote; pointing at one lights both of its words. */
export function pairList(matches) {
  if (!matches?.length) return null;
  return el("ul", { class: "pairs", "aria-label": t("explain_legend") }, matches.map(pairItem));
}

function pairItem(match) {
  return el(
    "li",
    { class: match.reason === "meaning" ? "pair pair-near" : "pair", data: { pairs: match.pair } },
    el("bdi", tongue(match.asked), match.asked),
    el("span", { class: "pair-sign", "aria-hidden": "true" }, match.reason === "meaning" ? "≈" : "="),
    el("bdi", tongue(match.found), match.found),
    el("span", { class: "pair-reason" }, t(`reason_${match.reason}`)),
  );
}

/** Light the words of the pair under the pointer. */
export function lightPairs(exchange) {
  const light = (target) => {
    const wanted = new Set(target?.closest("[data-pairs]")?.dataset.pairs.split(" ") ?? []);
    for (const one of exchange.querySelectorAll("[data-pairs]")) {
      one.classList.toggle("lit", one.dataset.pairs.split(" ").some((pair) => wanted.has(pair)));
    }
  };
  exchange.addEventListener("pointerover", (event) => light(event.target));
  exchange.addEventListener("pointerleave", () => light(null));
}
