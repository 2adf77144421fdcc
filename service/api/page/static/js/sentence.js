// Sentences of which some words are another language's.

import { el } from "./dom.js";
import { runs, tongue } from "./text.js";

/** The parts of a sentence in this language, words of another one kept apart. */
export function sentence(text, language) {
  return runs(text, language).map((run) => (run.apart ? el("bdi", tongue(run.text), run.text) : run.text));
}
