// Text for other documents: answers with their sources.

import { toast } from "./announcer.js";
import { day } from "./dates.js";
import { el } from "./dom.js";
import { t } from "./language.js";
import { sourceName } from "./sources.js";

/** An answer and under it each citation with title, outlet, date and address. */
export function citationsText(answer) {
  const lines = answer.citations.map((citation) => {
    const known = [citation.title && `“${citation.title}”`, ...origin(citation, answer.language), citation.url];
    const said = answer.mode === "generative" ? `«${citation.quote}» — ` : "";
    return `[${citation.marker}] ${said}${known.filter(Boolean).join(", ")}`;
  });
  return [answer.question, answer.answer, lines.join("\n")].filter(Boolean).join("\n\n");
}

/** A quote for pasting into a text. */
export function quoteText(citation, language) {
  const known = [citation.title && `“${citation.title}”`, ...origin(citation, language), citation.url];
  return `«${citation.quote}»\n— ${known.filter(Boolean).join(", ")}`;
}

function origin(citation, language) {
  return [sourceName(citation.source, language), day(citation.published_at, language)];
}

/** Copy, and tell whether it worked. */
export async function copy(text, done = t("copied")) {
  const copied = await toClipboard(text);
  toast(copied ? done : t("copy_failed"));
  return copied;
}

async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return bySelection(text);
  }
}

/** The old way, for pages that are served over plain HTTP to another machine. */
function bySelection(text) {
  const focused = document.activeElement;
  const area = el("textarea", { class: "visually-hidden", "aria-hidden": "true", tabindex: "-1" });
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus({ preventScroll: true });
  return copied;
}
