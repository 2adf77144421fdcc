"""Move an index from one store to another without encoding anything again.

Article by article with all vectors, read back and compared; what the target has already is passed over, so that a copy
that was broken off goes on where it stopped. Token vectors that the source keeps in less than float32 are read as
floats and rounded anew by the target: docs/qdrant.md tells what that loses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

from indexer.articles import Article
from indexer.chunks import EncodedChunk
from indexer.encoder import Float32
from indexer.errors import BadInput, StoreError, StoreMismatch
from indexer.store import Counts, Store

#: Articles that are read, written and compared at a time: some tens of MB of token vectors.
PAGE = 20
#: How far a sentence vector may be from what was copied: engines scale it to unit length again.
_DENSE_OFF, _LEXICAL_OFF = 1e-5, 1e-6


@dataclass(slots=True)
class CopyReport:
    """What a copy did.

    Attributes:
        copied: articles written now.
        kept: articles that the target had already.
        counts: what both hold in the end.
        digest: of the ids and content hashes of all articles, the same in both.
        cosines: of token vectors in the target with those read from the source: the least, and the mean; 1 where
            nothing was lost. None where no token vectors were copied.
    """

    copied: int = 0
    kept: int = 0
    counts: Counts = field(default_factory=lambda: Counts(0, 0))
    digest: str = ""
    cosines: tuple[float, float] | None = None


def copy_store(
    source: Store, target: Store, progress: Callable[[int, int], None] = lambda done, of: None
) -> CopyReport:
    """Copy every article of ``source`` with its chunks and vectors into ``target``.

    Args:
        source: read only.
        target: empty, or part of a copy of ``source``.
        progress: told how many of how many articles the target has.

    Raises:
        StoreMismatch: what made the target is not what made the source.
        BadInput: the target has articles that the source has not.
        StoreError: the target does not give back what it was given, or the source was written to meanwhile.
    """
    _check_manifests(source, target)
    versions, there = dict(source.versions()), dict(target.versions())
    _check_foreign(versions, there)
    missing = sorted(article_id for article_id, version in versions.items() if there.get(article_id) != version)
    report = CopyReport(len(missing), len(versions) - len(missing))
    cosines: list[Float32] = []
    progress(report.kept, len(versions))
    for at in range(0, len(missing), PAGE):
        cosines += _copy(source, target, missing[at : at + PAGE])
        progress(report.kept + min(at + PAGE, len(missing)), len(versions))
    if cosines:
        every = np.concatenate(cosines)
        report.cosines = float(every.min()), float(every.mean())
    report.counts, report.digest = _checked_whole(source, target)
    return report


def _check_manifests(source: Store, target: Store) -> None:
    if target.manifest != source.manifest:
        raise StoreMismatch(
            f"the target was made by {target.manifest} and the source by {source.manifest}; copy into a new index"
        )


def _check_foreign(versions: Mapping[str, str], there: Mapping[str, str]) -> None:
    foreign = sorted(there.keys() - versions.keys())
    if foreign:
        raise BadInput(
            f"the target has {len(foreign)} articles that the source has not, {foreign[0]!r} among them; copy into a "
            "new index, or remove them there"
        )


def _copy(source: Store, target: Store, article_ids: Sequence[str]) -> list[Float32]:
    """Copy these articles; gives the cosine of each token vector in the target with what it was given."""
    content = source.content(article_ids)
    target.put(content, source.told(article_ids))
    target.compact()
    back = {article.id: (article, chunks) for article, chunks in target.content(article_ids)}
    cosines: list[Float32] = []
    for article, chunks in content:
        cosines += _compared(article, chunks, *back.get(article.id, (None, ())))
    return cosines


def _compared(
    article: Article, chunks: Sequence[EncodedChunk], got: Article | None, got_chunks: Sequence[EncodedChunk]
) -> list[Float32]:
    if got != article or [one.chunk for one in got_chunks] != [one.chunk for one in chunks]:
        raise _differs(article, "its text, its fields or its chunks")
    cosines: list[Float32] = []
    for ours, theirs in zip(chunks, got_chunks, strict=True):
        if not np.allclose(ours.dense, theirs.dense, atol=_DENSE_OFF, rtol=0):
            raise _differs(article, "a sentence vector")
        if ours.lexical.indices != theirs.lexical.indices or not np.allclose(
            ours.lexical.values, theirs.lexical.values, atol=_LEXICAL_OFF, rtol=_LEXICAL_OFF
        ):
            raise _differs(article, "weights of words")
        if ours.late is not None:
            cosines.append(_cosines(article, ours.late, theirs.late))
    return cosines


def _cosines(article: Article, ours: Float32, theirs: Float32 | None) -> Float32:
    if theirs is None or theirs.shape != ours.shape:
        raise _differs(article, "the number of token vectors")
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    cosines: Float32 = (np.einsum("ij,ij->i", ours, theirs) / np.maximum(lengths, 1e-9)).astype(np.float32)
    return cosines


def _differs(article: Article, what: str) -> StoreError:
    return StoreError(
        f"of the article {article.id!r} the target gave back {what} other than it was given; remove it there and run "
        "the command again"
    )


def _checked_whole(source: Store, target: Store) -> tuple[Counts, str]:
    """What both hold, and the digest of it."""
    (counts, digest), (theirs, other) = ((store.counts(), digest_of(store)) for store in (source, target))
    if (counts, digest) != (theirs, other):
        raise StoreError(
            f"the source holds {counts.articles} articles in {counts.chunks} chunks (digest {digest[:12]}), the target "
            f"{theirs.articles} in {theirs.chunks} ({other[:12]}): one of them was written to meanwhile; run the "
            "command again"
        )
    return counts, digest


def digest_of(store: Store) -> str:
    """SHA-256 of ids and content hashes, in the order of the ids: the same for the same articles, wherever they are."""
    lines = [f"{article_id}\0{version}\n" for article_id, version in sorted(store.versions())]
    return sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
