"""Libraries that need not be installed: what to say where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from indexer.errors import MissingLibrary


@contextmanager
def needing(extra: str, what: str) -> Iterator[None]:
    """Import optional libraries within this.

    Args:
        extra: the extra of pyproject.toml that brings them.
        what: what they are for, as the beginning of a sentence: "reading HTML pages".

    Raises:
        MissingLibrary: one is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"indexer", "service", "eval"}:
            raise
        raise MissingLibrary(
            f"{what} needs the package {error.name}, which is not installed; run: pip install 'masdar[{extra}]'"
        ) from error
