"""The index's encoder as the writer uses it: a few texts at a time, and questions first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from indexer.encoder import Encoder, EncoderIdentity, Encoding, Int64, Kind


@dataclass(frozen=True, slots=True)
class PoliteEncoder:
    """Gives the vectors of ``encoder``, which do not depend on what else is encoded with a text.

    Implements ``indexer.encoder.Encoder``.

    Attributes:
        pause: called before each few texts; returns when it is the writer's turn, or raises to break off.
        together: texts at a time.
    """

    encoder: Encoder
    pause: Callable[[], None]
    together: int = 1

    @property
    def identity(self) -> EncoderIdentity:
        """That of the encoder."""
        return self.encoder.identity

    @property
    def max_tokens(self) -> int:
        """That of the encoder."""
        return self.encoder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has."""
        self.pause()
        return self.encoder.count_tokens(texts)

    def spans(self, texts: Sequence[str]) -> list[Int64]:
        """Where the tokens of each text are."""
        return self.encoder.spans(texts)

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        """The vectors of each text."""
        made: list[Encoding] = []
        for at in range(0, len(texts), self.together):
            self.pause()
            made.extend(self.encoder.encode(texts[at : at + self.together], kind, tokens=tokens))
        return made
