// A reader's word on an answer.

import { toast } from "./announcer.js";
import { sendFeedback } from "./api.js";
import { el, icon } from "./dom.js";
import { t } from "./language.js";

const REASONS = ["wrong", "off", "missed", "old", "other"];

/**
 * The buttons, and the form that asks what is wrong.
 *
 * @param {object} turn with its answer; `rating` is kept in it.
 * @param {object} handlers `rated()` after it was sent, `failed(failure)`.
 */
export function feedback(turn, handlers) {
  const form = el("form", { class: "feedback-form", hidden: true });
  const rate = async (rating, more = {}) => {
    try {
      const { id, question, answer } = turn.answer;
      await sendFeedback({ answer_id: id, question, rating, answer: answer.slice(0, 20_000), ...more });
    } catch (failure) {
      return handlers.failed(failure);
    }
    turn.rating = rating;
    form.hidden = true;
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.rating === rating)));
    toast(t("feedback_thanks"));
    return handlers.rated();
  };
  const toggle = () => {
    form.hidden = !form.hidden;
    down.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("input").focus();
  };
  const up = button("up", turn, () => rate("up"));
  const down = button("down", turn, toggle);
  down.setAttribute("aria-expanded", "false");
  const buttons = [up, down];
  fill(form, turn, (reason, comment) => rate("down", { reason, ...(comment ? { comment } : {}) }));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    toggle();
    down.focus();
  });
  return { buttons: el("span", { class: "rating", role: "group", "aria-label": t("feedback") }, buttons), form };
}

function button(rating, turn, run) {
  const pressed = String(turn.rating === rating);
  return el(
    "button",
    { type: "button", class: "icon-button", "aria-label": t(rating), title: t(rating), "aria-pressed": pressed, data: { rating }, on: { click: run } },
    icon(rating === "up" ? "thumb-up" : "thumb-down"),
  );
}

function fill(form, turn, send) {
  const name = `reason-${turn.answer.id}`;
  const comment = el("textarea", { rows: "2", maxlength: "2000", dir: "auto", id: `comment-${turn.answer.id}` });
  form.append(
    el(
      "fieldset",
      {},
      el("legend", {}, t("feedback_why")),
      REASONS.map((reason, place) => {
        const choice = el("input", { type: "radio", name, value: reason, checked: place === 0 });
        return el("label", { class: "option" }, choice, t(`feedback_${reason}`));
      }),
    ),
    el("label", { class: "field-label", for: comment.id }, t("feedback_comment")),
    comment,
    el("button", { type: "submit", class: "button" }, t("feedback_send")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form.elements[name].value, comment.value.trim());
  });
}
