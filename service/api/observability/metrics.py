"""What the service counts, in Prometheus' form: docs/operations.md has the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.process_collector import ProcessCollector

from service.answering import Answer
from service.api.jobs import Job, JobBook
from service.api.worker import Worker

#: Seconds; an answer out of quotes takes tens of milliseconds, one in a model's words some seconds.
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The counts of one application; each has a registry of its own."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        Info("masdar_build", "The version that runs", registry=self.registry).info({"version": version})
        self._count_requests()
        self._count_answers()
        self._count_model()
        self._count_work()

    def _count_requests(self) -> None:
        self._requests = self._counter("masdar_requests", "Requests answered", "method", "route", "status")
        self._request_seconds = self._histogram("masdar_request_seconds", "Until a request was answered", "route")
        self._refusals = self._counter("masdar_refusals", "Requests refused before a route", "reason")

    def _count_answers(self) -> None:
        self._stages = self._histogram("masdar_stage_seconds", "What a step of an answer took", "stage")
        self._verdicts = self._counter("masdar_answers", "Answers given", "verdict", "mode", "language")
        self._abstentions = self._counter("masdar_abstentions", "Questions without evidence", "language")
        self._misquotes = self._counter("masdar_citations_refused", "Quotes that do not stand in their article")
        self._degraded = self._counter("masdar_degraded", "Answers of a model that were not served", "reason")
        self._unheard = self._counter("masdar_judge_unheard", "Answers that rules judged without the model set for it")

    def _count_model(self) -> None:
        self._tokens = self._counter("masdar_model_tokens", "Tokens of the language model", "kind")
        self._dollars = self._counter("masdar_model_cost_dollars", "What its tokens cost, where their price is known")

    def _count_work(self) -> None:
        self._queue = Gauge("masdar_queue_depth", "What waits for a thread", ["queue"], registry=self.registry)
        self._queue_limit = Gauge("masdar_queue_limit", "What may wait", ["queue"], registry=self.registry)
        self._jobs = Gauge("masdar_jobs", "Jobs that wait or run", ["state"], registry=self.registry)
        self._jobs_over = self._counter("masdar_jobs_over", "Jobs that are done or failed", "state")
        self._articles = self._counter("masdar_articles_indexed", "Articles of jobs", "result")

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def refused(self, reason: str) -> None:
        """Count a request that the guard refused."""
        self._refusals.labels(reason).inc()

    def staged(self, timings: Mapping[str, float]) -> None:
        """Count the steps of an answer or a search.

        Args:
            timings: milliseconds by step.
        """
        for stage, milliseconds in timings.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def answered(self, answer: Answer, timings: Mapping[str, float]) -> None:
        """Count an answer that was given, and what went into it."""
        self.staged(timings)
        self._verdicts.labels(answer.verdict, answer.mode, answer.language).inc()
        if answer.verdict == "insufficient_evidence":
            self._abstentions.labels(answer.language).inc()
        if answer.degraded_reason:
            self._degraded.labels(answer.degraded_reason.partition(":")[0]).inc()
        self._unheard.inc(sum(note.kind == "judge" for note in answer.notes))
        self._misquotes.inc(answer.citations_refused)
        if answer.usage:
            self._tokens.labels("prompt").inc(answer.usage.prompt_tokens)
            self._tokens.labels("completion").inc(answer.usage.completion_tokens)
            self._dollars.inc(answer.usage.dollars or 0.0)

    def indexed(self, job: Job) -> None:
        """Count the articles of a job that came to its end, or failed."""
        self._jobs_over.labels(job.state).inc()
        counts = {"added": job.added, "replaced": job.replaced, "unchanged": job.unchanged, "refused": len(job.refused)}
        for result, count in counts.items():
            self._articles.labels(result).inc(count)

    def watch_queue(self, name: str, queue: Worker) -> None:
        """Tell how much waits in a queue, whenever someone looks."""
        self._queue.labels(name).set_function(lambda: queue.depth)
        self._queue_limit.labels(name).set(queue.limit)

    def watch_jobs(self, jobs: JobBook) -> None:
        """Tell how many jobs wait and run, whenever someone looks."""
        self._jobs.labels("queued").set_function(lambda: jobs.count("queued"))
        self._jobs.labels("running").set_function(lambda: jobs.count("running"))

    def exposition(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(name, says, labels, registry=self.registry)

    def _histogram(self, name: str, says: str, *labels: str) -> Histogram:
        return Histogram(name, says, labels, registry=self.registry, buckets=_SECONDS)
