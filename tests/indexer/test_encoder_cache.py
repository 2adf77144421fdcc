"""The cache of built models: built once, noticed when damaged, usable read-only, safe against kills and races."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import indexer
from indexer.encoder.cache import cached_model, default_cache_dir
from indexer.errors import CacheUnusable

MODEL = b"a model" * 1000
BUILD = """
import encodings.ascii, os, sys, time  # the codec now: its file may be out of reach without privileges
from pathlib import Path
from indexer.encoder.cache import cached_model
from indexer.errors import CacheUnusable

folder, seconds = Path(sys.argv[1]), float(sys.argv[2])

def build():
    with (folder / "builds").open("a") as log:
        log.write("x")
    time.sleep(seconds)
    return b"a model" * 1000

if len(sys.argv) > 3 and os.getuid() == 0:
    os.setuid(65534)  # permissions do not bind the superuser
try:
    print(len(cached_model(folder, "m", build).read_bytes()))
except CacheUnusable as error:
    print(f"CacheUnusable: {error}")
"""


class Builder:
    """Counts its builds."""

    def __init__(self, content: bytes = MODEL) -> None:
        self.content = content
        self.builds = 0

    def __call__(self) -> bytes:
        self.builds += 1
        return self.content


def _start(folder: Path, seconds: float, *more: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(Path(indexer.__file__).parents[1])}
    command = [sys.executable, "-c", BUILD, str(folder), str(seconds), *more]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_builds_once(tmp_path: Path) -> None:
    build = Builder()
    paths = {cached_model(tmp_path / "deep" / "er", "m", build) for _ in range(3)}
    assert build.builds == 1
    assert [path.read_bytes() for path in paths] == [MODEL]


def test_another_name_is_another_model(tmp_path: Path) -> None:
    first, second = cached_model(tmp_path, "a", Builder(b"a")), cached_model(tmp_path, "b", Builder(b"b"))
    assert (first.read_bytes(), second.read_bytes()) == (b"a", b"b")


@pytest.mark.parametrize("damage", [MODEL[:-1], b"b" + MODEL[1:], b""])
def test_a_changed_model_is_built_again(tmp_path: Path, damage: bytes) -> None:
    path = cached_model(tmp_path, "m", Builder())
    path.write_bytes(damage)
    os.utime(path, ns=(0, 0))
    build = Builder()
    assert cached_model(tmp_path, "m", build).read_bytes() == MODEL
    assert build.builds == 1


@pytest.mark.parametrize("damage", ["", "x y z", "ü", "0" * 64, "0" * 64 + " 1 2"])
def test_a_damaged_record_makes_it_build_again(tmp_path: Path, damage: str) -> None:
    record = cached_model(tmp_path, "m", Builder()).with_suffix(".sha256")
    record.write_text(damage, "utf-8")
    build = Builder()
    cached_model(tmp_path, "m", build)
    assert build.builds == 1


def test_a_model_without_its_record_or_the_reverse_is_built_again(tmp_path: Path) -> None:
    for suffix in (".sha256", ".onnx"):
        cached_model(tmp_path, "m", Builder()).with_suffix(suffix).unlink()
        build = Builder()
        assert cached_model(tmp_path, "m", build).read_bytes() == MODEL
        assert build.builds == 1


def test_an_intact_model_with_another_time_is_read_once_and_kept(tmp_path: Path) -> None:
    path = cached_model(tmp_path, "m", Builder())
    os.utime(path, ns=(10**18, 10**18))
    build = Builder()
    cached_model(tmp_path, "m", build)
    assert build.builds == 0
    assert path.with_suffix(".sha256").read_text().split()[2] == str(10**18)  # the next start need not read it


def test_what_a_killed_build_left_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "m.onnx.part").write_bytes(b"half a mod")
    assert cached_model(tmp_path, "m", Builder()).read_bytes() == MODEL
    assert not list(tmp_path.glob("*.part"))


def test_a_build_killed_in_the_middle_leaves_the_next_one_free(tmp_path: Path) -> None:
    process = _start(tmp_path, 60)
    deadline = time.monotonic() + 20
    while not (tmp_path / "builds").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (tmp_path / "builds").exists()
    build = Builder()
    assert cached_model(tmp_path, "m", build).read_bytes() == MODEL
    assert build.builds == 1


@pytest.mark.slow
def test_processes_that_start_at_once_build_once(tmp_path: Path) -> None:
    processes = [_start(tmp_path, 0.5) for _ in range(3)]
    assert [process.communicate()[0] for process in processes] == [f"{len(MODEL)}\n"] * 3
    assert (tmp_path / "builds").read_text() == "x"


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cached_model(tmp_path, "m", fail)
    assert {path.suffix for path in tmp_path.iterdir()} <= {".lock"}


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CacheUnusable, match="name another one in MASDAR_CACHE") as caught:
        cached_model(tmp_path / "file" / "cache", "m", Builder())
    assert str(tmp_path / "file" / "cache") in str(caught.value)


@pytest.fixture
def readable_folder() -> Iterator[Path]:
    """A folder that other users can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
@pytest.mark.parametrize("restored", [False, True], ids=["as built", "restored with other times"])
def test_an_intact_model_in_a_read_only_folder_is_used(readable_folder: Path, restored: bool) -> None:
    path = cached_model(readable_folder, "m", Builder())
    if restored:
        os.utime(path, ns=(0, 0))
    readable_folder.chmod(0o555)
    assert _start(readable_folder, 0, "unprivileged").communicate()[0] == f"{len(MODEL)}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_read_only_folder_without_a_model_is_named(readable_folder: Path) -> None:
    readable_folder.chmod(0o555)
    answer = _start(readable_folder, 0, "unprivileged").communicate()[0]
    assert answer.startswith(f"CacheUnusable: the cache folder {readable_folder} cannot be used (Permission denied)")


def test_the_folder_can_be_named_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASDAR_CACHE", str(tmp_path))
    assert default_cache_dir() == tmp_path
    monkeypatch.delenv("MASDAR_CACHE")
    assert default_cache_dir().name == "masdar"
