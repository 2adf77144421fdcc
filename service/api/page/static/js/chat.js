// The chat page.

import { toast } from "./announcer.js";
import { ask, status } from "./api.js";
import { ArticlePanel } from "./article_panel.js";
import { Composer } from "./composer.js";
import { Conversations, historyBefore, newConversation, titleOf } from "./conversations.js";
import { number } from "./dates.js";
import { askForKey, setUpKey } from "./dialogs.js";
import { byId, el, replaceChildren } from "./dom.js";
import { Exchange } from "./exchange.js";
import { Filters, asRequest } from "./filters.js";
import { current, onLanguage, setUpLanguage, t } from "./language.js";
import { Sidebar } from "./sidebar.js";
import { loadNames } from "./sources.js";
import { setUpTheme } from "./theme.js";

class Chat {
  #conversations = new Conversations(() => this.sidebar.show());
  #conversation = newConversation();
  #exchanges = [];
  #running = null;
  #counts = null;

  constructor() {
    this.filters = new Filters();
    this.composer = new Composer({ ask: (question) => this.#ask(question), stop: () => this.#running?.abort() });
    this.panel = new ArticlePanel([byId("main"), byId("sidebar")], () => this.#enterKey());
    this.sidebar = new Sidebar(
      this.#conversations,
      { open: (id) => this.#open(id), fresh: () => this.#fresh(), current: () => this.#conversation.id },
      [byId("main")],
    );
    setUpLanguage(byId("language-button"), () => this.#title());
    onLanguage(() => this.#redraw());
    setUpTheme(byId("theme-button"));
    setUpKey(byId("key-button"), () => this.#loadStatus());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#escape(event));
    loadNames().then(() => this.#redraw());
    this.#loadStatus();
    this.#fresh();
  }

  /** Close what lies on top; with nothing open, stop the answer. */
  #escape(event) {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (this.filters.isOpen) this.filters.close();
    else if (this.sidebar.isOver) this.sidebar.hide({ focus: true });
    else if (this.panel.isOpen) this.panel.close();
    else this.#running?.abort();
  }

  async #loadStatus() {
    try {
      this.#counts = await status();
    } catch {
      // The page can ask without it; what is wrong will be told when a question fails.
      return;
    }
    this.filters.setSources(this.#counts.sources);
    this.#showCounts();
  }

  #showCounts() {
    if (!this.#counts) return;
    const { articles, sources } = this.#counts;
    const named = Object.keys(sources).filter(Boolean).length;
    const count = (name, n) => t(name, { n }).replace(String(n), number(n, current()));
    const from = named > 0 && el("span", { class: "counts-sources" }, ` ${count("of_sources", named)}`);
    replaceChildren(byId("counts"), count("indexed", articles), from);
  }

  #title() {
    const title = titleOf(this.#conversation);
    return title ? `${title} — ${t("title")}` : t("title");
  }

  #redraw() {
    this.#exchanges.forEach((exchange) => exchange.redraw());
    this.filters.show();
    this.#showCounts();
  }

  #fresh() {
    this.#show(newConversation());
    this.composer.focus();
  }

  #open(id) {
    const conversation = this.#conversations.get(id);
    if (!conversation) return;
    this.#show(conversation);
    this.#exchanges.at(-1)?.element.scrollIntoView({ block: "start" });
    this.#exchanges.at(-1)?.focus();
  }

  #show(conversation) {
    this.#running?.abort();
    this.#running = null;
    this.composer.busy = false;
    this.panel.close();
    this.#conversation = conversation;
    this.#exchanges = conversation.turns.filter((turn) => turn.answer).map((turn) => this.#exchange(turn));
    byId("exchanges").replaceChildren(...this.#exchanges.map((exchange) => exchange.element));
    this.#mood();
    this.sidebar.show();
  }

  #mood() {
    byId("welcome").hidden = this.#exchanges.length > 0;
    document.title = this.#title();
  }

  #exchange(turn) {
    return new Exchange(turn, {
      openCitation: (answer, marker, opener) => this.#openCitation(answer, marker, opener),
      openLead: (answer, lead, opener) => this.panel.open(lead.article_id, { language: answer.language, opener }),
      retry: (exchange) => this.#run(exchange),
      enterKey: () => this.#enterKey(),
      rated: () => this.#keep(),
      failed: (failure) => (failure.kind === "key" ? this.#enterKey() : toast(t(`error_${failure.kind}`))),
    });
  }

  #openCitation(answer, marker, opener) {
    const cited = answer.citations.find((citation) => citation.marker === marker);
    if (!cited) return;
    const citations = answer.citations.filter((citation) => citation.article_id === cited.article_id);
    this.panel.open(cited.article_id, { citations, marker, language: answer.language, opener });
  }

  #ask(question) {
    if (this.#running || !this.filters.isValid) return false;
    const turn = { question, filters: this.filters.value, answer: null, at: Date.now() };
    this.#conversation.turns.push(turn);
    const exchange = this.#exchange(turn);
    this.#exchanges.push(exchange);
    byId("exchanges").append(exchange.element);
    this.#mood();
    exchange.element.scrollIntoView({ block: "start" });
    this.#run(exchange);
    return true;
  }

  async #run(exchange) {
    this.#running?.abort();
    const running = new AbortController();
    const conversation = this.#conversation;
    this.#running = running;
    this.composer.busy = true;
    exchange.begin();
    try {
      for await (const event of ask(this.#request(exchange.turn), running.signal)) exchange.hear(event);
      this.#keep(conversation);
    } catch (failure) {
      this.#failed(exchange, failure);
    }
    if (this.#running !== running) return;
    this.#running = null;
    this.composer.busy = false;
  }

  #request(turn) {
    const history = historyBefore(this.#conversation, turn);
    return { question: turn.question, history, filters: asRequest(turn.filters), explain: true };
  }

  async #failed(exchange, failure) {
    if (failure.name === "AbortError") return exchange.stop();
    if (!failure.kind) throw failure;
    exchange.fail(failure);
    if (failure.kind === "key" && (await askForKey({ refused: true }))) this.#run(exchange);
    return undefined;
  }

  async #enterKey() {
    if (!(await askForKey({ refused: true }))) return;
    this.#loadStatus();
    const failed = this.#exchanges.findLast((exchange) => !exchange.turn.answer);
    if (failed) this.#run(failed);
  }

  #keep(conversation = this.#conversation) {
    const answered = { ...conversation, turns: conversation.turns.filter((turn) => turn.answer) };
    if (!this.#conversations.keep(answered)) toast(t("history_unsaved"));
    this.sidebar.show();
  }
}

new Chat();
