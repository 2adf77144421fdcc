"""Leaves out what a model thinks aloud before its answer, where its server does not: ``<think>...</think>``."""

from __future__ import annotations

from typing import Final

_OPEN: Final = "<think>"
_CLOSE: Final = "</think>"


class ThoughtFilter:
    """Takes an answer in pieces and gives back what is no thought. Thoughts stand at its beginning or nowhere."""

    def __init__(self) -> None:
        self._held = ""
        self._begun = False

    def feed(self, piece: str) -> str:
        """The part of the piece that belongs to the answer, as far as that is certain."""
        if self._begun:
            return piece
        self._held += piece
        start = self._held.lstrip()
        if start.startswith(_OPEN):
            _, close, rest = start.partition(_CLOSE)
            return self._begin(rest) if close else ""
        return "" if _OPEN.startswith(start) else self._begin(self._held)

    def finish(self) -> str:
        """What was held back and is no thought. An answer that ends within a thought has nothing else."""
        thinking = self._held.lstrip().startswith(_OPEN)
        return "" if self._begun or thinking else self._begin(self._held)

    def _begin(self, text: str) -> str:
        self._begun, self._held = True, ""
        return text
