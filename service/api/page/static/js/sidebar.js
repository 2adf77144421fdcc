// The list of conversations.

import { toast } from "./announcer.js";
import { titleOf } from "./conversations.js";
import { confirmed } from "./dialogs.js";
import { byId, el, icon, replaceChildren } from "./dom.js";
import { onLanguage, t } from "./language.js";
import { tongue } from "./text.js";

const DAY_MS = 86_400_000;
const narrow = matchMedia("(max-width: 859px)");

export class Sidebar {
  #sidebar = byId("sidebar");
  #button = byId("menu-button");
  #behind;

  /**
   * @param {Conversations} conversations
   * @param {object} handlers `open(id)`, `fresh()`; `current()` is the id of the one that is shown.
   * @param {Element[]} behind what cannot be used while the list lies over it.
   */
  constructor(conversations, handlers, behind) {
    this.conversations = conversations;
    this.handlers = handlers;
    this.#behind = behind;
    this.#button.addEventListener("click", () => (this.isOver ? this.hide() : this.reveal()));
    byId("sidebar-close").addEventListener("click", () => this.hide({ focus: true }));
    byId("sidebar-backdrop").addEventListener("click", () => this.hide());
    byId("new-button").addEventListener("click", () => this.#go(() => handlers.fresh()));
    byId("clear-button").addEventListener("click", () => this.#clear());
    narrow.addEventListener("change", () => this.hide());
    onLanguage(() => this.show());
    this.hide();
    this.show();
  }

  /** Whether it lies over the page, as on a phone. */
  get isOver() {
    return narrow.matches && this.#sidebar.classList.contains("revealed");
  }

  reveal() {
    this.#set(true);
    byId("new-button").focus();
  }

  hide({ focus = false } = {}) {
    this.#set(false);
    if (focus) this.#button.focus();
  }

  #set(revealed) {
    this.#sidebar.classList.toggle("revealed", revealed);
    this.#sidebar.inert = narrow.matches && !revealed;
    this.#behind.forEach((element) => (element.inert = narrow.matches && revealed));
    byId("sidebar-backdrop").hidden = !(narrow.matches && revealed);
    this.#button.setAttribute("aria-expanded", String(revealed));
  }

  #go(run) {
    this.hide();
    run();
  }

  show() {
    const all = this.conversations.all;
    byId("clear-button").hidden = !all.length;
    const groups = Map.groupBy ? Map.groupBy(all, age) : grouped(all);
    const lists = ["today", "yesterday", "earlier"].filter((name) => groups.has(name)).map((name) => this.#group(name, groups.get(name)));
    replaceChildren(byId("history"), lists.length ? lists : el("p", { class: "empty" }, t("history_empty")));
  }

  #group(name, conversations) {
    const heading = `history-${name}`;
    return [
      el("h3", { id: heading }, t(name)),
      el("ul", { "aria-labelledby": heading }, conversations.map((one) => this.#item(one))),
    ];
  }

  #item(conversation) {
    const title = titleOf(conversation);
    const open = () => this.#go(() => this.handlers.open(conversation.id));
    const current = conversation.id === this.handlers.current() ? "true" : null;
    const label = t("history_delete", { title });
    return el(
      "li",
      {},
      el("button", { type: "button", class: "history-item", "aria-current": current, ...tongue(title), on: { click: open } }, title),
      el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: () => this.#delete(conversation) } }, icon("trash")),
    );
  }

  #delete(conversation) {
    this.conversations.delete(conversation.id);
    if (conversation.id === this.handlers.current()) this.handlers.fresh();
    this.show();
    byId("new-button").focus();
    const run = () => {
      this.conversations.restore(conversation);
      this.show();
    };
    toast(t("history_deleted"), { label: t("undo"), run });
  }

  async #clear() {
    if (!(await confirmed(t("history_clear_title"), t("history_clear_text"), t("history_clear")))) return;
    this.conversations.clear();
    this.handlers.fresh();
    this.show();
    toast(t("history_cleared"));
  }
}

function age(conversation) {
  const midnight = new Date().setHours(0, 0, 0, 0);
  if (conversation.updated >= midnight) return "today";
  return conversation.updated >= midnight - DAY_MS ? "yesterday" : "earlier";
}

/** `Map.groupBy` for browsers before 2024. */
function grouped(conversations) {
  const groups = new Map();
  for (const one of conversations) groups.set(age(one), [...(groups.get(age(one)) ?? []), one]);
  return groups;
}
