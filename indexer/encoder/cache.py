"""Where built models are kept: made once, checked by checksum, safe when two processes build at once."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from indexer.errors import CacheUnusable

LOCK_SECONDS = 300


def default_cache_dir() -> Path:
    """The user's cache folder, or ``MASDAR_CACHE`` where that is set."""
    override = os.environ.get("MASDAR_CACHE")
    return Path(override) if override else platformdirs.user_cache_path("masdar")


def cached_model(folder: Path, name: str, build: Callable[[], bytes], suffix: str = ".onnx") -> Path:
    """The path of the built model ``name``, building it if it is absent or damaged.

    A model counts only with its record beside it, and that is written last: a build cut short is built again.
    The record holds the model's SHA-256 and the size and modification time it was last checked at; the model is
    read again only when one of these two differs, and built again when its SHA-256 does. Processes that need the
    same model wait for the first one. An intact model in a folder that cannot be written is used as it is.

    Args:
        folder: the cache folder; made when it does not exist.
        name: the file's stem; it must change whenever what ``build`` makes does.
        build: makes the model's bytes.
        suffix: of the file; two models have different names all the same.

    Raises:
        CacheUnusable: the folder cannot be made, read or written.
    """
    model = folder / f"{name}{suffix}"
    try:
        if not _intact(model):
            folder.mkdir(parents=True, exist_ok=True)
            _build_once(model, build)
    except Timeout as error:
        raise CacheUnusable(
            f"another process has been building the model in {folder} for {LOCK_SECONDS} seconds; "
            f"if none is running, delete {_lock_file(model)} and try again"
        ) from error
    except OSError as error:
        raise CacheUnusable(
            f"the cache folder {folder} cannot be used ({error.strerror or error}); make it writable, with 500 MB "
            "free, or name another one in MASDAR_CACHE"
        ) from error
    return model


@dataclass(frozen=True, slots=True)
class _Record:
    """What is remembered of a model: its SHA-256, and the file's size and time when that was last computed."""

    digest: str
    size: int
    modified_ns: int

    @classmethod
    def read(cls, model: Path) -> _Record | None:
        """The record beside the model; None where there is none or it cannot be understood."""
        try:
            digest, size, modified_ns = _record_file(model).read_text("ascii").split()
            return cls(digest, int(size), int(modified_ns))
        except (FileNotFoundError, ValueError):
            return None

    def fits(self, state: os.stat_result) -> bool:
        return (self.size, self.modified_ns) == (state.st_size, state.st_mtime_ns)

    def write(self, model: Path) -> None:
        _replace(_record_file(model), f"{self.digest} {self.size} {self.modified_ns}\n".encode("ascii"))


def _intact(model: Path) -> bool:
    record = _Record.read(model)
    if record is None:
        return False
    try:
        state = model.stat()
        if record.fits(state):
            return True
        with model.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return False
    if digest != record.digest:
        return False
    _remember(model, _Record(digest, state.st_size, state.st_mtime_ns))
    return True


def _remember(model: Path, record: _Record) -> None:
    """Save the next start from reading the model; where that cannot be written, the next start reads it."""
    with contextlib.suppress(OSError, Timeout), FileLock(_lock_file(model), timeout=0):
        record.write(model)


def _build_once(model: Path, build: Callable[[], bytes]) -> None:
    with FileLock(_lock_file(model), timeout=LOCK_SECONDS):
        if _intact(model):
            return
        content = build()
        _replace(model, content)
        state = model.stat()
        _Record(hashlib.sha256(content).hexdigest(), state.st_size, state.st_mtime_ns).write(model)


def _replace(path: Path, content: bytes) -> None:
    """Write beside the target and rename, so that a reader never sees half a file.

    Only the holder of the lock writes, so one fixed name is enough, and what a killed process left is overwritten.
    """
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _record_file(model: Path) -> Path:
    return model.with_suffix(".sha256")


def _lock_file(model: Path) -> Path:
    return model.with_suffix(".lock")
