// The interface's language: what the reader chose, else what the browser asks for.

import { setAttribute } from "./dom.js";
import { write } from "./storage.js";
import arabic from "./strings_ar.js";
import english from "./strings_en.js";

const STRINGS = { ar: arabic, en: english };
const listeners = [];

/** "ar" or "en". */
export const current = () => document.documentElement.lang;

/** The text of this name with its places filled; `values.n` also chooses the form of the plural. */
export function t(name, values = {}, language = current()) {
  const found = STRINGS[language][name];
  if (found === undefined) throw new Error(`there is no text ${name} in ${language}`);
  const text = typeof found === "string" ? found : form(found, values.n, language);
  return text.replace(/\{(\w+)\}/g, (whole, place) => (place in values ? String(values[place]) : whole));
}

function form(forms, count, language) {
  return forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
}

/** Fill what stands in the document: `data-t` is its text, `data-t-NAME` its attribute NAME. */
export function translate(root = document) {
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const name of ["label", "placeholder", "title"]) {
    for (const element of root.querySelectorAll(`[data-t-${name}]`)) {
      setAttribute(element, name === "label" ? "aria-label" : name, t(element.getAttribute(`data-t-${name}`)));
    }
  }
}

/** Called after each switch. */
export const onLanguage = (listener) => listeners.push(listener);

export function setUpLanguage(button, title) {
  const show = () => {
    document.title = title();
    button.lang = current() === "ar" ? "en" : "ar";
    translate();
  };
  show();
  button.addEventListener("click", () => {
    const root = document.documentElement;
    root.lang = current() === "ar" ? "en" : "ar";
    root.dir = root.lang === "ar" ? "rtl" : "ltr";
    write("language", root.lang);
    show();
    listeners.forEach((listener) => listener());
  });
}
