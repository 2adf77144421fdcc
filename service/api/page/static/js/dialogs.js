// The dialog for the key and the one that asks again before something is lost.

import { toast } from "./announcer.js";
import { key } from "./api.js";
import { byId } from "./dom.js";
import { t } from "./language.js";

/** Opens the dialog; resolves to whether a key was saved. */
export function askForKey({ refused = false } = {}) {
  const dialog = byId("key-dialog");
  const input = byId("key-input");
  byId("key-refused").hidden = !refused;
  byId("key-forget").hidden = !key.get();
  input.value = key.get();
  if (!dialog.open) dialog.showModal();
  input.select();
  return closed(dialog).then((outcome) => {
    if (outcome === "save") key.set(input.value.trim());
    if (outcome === "forget") key.set("");
    input.value = "";
    if (outcome === "save" || outcome === "forget") toast(t(outcome === "save" ? "key_saved" : "key_forgotten"));
    return outcome === "save";
  });
}

/** Resolves to whether the reader agreed. */
export function confirmed(title, text, action) {
  const dialog = byId("confirm-dialog");
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  byId("confirm-yes").textContent = action;
  dialog.showModal();
  return closed(dialog).then((outcome) => outcome === "yes");
}

function closed(dialog) {
  dialog.returnValue = "";
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

export function setUpKey(button, changed = () => {}) {
  button.addEventListener("click", async () => {
    await askForKey();
    changed();
  });
}
