"""Whether this processor adds products of bytes in 32 bits (VNNI), as far as the system tells."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PROCESSORS = Path("/proc/cpuinfo")
#: What Linux calls the two forms of VNNI.
_EXACT = {"avx512_vnni", "avx_vnni"}


@cache
def has_vnni() -> bool:
    """Whether it is known to; only Linux tells.

    Without, x86 adds them in 16 bits, which overflow silently, and the runtime must be told to take a slower way.
    """
    try:
        return named(_PROCESSORS.read_text("utf-8", "replace"))
    except OSError:
        return False


def named(processors: str) -> bool:
    """Whether every processor of a ``/proc/cpuinfo`` has VNNI among its flags."""
    flags = [set(line.split()) for line in processors.splitlines() if line.startswith("flags")]
    return bool(flags) and all(one & _EXACT for one in flags)
