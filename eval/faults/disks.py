"""Full disks, read-only disks, files of the index and of the model cache that are damaged, too little memory."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from eval.faults.disk import SmallDisk, small_disk
from eval.faults.processes import Run, until
from eval.faults.rounds import Bench, Round
from eval.faults.serving import service
from eval.faults.world import losses, record, write_articles
from indexer.errors import MasdarError
from indexer.store.checking import Fault
from indexer.store.inspection import check_folder

_MEGABYTES: Final = 480
_SAID_CHARS: Final = 300


def full_disk_indexing(bench: Bench, rounds: int) -> Iterator[Round]:
    """Fill the disk to the last byte while ``masdar index`` writes."""
    for number in range(rounds):
        with small_disk(bench.folder / f"full-{number}", _MEGABYTES) as disk:
            index, news = disk.root / "index", disk.root / "news.jsonl"
            before = write_articles(news, range(20))
            bench.nursery.done("index", news, "--store", index)
            after = write_articles(news, range(240), edition=1)
            size = disk.free
            run = bench.nursery.start("index", news, "--store", index)
            until(lambda: disk.free < size - (1 << 19) or run.is_over, "the first write")  # noqa: B023  (used at once)
            time.sleep(bench.draw.uniform(0.0, 0.3))
            while not run.is_over:
                disk.fill()
            disk.release()
            yield _completed(bench, "full disk while indexing", run, index, news, before, after)


def _completed(
    bench: Bench, fault: str, run: Run, index: Path, news: Path, before: Mapping[str, str], after: Mapping[str, str]
) -> Round:
    """A run of ``masdar index`` that failed, and the next one, that completes it."""
    status, wrong = run.wait(), losses(index, before, after)
    if status > 0 and "masdar: " not in run.said():
        wrong.append(f"it ended with {status} and no sentence: {run.said()[-_SAID_CHARS:]}")
    begun = time.monotonic()
    bench.nursery.done("index", news, "--store", index)
    seconds = time.monotonic() - begun
    return Round(fault, wrong + losses(index, after), seconds, _sentence(run))


def _sentence(run: Run) -> str:
    if run.wait() < 0:
        return f"killed by the system (signal {-run.wait()})"
    told = [line for line in run.said().splitlines() if line.startswith("masdar: ")]
    return told[-1].replace(str(run.log.parent.parent), "…")[:_SAID_CHARS] if told else ""


def full_disk_serving(bench: Bench, rounds: int) -> Iterator[Round]:
    """Fill the disk under the service: what it still acknowledges is there when there is room again."""
    for number in range(rounds):
        with small_disk(bench.folder / f"full-serve-{number}", _MEGABYTES) as disk:
            yield _full_under_service(bench, disk, number)


def _full_under_service(bench: Bench, disk: SmallDisk, number: int) -> Round:
    index, news = disk.root / "index", disk.root / "news.jsonl"
    texts = write_articles(news, range(5))
    bench.nursery.done("index", news, "--store", index)
    refusals: list[str] = []
    with service(bench.nursery, index) as served:
        disk.fill(bench.draw.choice([0, 1 << 16, 200 << 20]))
        for at in range(10, 16):
            one = record(at, number)
            answer = served.client.post("/v1/articles", json=one)
            if answer.status_code == 202:
                texts[one["id"]] = one["text"]
            else:
                refusals.append(f"{answer.status_code}: {answer.json().get('detail', '')[:_SAID_CHARS]}")
        asked = served.client.post("/v1/ask", json={"question": "ماذا أعلنت هيئة الموانئ؟"})
        wrong = [] if asked.status_code == 200 else [f"a question on a full disk was answered with {asked.status_code}"]
        disk.release()
    begun = time.monotonic()
    with service(bench.nursery, index) as served:
        until(served.is_idle, "the end of the jobs")
        seconds = time.monotonic() - begun
        served.run.end(15)
    said = refusals[0].replace(str(disk.root), "…") if refusals else ""
    return Round("full disk while serving", wrong + losses(index, texts), seconds, said)


def read_only_disk(bench: Bench, rounds: int) -> Iterator[Round]:
    """Turn the disk read-only between two runs."""
    for number in range(rounds):
        with small_disk(bench.folder / f"read-only-{number}", _MEGABYTES) as disk:
            index, news = disk.root / "index", disk.root / "news.jsonl"
            before = write_articles(news, range(20))
            bench.nursery.done("index", news, "--store", index)
            after = write_articles(news, range(30), edition=1)
            disk.read_only(True)
            run = bench.nursery.start("index", news, "--store", index)
            run.wait()
            disk.read_only(False)
            yield _completed(bench, "read-only disk", run, index, news, before, after)


def damaged_files(bench: Bench, rounds: int) -> Iterator[Round]:
    """Damage a file of the index: ``masdar check`` tells, and a backup brings it back; or nothing is wrong with it."""
    room = bench.room("damage")
    index, backup = room / "index", room / "backup"
    texts = write_articles(room / "news.jsonl", range(60))
    bench.nursery.done("index", room / "news.jsonl", "--store", index)
    bench.nursery.done("backup", backup, "--store", index)
    for _ in range(rounds):
        name = _damage(index, bench.draw)
        found = check_folder(index).faults
        wrong = [] if found else _silent(index, texts, name)
        begun = time.monotonic()
        bench.nursery.done("restore", backup, "--store", index, "--replace")
        yield Round(
            "a damaged file of the index", wrong + losses(index, texts), time.monotonic() - begun, _kinds(found)
        )


def _damage(index: Path, draw: random.Random) -> str:
    files = sorted(path for path in index.rglob("*") if path.is_file() and path.stat().st_size and path.name != "lock")
    path = draw.choice(files)
    how = draw.choice(["cut", "junk", "gone", "bit"])
    if how == "gone":
        path.unlink()
    elif how == "cut":
        os.truncate(path, path.stat().st_size // 2)
    else:
        with path.open("r+b") as file:
            file.seek(draw.randrange(path.stat().st_size))
            file.write(b"\xee" * (512 if how == "junk" else 1))
    return f"{how}: {path.relative_to(index).parts[-1]}"


def _silent(index: Path, texts: Mapping[str, str], name: str) -> list[str]:
    """What is wrong with an index that was found to be sound."""
    try:
        return [f"{wrong}, after a damage that no check told ({name})" for wrong in losses(index, texts)]
    except MasdarError as error:
        return [f"a check found nothing, and opening says: {error} ({name})"]


def _kinds(found: list[Fault]) -> str:
    kinds = sorted({fault.kind for fault in found})
    return f"masdar check: {', '.join(kinds)}" if kinds else "masdar check: nothing is wrong, and nothing was lost"


def damaged_model(bench: Bench, rounds: int) -> Iterator[Round]:
    """Damage the built model in the cache: it is built again, and answers as before."""
    room = bench.room("model")
    settings = {"MASDAR_CACHE": str(room / "cache")}
    index, news = room / "index", room / "news.jsonl"
    write_articles(news, range(4))
    bench.nursery.done("index", news, "--store", index, quick=False, environment=settings)
    search = ("search", "هيئة الموانئ", "--json", "--store", index)
    before = bench.nursery.done(*search, quick=False, environment=settings)
    for _ in range(rounds):
        models = [path for path in (room / "cache").rglob("*") if path.suffix in {".onnx", ".sha256"}]
        path = bench.draw.choice(models)
        os.truncate(path, bench.draw.randrange(path.stat().st_size))
        begun = time.monotonic()
        after = bench.nursery.done(*search, quick=False, environment=settings)
        wrong = [] if _found(before) == _found(after) else ["another answer than before"]
        yield Round("a damaged file of the model cache", wrong, time.monotonic() - begun)
    shutil.rmtree(room)


def _found(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if '"article_id"' in line]


def little_memory(bench: Bench, rounds: int) -> Iterator[Round]:
    """Give ``masdar index`` too little address space."""
    for number in range(rounds):
        room = bench.room(f"memory-{number}")
        index, news = room / "index", room / "news.jsonl"
        before = write_articles(news, range(10))
        bench.nursery.done("index", news, "--store", index)
        after = write_articles(news, range(60), edition=1)
        most = bench.draw.randrange(500, 1_500) << 20
        run = bench.nursery.start("index", news, "--store", index, memory=most)
        run.wait()
        yield _completed(bench, "too little memory", run, index, news, before, after)
