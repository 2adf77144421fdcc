// What a screen reader hears, politely and once, and the short messages that everyone sees.

import { byId, el } from "./dom.js";

const SHOWN_MS = 6000;
const WITH_ACTION_MS = 10000;

export function announce(text) {
  const region = byId("announcer");
  region.textContent = "";
  // Emptied and filled in two steps: the same text twice is heard twice.
  setTimeout(() => (region.textContent = text), 60);
}

/**
 * A message at the edge of the page.
 *
 * @param {string} text
 * @param {{label: string, run: () => void}} [action] a button in it.
 */
export function toast(text, action) {
  const region = byId("toasts");
  const dismiss = () => message.remove();
  const button = action && el("button", { type: "button", class: "text-button", on: { click: () => { dismiss(); action.run(); } } }, action.label);
  const message = el("div", { class: "toast" }, el("span", {}, text), button);
  region.replaceChildren(message);
  setTimeout(dismiss, action ? WITH_ACTION_MS : SHOWN_MS);
}
