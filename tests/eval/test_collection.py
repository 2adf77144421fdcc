"""The documents of a question set in an index that is made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.collection import Making, open_collection
from eval.datasets import Dataset, Document
from indexer.encoder import Encoding, Kind
from indexer.errors import BadInput
from indexer.pipeline import BATCH_ARTICLES

PLAIN = Making()
LONG = "وصل الوفد إلى العاصمة صباح اليوم. والتقى الوزير بعد الظهر. ثم وقّع اتفاقًا على الطاقة. وغادر في المساء."


class Counting:
    """The stand-in model, counting the passages that it encodes; breaks off before the ``last``."""

    def __init__(self, encoder: Any, last: int | None = None) -> None:
        self._encoder, self.encoded, self._last = encoder, 0, last
        self.identity, self.max_tokens = encoder.identity, encoder.max_tokens
        self.count_tokens = encoder.count_tokens

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        if self._last is not None and self.encoded + len(texts) > self._last:
            raise RuntimeError("the power went")
        self.encoded += len(texts)
        encodings: list[Encoding] = self._encoder.encode(texts, kind, tokens=tokens)
        return encodings


@pytest.fixture
def encoder(trigrams: Any) -> Counting:
    return Counting(trigrams)


def dataset(**texts: str) -> Dataset:
    corpus = {name: Document("عنوان", text) for name, text in texts.items()}
    return Dataset("made", corpus, {"q": "سؤال"}, {"q": {next(iter(corpus)): 1}})


def ids(data: Dataset, encoder: Counting, cache: Path, making: Making = PLAIN) -> tuple[set[str], int]:
    """Ids of the articles in the collection, and how many chunks there are."""
    with open_collection(data, encoder, cache, making) as collection:
        assert collection.made.articles == collection.store.counts().articles
        return {name for name, _ in collection.store.versions()}, collection.store.counts().chunks


def test_a_second_run_indexes_nothing(tmp_path: Path, encoder: Counting) -> None:
    first = ids(dataset(a="نص أول", b="نص ثان"), encoder, tmp_path)
    encoded = encoder.encoded
    assert first[0] == {"a", "b"}
    assert encoded > 0
    assert ids(dataset(b="نص ثان", a="نص أول"), encoder, tmp_path) == first, "the order of documents does not matter"
    assert encoder.encoded == encoded


def test_another_corpus_or_chunk_size_is_another_index(tmp_path: Path, encoder: Counting) -> None:
    assert ids(dataset(a=LONG), encoder, tmp_path) == ({"a"}, 1)
    assert ids(dataset(a=LONG), encoder, tmp_path, Making(chunk_tokens=16))[1] > 1
    assert ids(dataset(a=LONG + " انتهى."), encoder, tmp_path) == ({"a"}, 1)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_fresh_index_is_made_again(tmp_path: Path, encoder: Counting) -> None:
    ids(dataset(a=LONG), encoder, tmp_path)
    encoded = encoder.encoded
    assert ids(dataset(a=LONG), encoder, tmp_path, Making(fresh=True)) == ({"a"}, 1)
    assert encoder.encoded == 2 * encoded


def test_an_index_cut_short_is_gone_on_with(tmp_path: Path, encoder: Counting, trigrams: Any) -> None:
    many = dataset(**{f"d{number}": f"نص رقم {number}" for number in range(2 * BATCH_ARTICLES + 1)})
    with pytest.raises(RuntimeError, match="the power went"):
        ids(many, Counting(trigrams, last=BATCH_ARTICLES + 1), tmp_path)
    assert ids(many, encoder, tmp_path) == (set(many.corpus), len(many.corpus))
    assert encoder.encoded == BATCH_ARTICLES + 1, "the first batch was kept"


def test_text_stays_as_it_is_and_its_language_is_told(tmp_path: Path, encoder: Counting) -> None:
    texts = {"ar": " نص يبدأ بمسافة.\n", "en": "A text in English."}
    with open_collection(dataset(**texts), encoder, tmp_path, Making()) as collection:
        articles = collection.store.articles(texts)
    assert {name: article.text for name, article in articles.items()} == texts
    assert {name: article.language for name, article in articles.items()} == {"ar": "ar", "en": "en"}


def test_a_title_without_a_text_can_be_found(tmp_path: Path, encoder: Counting) -> None:
    assert ids(dataset(a=""), encoder, tmp_path) == ({"a"}, 1)


@pytest.mark.parametrize(
    ("corpus", "message"),
    [
        ({"a\n": Document("", "نص")}, "control character U\\+000A; give it another"),
        ({"a": Document("", "نص \ud800")}, "text of document 'a' has half of a surrogate pair"),
        ({"a": Document("\0", "نص")}, "title of document 'a' has a NUL"),
    ],
)
def test_a_document_that_cannot_be_stored_is_named(
    tmp_path: Path, encoder: Counting, corpus: dict[str, Document], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        ids(replace(dataset(a=""), corpus=corpus), encoder, tmp_path)
