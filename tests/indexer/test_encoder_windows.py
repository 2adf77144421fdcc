"""Long texts in windows: every character is in one, none has more tokens than allowed."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.encoder import Int64
from indexer.encoder.tokenizer import PieceTokenizer
from indexer.encoder.windows import averaged, windows

texts = st.text(st.sampled_from("ابتم ﷺ½. ـ\nx\u064b"), max_size=120)


def _words(text: str) -> Int64:
    return np.array([match.span() for match in re.finditer(r"\S+\s*", text)], np.int64).reshape(-1, 2)


@given(text=texts, size=st.integers(4, 20))
def test_windows_follow_each_other_and_fit(piece_tokenizer: PieceTokenizer, text: str, size: int) -> None:
    cut = windows(text, lambda share: piece_tokenizer.tokenise([share])[0].spans, size)
    assert "".join(text[one.start : one.end] for one in cut) == text
    for one in cut:
        count = piece_tokenizer.count([text[one.start : one.end]])[0]
        assert one.size == count
        assert count <= size or one.end - one.start == 1  # one character can have many pieces


def test_a_text_that_fits_is_one_window() -> None:
    (one,) = windows("وصلت السفينة", _words, 2)
    assert (one.start, one.end, one.size) == (0, 12, 2)


def test_an_empty_text_is_one_window() -> None:
    (one,) = windows("", _words, 5)
    assert (one.start, one.end, one.size) == (0, 0, 0)


def test_cuts_are_where_tokens_begin() -> None:
    text = "وصلت السفينة إلى الميناء مساء أمس"
    assert [text[one.start : one.end] for one in windows(text, _words, 2)] == [
        "وصلت السفينة ",
        "إلى الميناء ",
        "مساء أمس",
    ]


def test_a_longer_window_weighs_more() -> None:
    east, north = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
    mixed = averaged([east, north], [3, 1])
    assert np.allclose(mixed, np.array([3, 1]) / np.sqrt(10))
    assert np.allclose(averaged([2 * east], [0]), east)
