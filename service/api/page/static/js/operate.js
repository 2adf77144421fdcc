// The operators' page.

import { toast } from "./announcer.js";
import { key, request, status } from "./api.js";
import { ArticleForm } from "./article_form.js";
import { ArticleList } from "./article_list.js";
import { askForKey, setUpKey } from "./dialogs.js";
import { byId, replaceChildren } from "./dom.js";
import { failureView } from "./failures.js";
import { jobTable, isOpen } from "./jobs.js";
import { onLanguage, setUpLanguage, t } from "./language.js";
import { showStatus } from "./status.js";
import { setUpTheme } from "./theme.js";
import { Upload } from "./upload.js";

/** Between two looks at the service: while jobs run, and while nothing happens. */
const BUSY_MS = 1000;
const IDLE_MS = 10_000;

class Operations {
  #timer = null;
  #status = null;
  #jobs = [];
  #ended = null;

  constructor() {
    setUpLanguage(byId("language-button"), () => `${t("operate_title")} — ${t("title")}`);
    setUpTheme(byId("theme-button"));
    setUpKey(byId("key-button"), () => this.#start());
    const handlers = { queued: () => this.#look(), failed: (failure) => this.#failed(failure) };
    this.list = new ArticleList(handlers);
    new Upload(handlers);
    new ArticleForm(handlers);
    onLanguage(() => this.#show());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#look());
    this.#start();
  }

  #start() {
    this.list.load();
    this.#look();
  }

  /** Ask how the service is, and again after a while; not while nobody looks. */
  async #look() {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    try {
      const [now, { jobs }] = await Promise.all([status(), request("/v1/jobs")]);
      this.#status = now;
      this.#jobs = jobs;
      byId("failure").replaceChildren();
      this.#show();
    } catch (failure) {
      this.#failed(failure);
      return;
    }
    const open = this.#jobs.some(isOpen);
    // What a job added is in the list when it is done; it may have ended before anyone saw it open.
    const ended = this.#jobs.filter((job) => !isOpen(job)).map((job) => job.id).join();
    if (this.#ended !== null && this.#ended !== ended) this.list.load();
    this.#ended = ended;
    this.#timer = setTimeout(() => this.#look(), open ? BUSY_MS : IDLE_MS);
  }

  #show() {
    if (this.#status) showStatus(this.#status);
    replaceChildren(byId("jobs"), jobTable(this.#jobs));
    this.list.show();
  }

  /** Said once; a key is asked for where one is wanted. */
  async #failed(failure) {
    if (!failure.kind) throw failure;
    const again = () => this.#start();
    const enterKey = async () => (await askForKey({ refused: Boolean(key.get()) })) && again();
    replaceChildren(byId("failure"), failureView(failure, { retry: again, enterKey }));
    if (["scope", "large", "input"].includes(failure.kind)) toast(failure.detail || t(`error_${failure.kind}`));
    if (failure.kind === "key" && !document.querySelector("dialog[open]")) await enterKey();
  }
}

new Operations();
