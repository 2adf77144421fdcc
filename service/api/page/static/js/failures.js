// A question that could not be answered: what happened, and what to do.

import { el, icon } from "./dom.js";
import { t } from "./language.js";
import { tongue } from "./text.js";

/**
 * The message with its buttons.
 *
 * @param {Failure} failure
 * @param {object} handlers `retry()`, `enterKey()`.
 */
export function failureView(failure, handlers) {
  const retry = el("button", { type: "button", class: "button", on: { click: handlers.retry } }, icon("retry"), el("span", {}, t("retry")));
  const enter = ["key", "scope"].includes(failure.kind) && el("button", { type: "button", class: "button", on: { click: handlers.enterKey } }, icon("key"), t("enter_key"));
  if (failure.retryAfter) countDown(retry, failure.retryAfter);
  // The service's own words are the developer's language; they help where the reader can change something.
  const detail = ["input", "large", "scope"].includes(failure.kind) && failure.detail;
  return el(
    "div",
    { class: "failure", role: "alert" },
    el("p", {}, icon("alert"), t(`error_${failure.kind}`)),
    detail && el("p", { class: "detail", ...tongue(detail) }, detail),
    el("div", { class: "failure-actions" }, enter, retry),
  );
}

/** The button waits as long as the service asked for. */
function countDown(button, seconds) {
  const until = Date.now() + 1000 * seconds;
  const label = button.querySelector("span");
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    label.textContent = left > 0 ? t("retry_in", { n: left }) : t("retry");
    if (left > 0) setTimeout(tick, 250);
  };
  tick();
}
