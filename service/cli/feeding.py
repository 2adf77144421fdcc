"""Articles sent to a running service: in batches, a few jobs ahead, with patience where it is busy or restarts."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from indexer.articles import to_payload
from indexer.errors import ServiceError
from indexer.index_report import IndexReport, Watcher
from indexer.sources.items import Loss, Problem, SourceItem, SourceRecord
from indexer.store import Counts

#: One request: little enough to be lost to a timeout, much enough that its overhead does not count.
BATCH_ARTICLES: Final = 50
BATCH_CHARS: Final = 400_000
#: Jobs that are sent before the first of them is done: the service is never without work.
AHEAD: Final = 3
_POLL_SECONDS: Final = 0.5
_TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
#: Waits between tries, in seconds, where the service says nothing: it may be restarting.
_WAITS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
#: The longest that one request is tried where the service is busy and says when to come again.
_BUSY_SECONDS: Final = 600.0
_BUSY: Final = {429, 503}
_SENT: Final = ("id", "title", "text", "source", "url", "published_at", "language", "tags", "author")


class Service:
    """A running service, asked over HTTP.

    Args:
        address: such as http://127.0.0.1:8000.
        key: an API key with the scopes read and write, where the service has keys.
    """

    def __init__(self, address: str, key: str | None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.address = address.rstrip("/")
        self._client = httpx.Client(base_url=self.address, headers=headers, timeout=_TIMEOUT)

    def request(self, method: str, path: str, body: object = None, missing: object = None) -> Any:
        """The JSON of a response; ``missing`` where there is no such thing.

        Raises:
            ServiceError: it cannot be reached or refuses.
        """
        begun, tries = time.monotonic(), 0
        while True:
            try:
                response = self._client.request(method, path, json=body)
            except httpx.TransportError as error:
                if tries == len(_WAITS):
                    raise ServiceError(
                        f"the service at {self.address} cannot be reached ({error}); see whether it runs and whether "
                        "the address is right, then run the command again: it goes on where it stopped"
                    ) from error
                time.sleep(_WAITS[tries])
                tries += 1
                continue
            if response.status_code not in _BUSY or time.monotonic() - begun > _BUSY_SECONDS:
                return self._content(response, missing)
            time.sleep(_seconds(response.headers.get("Retry-After", "")))

    def counts(self) -> Counts:
        """What its index holds."""
        status = self.request("GET", "/v1/status")
        return Counts(status["articles"], status["chunks"])

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _content(self, response: httpx.Response, missing: object) -> Any:
        if response.status_code == 404 and missing is not None:
            return missing
        if response.is_success:
            try:
                return response.json()
            except ValueError as error:
                raise ServiceError(f"{self.address} answers, but is no service of Masdar; correct --server") from error
        hint = (
            "; put a key with the scopes read and write into MASDAR_KEY" if response.status_code in {401, 403} else ""
        )
        raise ServiceError(f"the service at {self.address} refused ({response.status_code}): {_detail(response)}{hint}")


@dataclass(slots=True)
class _Batch:
    """Articles of one request; ``job`` is what the service last said of it."""

    records: list[SourceRecord]
    job: Mapping[str, Any] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        return self.job["state"] in {"done", "failed"}


def feed(service: Service, items: Iterable[SourceItem], watcher: Watcher = lambda report: None) -> IndexReport:
    """Send articles to a service until it has indexed them all.

    Raises:
        ServiceError: it cannot be reached, refuses, or fails; what it acknowledged it will index all the same.
    """
    report, under_way = IndexReport(), deque[_Batch]()
    for records in _batches(items, report, watcher):
        under_way.append(_submitted(service, _Batch(records)))
        while len(under_way) >= AHEAD:
            _finish(service, under_way.popleft(), report, watcher)
    while under_way:
        _finish(service, under_way.popleft(), report, watcher)
    return report


def _submitted(service: Service, batch: _Batch) -> _Batch:
    articles = [_record(record) for record in batch.records]
    batch.job = service.request("POST", "/v1/articles", {"articles": articles})["job"]
    return batch


def _finish(service: Service, batch: _Batch, report: IndexReport, watcher: Watcher) -> None:
    """Wait for a job and add what it did to the report."""
    while not batch.over:
        time.sleep(_POLL_SECONDS)
        batch.job = service.request("GET", f"/v1/jobs/{batch.job['id']}", missing={})
        if not batch.job:  # the service was restarted and forgot it; what it has already is passed over
            _submitted(service, batch)
    job = batch.job
    if job["state"] == "failed":
        raise ServiceError(f"the service at {service.address} could not index the articles: {job['error']}")
    report.added += job["added"]
    report.replaced += job["replaced"]
    report.unchanged += job["unchanged"]
    places = {record.article.id: record for record in batch.records}
    for name, loss in (("refused", Loss.RECORD), ("warnings", Loss.NOTHING)):
        for told in job[name]:
            place = places.get(told["article"], batch.records[0])
            cost = Loss.REFUSED if told.get("no_article") else loss
            report.problems.append(Problem(place.path, place.line, f"{told['article']!r}: {told['reason']}", cost))
    watcher(report)


def _batches(items: Iterable[SourceItem], report: IndexReport, watcher: Watcher) -> Iterator[list[SourceRecord]]:
    """The articles in batches; problems go into the report."""
    batch: list[SourceRecord] = []
    characters = 0
    for item in items:
        if isinstance(item, Problem):
            report.problems.append(item)
            watcher(report)
            continue
        batch.append(item)
        characters += len(item.article.text)
        if len(batch) >= BATCH_ARTICLES or characters >= BATCH_CHARS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _record(record: SourceRecord) -> dict[str, object]:
    payload = to_payload(record.article)
    return {name: payload[name] for name in _SENT}


def _seconds(retry_after: str) -> float:
    """What a header Retry-After says, within reason."""
    return min(60.0, max(1.0, float(retry_after))) if retry_after.isdigit() else 5.0


def _detail(response: httpx.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return response.reason_phrase
    return str(body.get("detail", response.reason_phrase)) if isinstance(body, dict) else response.reason_phrase
