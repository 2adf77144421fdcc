// Runs before the first paint, so that neither the colours nor the direction change under the reader's eyes.
// A classic script: modules wait for the whole document.
(() => {
  let theme = null;
  let language = null;
  try {
    theme = localStorage.getItem("masdar.theme");
    language = localStorage.getItem("masdar.language");
  } catch {
    // Storage is switched off; the system's colours and the browser's language it is.
  }
  const root = document.documentElement;
  const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  const wanted = language === "ar" || language === "en" ? language : (navigator.language || "en").split("-")[0];
  root.lang = wanted === "ar" ? "ar" : "en";
  root.dir = root.lang === "ar" ? "rtl" : "ltr";
})();
