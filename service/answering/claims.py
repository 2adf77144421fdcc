"""A sentence of an answer held against the sentences that it cites: the types, for whoever checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from indexer.articles import Article
from indexer.chunks import Span

ClaimVerdict = Literal["supported", "partly", "unsupported", "misattributed", "uncited"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article, by its offsets into the raw text."""

    article: Article
    span: Span

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.article.text[self.span[0] : self.span[1]]


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """What checking one claim found.

    Attributes:
        verdict: ``supported``; ``partly``: some of it is not in what it cites; ``unsupported``: most of it is not, or
            it says otherwise; ``misattributed``: another sentence supports it; ``uncited``: it cites nothing.
        reasons: why not ``supported``, each as ``code: sentence in the claim's language``.
        sentences: which sentences support the claim, as indexes into the cited ones followed by the others.
    """

    verdict: ClaimVerdict
    reasons: tuple[str, ...]
    sentences: tuple[int, ...]


class Verifier(Protocol):
    """Holds claims against sentences."""

    def verify(self, claim: str, cited: Sequence[Sentence], others: Sequence[Sentence]) -> ClaimCheck:
        """Check a claim against the sentences it cites; ``others`` are what it might have cited instead."""
        ...
