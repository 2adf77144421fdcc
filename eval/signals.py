"""Retrieval with some of its signals switched off, to see what each of them is worth.

The real retriever searches a store in which the other signals have no say: fusion and all else are those that
answer questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, cast

from indexer.store import Hit, Store
from service.retrieval import Retriever

#: Signal -> the search of the store that it is.
SIGNALS = {"dense": "search_dense", "lexical": "search_lexical", "late": "search_late"}


def name_of(signals: tuple[str, ...]) -> str:
    """Signals as they are named in results: "dense+lexical"."""
    return "+".join(signals)


ALL = name_of(tuple(SIGNALS))


def ablated(store: Store, retriever_over: Callable[[Store], Retriever]) -> Iterator[tuple[str, Retriever]]:
    """A retriever for each combination of signals but that of all of them, single signals first."""
    for size in range(1, len(SIGNALS)):
        for kept in combinations(SIGNALS, size):
            muted = frozenset(SIGNALS[signal] for signal in SIGNALS if signal not in kept)
            yield name_of(kept), retriever_over(cast(Store, _Muted(store, muted)))


class _Muted:
    """A store of which some signals have no say and everything else is as it was.

    Late interaction ranks what the other two find: beside it a muted search still brings its chunks, all with the score
    0. Without it, a muted search finds nothing.
    """

    def __init__(self, store: Store, searches: frozenset[str]) -> None:
        self._store = store
        self._searches = searches

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name not in self._searches:
            return found
        late = self._store.manifest.late.on and SIGNALS["late"] not in self._searches
        return _worthless(found) if late and name != SIGNALS["late"] else _nothing


def _nothing(*_: object, **__: object) -> list[Hit]:
    return []


def _worthless(search: Callable[..., list[Hit]]) -> Callable[..., list[Hit]]:
    return lambda *question: [Hit(hit.chunk, 0.0) for hit in search(*question)]
