// Which articles are searched: outlets and dates.

import { day, dayAfter, dayStart } from "./dates.js";
import { byId, el, icon, replaceChildren } from "./dom.js";
import { current, onLanguage, t } from "./language.js";
import { sourceLabel } from "./sources.js";
import { tongue } from "./text.js";

/** With more sources than this, there is a field to find one. */
const MANY = 8;
export const NO_FILTERS = Object.freeze({ sources: [], since: "", until: "" });

export class Filters {
  #button = byId("filter-button");
  #panel = byId("filter-panel");
  #sources = null;
  #value = { ...NO_FILTERS };

  constructor() {
    this.#button.addEventListener("click", () => this.#toggle(this.#panel.hidden));
    byId("filter-clear").addEventListener("click", () => this.set(NO_FILTERS));
    byId("filter-find").addEventListener("input", () => this.#list());
    for (const name of ["since", "until"]) {
      byId(`filter-${name}`).addEventListener("change", (event) => this.set({ ...this.#value, [name]: event.target.value }));
    }
    document.addEventListener("pointerdown", (event) => {
      if (!this.#panel.hidden && !event.target.closest("#filter-panel, #filter-button, .chip")) this.#toggle(false);
    });
    onLanguage(() => this.show());
    this.show();
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  /** What is set: `sources`, and `since` and `until` as days. */
  get value() {
    return this.#value;
  }

  /** Whether the days are in their order. */
  get isValid() {
    const { since, until } = this.#value;
    return !since || !until || since <= until;
  }

  /** The sources of the index by name, with how many chunks each has. */
  setSources(sources) {
    this.#sources = Object.keys(sources);
    this.show();
  }

  set(value) {
    this.#value = { sources: [...value.sources], since: value.since, until: value.until };
    this.show();
  }

  close() {
    this.#toggle(false);
    this.#button.focus();
  }

  #toggle(open) {
    this.#panel.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
    if (open) this.#panel.querySelector("input:not([hidden])")?.focus();
  }

  show() {
    const { sources, since, until } = this.#value;
    const count = sources.length + (since ? 1 : 0) + (until ? 1 : 0);
    byId("filter-count").textContent = count ? String(count) : "";
    this.#button.setAttribute("aria-label", count ? t("filters_on", { n: count }) : t("filters"));
    byId("filter-since").value = since;
    byId("filter-until").value = until;
    byId("filter-clear").hidden = !count;
    byId("filter-fault").hidden = this.isValid;
    byId("filter-find-field").hidden = (this.#sources?.length ?? 0) <= MANY;
    this.#list();
    replaceChildren(byId("filter-chips"), chips(this.#value).map((chip) => this.#chip(chip)));
  }

  #list() {
    const list = byId("filter-sources");
    if (!this.#sources) return replaceChildren(list, el("p", { class: "empty" }, t("filter_unknown")));
    const wanted = byId("filter-find").value.trim().toLowerCase();
    const named = this.#sources.map((source) => ({ source, label: sourceLabel(source, current()) }));
    const shown = named.filter(({ source, label }) => !wanted || `${source} ${label}`.toLowerCase().includes(wanted));
    return replaceChildren(list, shown.map((one) => this.#option(one)));
  }

  #option({ source, label }) {
    const box = el("input", { type: "checkbox", on: { change: (event) => this.#choose(source, event.target.checked) } });
    box.checked = this.#value.sources.includes(source);
    return el("label", { class: "option" }, box, el("bdi", tongue(label), label));
  }

  /** As `set`, but for the list: its boxes stay, and with them the focus. */
  #choose(source, chosen) {
    const others = this.#value.sources.filter((one) => one !== source);
    this.#value = { ...this.#value, sources: chosen ? [...others, source] : others };
    const list = byId("filter-sources");
    const boxes = [...list.children];
    this.show();
    list.replaceChildren(...boxes);
  }

  #chip({ label, without }) {
    const remove = () => {
      this.set(without(this.#value));
      this.#button.focus();
    };
    const name = t("filter_remove", { name: label });
    return el("li", {}, el("button", { type: "button", class: "chip", "aria-label": name, on: { click: remove } }, el("bdi", tongue(label), label), icon("close")));
  }
}

/** What is set, each with its name and the filters without it. */
function chips({ sources, since, until }) {
  const dates = { since, until };
  const named = sources.map((source) => ({
    label: sourceLabel(source, current()),
    without: (value) => ({ ...value, sources: value.sources.filter((one) => one !== source) }),
  }));
  const dated = Object.entries(dates).filter(([, date]) => date);
  return [
    ...named,
    ...dated.map(([name, date]) => ({
      label: t(`${name}_chip`, { date: day(date, current()) }),
      without: (value) => ({ ...value, [name]: "" }),
    })),
  ];
}

/** The filters as the service takes them. */
export function asRequest({ sources, since, until }) {
  return {
    ...(sources.length ? { sources } : {}),
    ...(since ? { since: dayStart(since) } : {}),
    ...(until ? { until: dayAfter(until) } : {}),
  };
}

/** What was set for a question, in words; empty without filters. */
export function inWords(filters) {
  return chips(filters).map(({ label }) => label);
}
