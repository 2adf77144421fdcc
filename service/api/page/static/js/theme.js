// Light or dark: the system's choice until the reader makes one.

import { read, write } from "./storage.js";

const system = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => document.documentElement.dataset.theme === "dark";

function show(button) {
  const chosen = read("theme");
  const dark = chosen === "dark" || (chosen !== "light" && system.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  button.setAttribute("aria-pressed", String(dark));
}

export function setUpTheme(button) {
  show(button);
  system.addEventListener("change", () => show(button));
  button.addEventListener("click", () => {
    write("theme", isDark() ? "light" : "dark");
    show(button);
  });
}
