// One question and its answer on the page.

import { announce } from "./announcer.js";
import { answerParts, streamedParts } from "./answer.js";
import { matchedPart } from "./citations.js";
import { citationsText, copy } from "./copying.js";
import { el, icon, replaceChildren } from "./dom.js";
import { askedSpans, lightPairs, matchesByMarker } from "./explanations.js";
import { failureView } from "./failures.js";
import { feedback } from "./feedback.js";
import { inWords } from "./filters.js";
import { current, t } from "./language.js";
import { parts, tongue } from "./text.js";
import { spoken } from "./verdicts.js";

/** What the service says that it does. */
const DOING = ["searching", "quoting", "asking", "writing", "restarted"];

let made = 0;

export class Exchange {
  #question;
  #answer = el("div", { class: "answer" });
  #live = null;
  #explained = false;

  /**
   * @param {object} turn `question`, `filters`, `answer` (or null), `stopped`, `rating`.
   * @param {object} handlers `openCitation`, `openLead`, `retry`, `enterKey`, `rated`, `failed`.
   */
  constructor(turn, handlers) {
    this.turn = turn;
    this.handlers = handlers;
    this.#question = el("h2", { id: `question-${++made}`, class: "question", tabindex: "-1" });
    const filters = inWords(turn.filters);
    const searched = filters.length > 0 && el("p", { class: "searched" }, icon("filter"), filters.map((words) => el("bdi", { class: "searched-part", ...tongue(words) }, words)));
    this.element = el("article", { class: "exchange", "aria-labelledby": this.#question.id }, this.#question, searched, this.#answer);
    lightPairs(this.element);
    this.#showQuestion();
    if (turn.answer) this.#showAnswer();
  }

  /** The question is on its way. */
  begin() {
    this.#live = { text: "", citations: [], doing: "searching" };
    this.turn.stopped = false;
    this.element.setAttribute("aria-busy", "true");
    this.#showLive();
  }

  /** Something happened. */
  hear({ event, data }) {
    if (event === "status" && data.doing === "restarted") Object.assign(this.#live, { text: "", citations: [] });
    if (event === "status" && DOING.includes(data.doing)) this.#live.doing = data.doing;
    if (event === "delta") this.#live.text += data.text;
    if (event === "citation") this.#live.citations.push(data);
    if (event === "done") this.#finish(data);
    else this.#showLive();
  }

  #finish(answer) {
    this.turn.answer = answer;
    this.#end();
    this.#showAnswer();
    announce(spoken(answer));
  }

  fail(failure) {
    this.#end();
    replaceChildren(this.#answer, failureView(failure, { retry: () => this.handlers.retry(this), enterKey: this.handlers.enterKey }));
  }

  stop() {
    const { text, citations } = this.#live ?? { text: "", citations: [] };
    this.#end();
    this.turn.stopped = true;
    const again = el("button", { type: "button", class: "button", on: { click: () => this.handlers.retry(this) } }, icon("retry"), t("retry"));
    const stopped = el("div", { class: "failure" }, el("p", {}, t("stopped")), el("div", { class: "failure-actions" }, again));
    replaceChildren(this.#answer, streamedParts(text, this.#question.lang, citations, () => {}), stopped);
    announce(t("stopped"));
  }

  /** Say it again in the language that the interface has now. */
  redraw() {
    if (this.#live) this.#showLive();
    else if (this.turn.answer) this.#showAnswer();
  }

  focus() {
    this.#question.focus({ preventScroll: true });
  }

  #end() {
    this.#live = null;
    this.element.removeAttribute("aria-busy");
  }

  #showLive() {
    const { text, citations, doing } = this.#live;
    const open = (number, opener) => this.handlers.openCitation({ citations, language: this.#question.lang }, number, opener);
    const working = el("p", { class: "working" }, el("span", { class: "pulse", "aria-hidden": "true" }), t(doing));
    replaceChildren(this.#answer, working, streamedParts(text, this.#question.lang, citations, open));
  }

  #showQuestion() {
    const { question, answer } = this.turn;
    const spans = this.#explained ? askedSpans(question, matchesByMarker(answer)) : [];
    const { lang, dir } = tongue(question);
    Object.assign(this.#question, { lang, dir });
    const before = el("span", { class: "visually-hidden", lang: current() }, t("you_asked", { question: "" }));
    replaceChildren(this.#question, before, el("span", { class: "question-text" }, parts(question, spans).map(matchedPart)));
  }

  #showAnswer() {
    const { answer } = this.turn;
    const view = {
      explained: this.#explained,
      open: (number, opener) => this.handlers.openCitation(answer, number, opener),
      openLead: (lead, opener) => this.handlers.openLead(answer, lead, opener),
    };
    replaceChildren(this.#answer, answerParts(answer, view), this.#actions());
  }

  #actions() {
    const { answer } = this.turn;
    const { buttons, form } = feedback(this.turn, this.handlers);
    const copying = () => copy(citationsText(answer));
    const copier = el("button", { type: "button", class: "text-button", "aria-label": t("copy_label"), on: { click: copying } }, icon("copy"), t("copy"));
    return el("footer", { class: "actions" }, el("div", { class: "action-row" }, copier, this.#explainButton(), buttons), form);
  }

  #explainButton() {
    if (!this.turn.answer.explanations?.some(({ matches }) => matches.length)) return null;
    const toggle = () => {
      this.#explained = !this.#explained;
      this.#showQuestion();
      this.#showAnswer();
      this.#answer.querySelector(".explain-button").focus({ preventScroll: true });
    };
    const pressed = String(this.#explained);
    return el("button", { type: "button", class: "text-button explain-button", "aria-pressed": pressed, on: { click: toggle } }, icon("match"), t("explain"));
  }
}
