"""How many processor cores this process may use: those it is bound to, and no more than its control group allows."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

_OWN_GROUPS = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")


@cache
def usable_cores() -> int:
    """At least 1. A container's limit of one and a half cores counts as two."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([bound, *allowed(_OWN_GROUPS, _GROUPS)]))


def allowed(own: Path, groups: Path) -> Iterator[int]:
    """The cores that each control group around this process allows, rounded up; nothing where none limits them.

    Args:
        own: the file that names this process's groups (cgroups(7)).
        groups: where the groups are mounted; version 2 has ``cpu.max``, version 1 its files under ``cpu``.
    """
    for line in _text(own).splitlines():
        number, kinds, path = line.split(":", 2)
        if number == "0":
            for folder in _upwards(groups, path):
                yield from _cores(_text(folder / "cpu.max").split())
        elif "cpu" in kinds.split(","):
            for folder in _upwards(groups / "cpu", path):
                quota, period = (_text(folder / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period"))
                yield from _cores([quota, period])


def _upwards(root: Path, path: str) -> Iterator[Path]:
    """A group's folder and those around it; inside a container only the last is there."""
    inside = PurePosixPath(path.lstrip("/"))
    return (root / one for one in (inside, *inside.parents))


def _cores(limit: list[str]) -> Iterator[int]:
    """Quota and period in microseconds; ``max`` or a negative quota is no limit."""
    if len(limit) == 2 and limit[0].isdigit() and limit[1].isdigit() and int(limit[1]):
        yield math.ceil(int(limit[0]) / int(limit[1]))


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, ValueError):
        return ""
