"""What a run remembers of the articles that passed through it."""

from __future__ import annotations

import pytest

from indexer.passed import Passed, Seen

STORED = {"خبر-1": "a", "خبر-2": "b", "خبر-3": "c"}


@pytest.fixture(params=["mapping", "pairs"])
def passed(request: pytest.FixtureRequest) -> Passed:
    return Passed(STORED if request.param == "mapping" else iter(STORED.items()))


def test_what_the_store_had_is_known(passed: Passed) -> None:
    assert passed.known("خبر-2") == "b"
    assert passed.known("خبر-9") is None


def test_the_first_article_of_an_id_is_remembered_with_its_place(passed: Passed) -> None:
    first = Seen("أخبار.jsonl", 7, "b")
    assert passed.first("خبر-2", first) is None
    assert passed.first("خبر-2", Seen("other.txt", None, "x")) == first
    assert passed["خبر-2"].place == "أخبار.jsonl:7"
    assert passed.count == 1


def test_what_was_not_read_is_told_in_order(passed: Passed) -> None:
    for article_id in ("خبر-2", "new"):
        passed.first(article_id, Seen("a", None, "v"))
    assert list(passed.unseen()) == ["خبر-1", "خبر-3"]


def test_names_of_files_that_are_no_unicode_come_back(passed: Passed) -> None:
    name = b"caf\xe9.jsonl".decode("utf-8", "surrogateescape")
    passed.first("a", Seen(name, None, "v"))
    assert passed["a"] == Seen(name, None, "v")


def test_an_article_that_was_not_read_has_no_place(passed: Passed) -> None:
    with pytest.raises(KeyError):
        passed["خبر-1"]
