"""An embedded index as it lies on the disk, opened without trust: nothing is cleared up, and nothing is refused.

Files that are damaged may kill the process that maps them into memory (SIGBUS, SIGSEGV). So they are read in a process
of their own, which this module is when it is run: ``python -m indexer.store.inspection FOLDER [--repair]`` prints what
it found as JSON.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import qdrant_edge as edge

from indexer.errors import StoreDamaged, StoreError, StoreLocked, StoreMismatch
from indexer.store import Counts, points
from indexer.store.checking import Check, CheckReport, Fault, Vectors
from indexer.store.engine import Shard, paged
from indexer.store.folder import lock_folder, read_settled, write_settled
from indexer.store.manifest import Manifest, read_manifest

_SHARDS: Final = ("chunks", "articles")
#: Exit code of the process where another one has the index open, and where a check fails otherwise.
_LOCKED, _FAILED = 11, 12


@dataclass(frozen=True, slots=True)
class FolderIndex:
    """The shards of an embedded index; implements ``indexer.store.checking.Inspected``."""

    manifest: Manifest
    articles: Shard
    all_chunks: Shard

    def records(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Id and payload of every article record."""
        return ((str(key), payload) for key, payload in self.articles.scroll(fields=True))

    def records_of(self, article_ids: list[str]) -> Iterator[Mapping[str, object]]:
        """Payloads of the records of these articles."""
        return self.articles.payloads([points.article_key(one) for one in article_ids], fields=True)

    def chunks(self) -> Iterator[list[tuple[str, Mapping[str, object], Vectors]]]:
        """Id, payload and vectors by name of every chunk, in pages."""
        return self.all_chunks.pages()

    def counts(self) -> Counts:
        """How much there is."""
        return Counts(self.articles.count(), self.all_chunks.count())

    def remove(self, report: CheckReport) -> None:
        """Remove orphans, and articles whose record is wrong with all they have.

        Raises:
            StoreError: the shards cannot be written.
        """
        for keys in paged(report.keys("record", "text")):
            self.articles.update(edge.UpdateOperation.delete_points(list(keys)))
        self.articles.flush()
        for ids in paged(report.ids("source")):
            self.all_chunks.update(edge.UpdateOperation.delete_points_by_filter(points.chunks_of(ids)))
        for keys in paged(report.keys("orphan")):
            self.all_chunks.update(edge.UpdateOperation.delete_points(list(keys)))
        self.all_chunks.flush()


@contextmanager
def opened_shards(folder: Path, manifest: Manifest) -> Iterator[FolderIndex]:
    """The shards of the index in ``folder``, whose lock the caller holds.

    Raises:
        StoreDamaged: a shard cannot be read.
    """
    with ExitStack() as opened:
        chunks, articles = (opened.enter_context(closing(Shard(folder / name))) for name in _SHARDS)
        yield FolderIndex(manifest, articles, chunks)


def check_folder(folder: Path, *, repair: bool = False) -> CheckReport:
    """Verify the index in ``folder`` in a process of its own, which damaged files may kill.

    Args:
        folder: the index's folder.
        repair: whether to remove what belongs to nothing, and articles that only their source can bring back. It is
            left as an index that was closed in order, so that the rest can be repaired through the open store.

    Raises:
        StoreLocked: another process has the index open.
        StoreError: the check itself failed, for example for want of disk.
    """
    command = [sys.executable, "-m", "indexer.store.inspection", str(folder.absolute()), *(["--repair"] * repair)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (ourselves)
    if done.returncode == _LOCKED:
        raise StoreLocked(done.stdout)
    if done.returncode == _FAILED:
        raise StoreError(done.stdout)
    if done.returncode == 0:
        return _report_of(json.loads(done.stdout))
    last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    killed = signal.Signals(-done.returncode).name if done.returncode < 0 else f"exit code {done.returncode}: {last}"
    reason = f"a process that read the files of {folder} was killed by them ({killed}): files are cut short or damaged"
    return CheckReport(closed=False, faults=[Fault("files", "", reason, "restore")])


def _report_of(values: dict[str, object]) -> CheckReport:
    faults = values.pop("faults")
    assert isinstance(faults, list)  # noqa: S101  (what this module wrote)
    return CheckReport(**values, faults=[Fault(**fault) for fault in faults])  # type: ignore[arg-type]  # as above


def inspect(folder: Path, *, repair: bool = False) -> CheckReport:
    """``check_folder`` in this process.

    Raises:
        StoreLocked: another process has the index open.
        StoreError: the disk does not take a repair.
    """
    lock = lock_folder(folder)
    try:
        manifest = read_manifest(folder)
    except (StoreDamaged, StoreMismatch) as error:
        return _unreadable("manifest", str(error))
    else:
        try:
            return _inspected(folder, manifest, repair=repair)
        except StoreDamaged as error:
            return _unreadable("files", str(error))
    finally:
        lock.release()


def _inspected(folder: Path, manifest: Manifest, *, repair: bool) -> CheckReport:
    with opened_shards(folder, manifest) as index:
        noted, counts = read_settled(folder), index.counts()
        report = Check(index).run()
        report.closed = noted is not None
        if noted is not None and noted != counts:
            report.faults.append(Fault("count", "", _count_reason(noted, counts), "source"))
        if repair:
            index.remove(report)
            write_settled(folder, index.counts())
        return report


def _unreadable(kind: Literal["manifest", "files"], reason: str) -> CheckReport:
    return CheckReport(closed=False, faults=[Fault(kind, "", reason, "restore")])


def _count_reason(noted: Counts, counts: Counts) -> str:
    return (
        f"it was closed with {noted.articles} articles and {noted.chunks} chunks and now holds {counts.articles} and "
        f"{counts.chunks}: files of it are missing or were exchanged"
    )


def _main(folder: str, *flags: str) -> int:
    try:
        report = inspect(Path(folder), repair="--repair" in flags)
    except StoreError as error:
        sys.stdout.write(str(error))
        return _LOCKED if isinstance(error, StoreLocked) else _FAILED
    json.dump(asdict(report), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
