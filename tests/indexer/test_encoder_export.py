"""The exported model: its tokenizer sees what the encoder's sees, its tensors are the weights, its vectors agree."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, normalizers

from indexer.encoder.bundled import BundledEncoder
from indexer.encoder.charsmap import precompiled_map
from indexer.encoder.export import PROMPTS, export_model, fast_tokenizer
from indexer.encoder.tokenizer import PieceTokenizer
from indexer.encoder.weights import BundledWeights
from indexer.errors import BadInput

ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآؤئىةﻻﷲﷺـًٌٍَُِّْ٠١٢٣،؛؟. \n\r\u200f\u200d«»abcé½…🇫👨각\x01\x00</s>"
texts = st.one_of(st.text(max_size=60), st.text(st.sampled_from(ARABIC), max_size=200))
mapped = st.characters(min_codepoint=1, exclude_categories=["Cs"])
lenient = settings(deadline=None, max_examples=200)
#: What goes wrong where a tokenizer is not the same: marks, replaced letters, spaces, names of special tokens.
ODD = ["  كتاب \n محمد ", "مَدَّ الشّمسُ", "ﻻَ ﷺ ½", "قال </s> ثم <s> و<pad>", "\x01محمد\x00", "👨‍👩‍👧 e\u0301", "𐍈𐍉"]


@pytest.fixture(scope="module")
def exported_tokenizer(bundled_weights: BundledWeights) -> Tokenizer:
    tokenizer = Tokenizer.from_str(fast_tokenizer(bundled_weights.vocabulary).to_str())
    tokenizer.encode_special_tokens = True  # what "split_special_tokens" in tokenizer_config.json sets
    return tokenizer


@given(text=texts)
@example("ﻻَ")
@example("")
@example("\x01\x02")
@example("▁ ▁")
@lenient
def test_the_map_is_the_same_to_the_character(
    exported_tokenizer: Tokenizer, piece_tokenizer: PieceTokenizer, text: str
) -> None:
    assert exported_tokenizer.normalizer is not None
    assert exported_tokenizer.normalizer.normalize_str(text) == piece_tokenizer.normaliser.normalise(text)


@pytest.mark.slow
def test_every_code_point_is_mapped_alike(exported_tokenizer: Tokenizer, piece_tokenizer: PieceTokenizer) -> None:
    assert exported_tokenizer.normalizer is not None
    characters = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    ours = map(piece_tokenizer.normaliser.normalise, characters)
    theirs = map(exported_tokenizer.normalizer.normalize_str, characters)
    assert [char for char, one, other in zip(characters, ours, theirs, strict=True) if one != other] == []


@given(text=texts)
@lenient
def test_pieces_are_the_same_between_the_special_tokens(
    exported_tokenizer: Tokenizer, piece_tokenizer: PieceTokenizer, text: str
) -> None:
    # One that an article has written is characters to us, and to that library the mark itself.
    assume(not re.search("</?s>|<pad>|<unk>|<mask>", piece_tokenizer.normaliser.normalise(text)))
    vocabulary = piece_tokenizer.vocabulary
    (expected,) = piece_tokenizer.tokenise([text])
    assert exported_tokenizer.encode(text).ids == [vocabulary.bos, *expected.ids.tolist(), vocabulary.eos]


@given(mapping=st.dictionaries(mapped, st.text(mapped, max_size=3), max_size=40))
@lenient
def test_any_map_is_read_back_by_the_library(mapping: dict[str, str]) -> None:
    library = normalizers.Precompiled(precompiled_map({ord(key): text for key, text in mapping.items()}))
    for character in [*mapping, "ا", "x", "\U0010ffff"]:
        assert library.normalize_str(character) == mapping.get(character, character)


@pytest.mark.parametrize("mapping", [{0: "x"}, {65: "\0"}])
def test_a_map_with_zero_cannot_be_written(mapping: dict[int, str]) -> None:
    with pytest.raises(ValueError, match=r"U\+0000"):
        precompiled_map(mapping)


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path, bundled_weights: BundledWeights) -> None:
    (tmp_path / "mine.txt").write_text("نص", "utf-8")
    with pytest.raises(BadInput, match=r"is not empty; name a new or an empty one"):
        export_model(bundled_weights, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_folders_place_is_reported(tmp_path: Path, bundled_weights: BundledWeights) -> None:
    (tmp_path / "file").write_text("نص", "utf-8")
    with pytest.raises(BadInput, match=r"cannot be written to .*file \(Not a directory\)"):
        export_model(bundled_weights, tmp_path / "file")


@pytest.mark.slow
def test_the_tensors_are_the_weights(exported: Path, bundled_weights: BundledWeights) -> None:
    path = exported / "model.safetensors"
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    entry = header["encoder.layer.11.output.dense.weight"]
    begin, end = entry["data_offsets"]
    stored = np.memmap(path, np.uint8, "r")[8 + size :]
    assert len(stored) == max(tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__")
    expected = bundled_weights.matrix("l11.fo.w", bundled_weights.dimensions.ffn)
    assert entry["shape"] == list(expected.shape) == [384, 1536]
    assert np.array_equal(stored[begin:end].view("<f4").reshape(expected.shape), expected)


@pytest.fixture(scope="module")
def sentence_transformer(exported: Path, require_models: Callable[[str], None]) -> Any:
    require_models("vectors of the exported model")
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(exported), device="cpu")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["query", "passage"])
def test_sentence_transformers_gives_the_vectors_of_the_encoder(
    sentence_transformer: Any, exact_encoder: BundledEncoder, sample_passages: list[str], kind: Any
) -> None:
    read = sample_passages[::8] + ODD
    theirs = sentence_transformer.encode(read, prompt_name=kind, show_progress_bar=False)
    ours = np.stack([encoding.vector for encoding in exact_encoder.encode(read, kind)])
    assert np.sum(theirs * ours, axis=1).min() >= 0.9999


@pytest.mark.slow
def test_documents_get_the_prompt_of_passages(sentence_transformer: Any) -> None:
    assert sentence_transformer.prompts == PROMPTS
    document, query = sentence_transformer.encode_document(ODD[0]), sentence_transformer.encode_query(ODD[0])
    assert np.allclose(document, sentence_transformer.encode(ODD[0], prompt_name="passage"), atol=1e-6)
    assert np.allclose(query, sentence_transformer.encode(ODD[0], prompt_name="query"), atol=1e-6)
