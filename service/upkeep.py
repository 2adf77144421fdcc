"""Checking, repairing, backing up and restoring the index of the settings, wherever it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import BadInput, StoreMissing
from indexer.store import shards
from indexer.store.backup import SERVICE, SYNC, Backup, restore_backup, write_backup
from indexer.store.checking import Check, CheckReport, Fault
from indexer.store.inspection import check_folder
from indexer.store.manifest import FILE_NAME
from indexer.store.server_place import ServerPlace, check_client
from service.api.state_folder import FEEDBACK, SPOOL, state_folder
from service.settings import Settings
from service.stores import Place, place_of
from service.sync_state import sync_folder
from service.wiring import open_index

if TYPE_CHECKING:
    from indexer.store.server import ServerStore

_HISTORY = "history.jsonl"


@dataclass(slots=True)
class Repaired:
    """What a repair did.

    Attributes:
        removed: chunks that belonged to nothing.
        rewritten: articles whose chunks were made again out of their records.
        lost: ids of articles whose record was wrong: they were removed, and their sources have to bring them again.
        remaining: what is still wrong.
    """

    removed: int = 0
    rewritten: int = 0
    lost: list[str] = field(default_factory=list)
    remaining: list[Fault] = field(default_factory=list)


def check(place: Place) -> CheckReport:
    """Verify the index.

    Raises:
        StoreMissing: there is none.
        StoreLocked: another process has it open.
        StoreError: a server cannot be asked.
    """
    return _checked(place, repair=False)


def repair(settings: Settings, place: Place) -> tuple[CheckReport, Repaired]:
    """Verify the index, and make good what can be made good without the sources.

    Raises:
        MasdarError: the index is missing, locked or another encoder's, or the encoder failed.
    """
    report = _checked(place, repair=True)
    if any(fault.remedy == "restore" for fault in report.faults):
        return report, Repaired(remaining=report.faults)
    done = Repaired(removed=len(report.keys("orphan")), lost=report.ids("source"))
    if wrong := report.ids("rewrite"):
        from indexer.pipeline import default_transformations, rewrite

        # An index keeps the chunks that it was made with, whatever this version would make.
        with open_index(settings, settings.store, 0) as (store, encoder):
            manifest = store.manifest
            steps = default_transformations(encoder, manifest.chunk_tokens, manifest.late)
            done.rewritten = rewrite(store, steps, wrong)
    done.remaining = _checked(place, repair=False).faults
    return report, done


def _checked(place: Place, *, repair: bool) -> CheckReport:
    if isinstance(place, ServerPlace):
        return _check_server(place, repair=repair)
    # A manifest that is lost is a finding; a folder without an index is not.
    if not (place / FILE_NAME).is_file() and not all((place / name).is_dir() for name in shards.INDEXED):
        raise StoreMissing(f"there is no index in {place}; make one with: masdar index PATH --store {place}")
    return check_folder(place, repair=repair)


def _check_server(place: ServerPlace, *, repair: bool) -> CheckReport:
    check_client()
    from indexer.store.server_index import open_server

    with open_server(place) as store:
        report = Check(store.inspected).run()
        if repair:
            _remove(store, report)
        return report


def _remove(store: ServerStore, report: CheckReport) -> None:
    store.delete(report.ids("source"))
    store.remove_chunks(report.keys("orphan"))


def back_up(settings: Settings, target: Path) -> Backup:
    """Back the index up, with its history and with what a service was given and has not indexed yet.

    Raises:
        BadInput: the index is on a server, or the target holds something.
        StoreError: the index cannot be used, or the disk does not take the backup.
    """
    folder = _folder(place_of(settings), "masdar store copy {place} FOLDER, then: masdar backup DIR --store FOLDER")
    history, state = sync_folder(settings) / _HISTORY, state_folder(folder)
    beside = {f"{SYNC}/{_HISTORY}": history, f"{SERVICE}/{FEEDBACK}": state / FEEDBACK}
    beside |= {f"{SERVICE}/{SPOOL}/{path.name}": path for path in sorted((state / SPOOL).glob("job_*.jsonl"))}
    return write_backup(folder, {name: path for name, path in beside.items() if path.is_file()}, target)


def restore(settings: Settings, source: Path, *, replace: bool) -> Backup:
    """Restore the index of a backup.

    Raises:
        BadInput: the index would be on a server, it is no backup, or there is an index and ``replace`` is false.
        StoreError: the backup is damaged, or the disk does not take it.
    """
    folder = _folder(place_of(settings), "masdar restore DIR --store FOLDER, then: masdar store copy FOLDER {place}")
    beside = {SYNC: sync_folder(settings), SERVICE: state_folder(folder)}
    return restore_backup(source, folder, beside, replace=replace)


def _folder(place: Place, instead: str) -> Path:
    if isinstance(place, Path):
        return place
    command = instead.format(place=f"{place.url}#{place.collection}")
    raise BadInput(
        f"the index {place} is on a Qdrant server, and backups are of folders; run: {command} (or use the snapshots of "
        "the server)"
    )
