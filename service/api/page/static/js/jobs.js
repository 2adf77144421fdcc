// Jobs: articles on their way into the index.

import { moment, number } from "./dates.js";
import { el } from "./dom.js";
import { current, t } from "./language.js";
import { tongue } from "./text.js";

export const isOpen = (job) => job.state === "queued" || job.state === "running";

export function jobTable(jobs) {
  if (!jobs.length) return el("p", { class: "empty" }, t("jobs_none"));
  const heads = ["job", "job_submitted", "job_state", "job_progress", "job_result"];
  return el(
    "table",
    {},
    el("thead", {}, el("tr", {}, heads.map((name) => el("th", { scope: "col" }, t(name))))),
    el("tbody", {}, jobs.map(jobRow)),
  );
}

function jobRow(job) {
  const label = t("job_of", { done: number(job.done, current()), all: number(job.total, current()) });
  return el(
    "tr",
    { data: { job: job.id } },
    el("th", { scope: "row" }, el("bdi", { class: "id", dir: "ltr" }, job.id)),
    el("td", {}, moment(job.submitted_at, current())),
    el("td", {}, el("span", { class: `state state-${job.state}` }, t(`state_${job.state}`))),
    el("td", {}, el("progress", { max: Math.max(1, job.total), value: job.done, "aria-label": `${job.id}: ${label}` }), el("span", { class: "hint" }, label)),
    el("td", {}, results(job), refusals(job), job.error && el("p", { class: "fault", ...tongue(job.error) }, job.error)),
  );
}

function results(job) {
  const counted = ["added", "replaced", "unchanged"].filter((name) => job[name]);
  return counted.map((name) => t(`job_${name}`, { n: number(job[name], current()) })).join(current() === "ar" ? "، " : ", ");
}

function refusals(job) {
  if (!job.refused.length) return null;
  const items = job.refused.map(({ article, reason }) => el("li", {}, el("bdi", tongue(article), article), ": ", el("bdi", tongue(reason), reason)));
  return el("details", { class: "refused" }, el("summary", {}, t("job_refused", { n: job.refused.length })), el("ul", {}, items));
}
