"""Any Sentence Transformers model as an encoder: the exported weights must give what the bundled encoder gives."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from indexer.encoder.bundled import BundledEncoder
from indexer.encoder.centring import NO_CENTRING, centring_for
from indexer.encoder.libraries import digest
from indexer.encoder.sentence_transformer import SentenceTransformerEncoder
from indexer.errors import EncoderError

LONG = "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة خمسة عشر في المئة ابتداء من فبراير." * 60


@pytest.fixture(scope="module")
def encoder(exported: Path, require_models: Callable[[str], None]) -> SentenceTransformerEncoder:
    require_models("a Sentence Transformers model as encoder")
    return SentenceTransformerEncoder(str(exported))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["query", "passage"])
def test_it_gives_what_the_bundled_encoder_gives(
    encoder: SentenceTransformerEncoder, exact_encoder: BundledEncoder, sample_passages: list[str], kind: Any
) -> None:
    texts = [*sample_passages[::12], "كتاب", "", "مَدَّ  الشّمسُ ½ ﷺ"]
    theirs, ours = encoder.encode(texts, kind, tokens=True), exact_encoder.encode(texts, kind, tokens=True)
    for text, one, other in zip(texts, theirs, ours, strict=True):
        # The space that ends the prompt is a piece of its own before some texts, to the bundled encoder one of theirs.
        own = other.spans[:, 1] > 0
        assert one.tokens.shape == other.tokens[own].shape, text
        if text:  # without a text, the space that ends the prompt is a piece of its own
            assert float(one.vector @ other.vector) >= 0.9999
        assert np.abs(one.tokens - other.tokens[own]).max(initial=0.0) <= 0.02
        assert [text[a:b] for a, b in one.spans] == [text[a:b] for a, b in other.spans[own]]


@pytest.mark.slow
def test_vectors_have_unit_length_with_and_without_tokens(encoder: SentenceTransformerEncoder) -> None:
    (alone,), (beside,) = (
        encoder.encode(["كتاب جديد"], "passage"),
        encoder.encode(["كتاب جديد"], "passage", tokens=True),
    )
    assert np.linalg.norm(alone.vector) == pytest.approx(1, abs=1e-5)
    assert np.allclose(alone.vector, beside.vector, atol=1e-5)
    assert alone.tokens.shape == (0, 384)
    assert alone.spans.shape == (0, 2)


@pytest.mark.slow
def test_a_long_text_goes_in_windows_and_keeps_all_its_tokens(
    encoder: SentenceTransformerEncoder, exact_encoder: BundledEncoder
) -> None:
    (encoding,), (exact,) = (one.encode([LONG], "passage", tokens=True) for one in (encoder, exact_encoder))
    assert encoder.count_tokens([LONG])[0] > 2 * encoder.max_tokens
    assert len(encoding.tokens) == len(encoding.spans) == encoder.count_tokens([LONG])[0]
    assert (encoder.spans([LONG])[0] == encoding.spans).all()
    assert LONG[encoding.spans[-1][0] : encoding.spans[-1][1]] == "."
    assert np.linalg.norm(encoding.vector) == pytest.approx(1, abs=1e-5)
    assert float(encoding.vector @ exact.vector) > 0.999
    starts = encoding.spans[:, 0]
    assert (np.diff(starts) >= 0).all()


@pytest.mark.slow
def test_tokens_are_counted_and_fit_a_window(
    encoder: SentenceTransformerEncoder, exact_encoder: BundledEncoder, sample_passages: list[str]
) -> None:
    texts = sample_passages[::12]
    assert encoder.count_tokens(texts) == exact_encoder.count_tokens(texts)
    assert encoder.max_tokens == pytest.approx(exact_encoder.max_tokens, abs=1)


@pytest.mark.slow
def test_threads_may_share_it(encoder: SentenceTransformerEncoder) -> None:
    texts = [f"خبر رقم {number} " * (number % 7 + 1) for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        side_by_side = list(pool.map(lambda text: encoder.encode([text], "passage", tokens=True)[0], texts))
    for text, encoding in zip(texts, side_by_side, strict=True):
        assert np.allclose(encoding.vector, encoder.encode([text], "passage", tokens=True)[0].vector, atol=1e-5)


@pytest.mark.slow
def test_its_identity_is_its_files_and_settings(encoder: SentenceTransformerEncoder, exported: Path) -> None:
    identity = encoder.identity
    assert identity.name == f"sentence-transformers:{exported.name}"
    assert identity.dimensions == 384
    half = SentenceTransformerEncoder(str(exported), half=True).identity
    assert (half.name, half.weights == identity.weights) == (f"{identity.name} (fp16)", False)
    assert centring_for(identity) is NO_CENTRING


@pytest.mark.slow
def test_sixteen_bits_change_little(encoder: SentenceTransformerEncoder, exported: Path) -> None:
    half = SentenceTransformerEncoder(str(exported), half=True)
    (one,), (other,) = (some.encode(["كتاب جديد عن القناة"], "query", tokens=True) for some in (encoder, half))
    assert float(one.vector @ other.vector) > 0.999
    assert other.tokens.dtype == np.float32


@pytest.mark.slow
def test_a_folder_without_a_model_is_reported(tmp_path: Path, require_models: Callable[[str], None]) -> None:
    require_models("the error for a folder without a model")
    with pytest.raises(EncoderError, match=r"cannot be loaded .*give a folder, or a name on the Hugging Face Hub"):
        SentenceTransformerEncoder(str(tmp_path))


def test_without_the_libraries_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EncoderError, match=r"the package torch .*pip install 'masdar\[models\]'"):
        SentenceTransformerEncoder("anything")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files as a model's folder has them."""
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "onnx").mkdir()
    (tmp_path / "modules.json").write_text(json.dumps([{"path": ""}, {"path": "1_Pooling"}]), "utf-8")
    for name in ("model.safetensors", "1_Pooling/config.json", "README.md", "onnx/model.bin"):
        (tmp_path / name).write_text(name, "utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["model.safetensors", "1_Pooling/config.json", "modules.json"])
def test_a_digest_changes_with_every_file_that_decides(folder: Path, name: str) -> None:
    before = digest(folder)
    (folder / name).write_text((folder / name).read_text("utf-8") + " ", "utf-8")
    assert digest(folder) != before


@pytest.mark.parametrize("name", ["README.md", "onnx/model.bin"])
def test_a_digest_leaves_the_card_and_other_runtimes_aside(folder: Path, name: str) -> None:
    before = digest(folder)
    (folder / name).write_text("شيء آخر", "utf-8")
    assert digest(folder) == before


def test_a_digest_stays_when_the_folder_moves_and_changes_with_settings(folder: Path, tmp_path: Path) -> None:
    moved = tmp_path.with_name("moved")
    shutil.copytree(folder, moved)
    assert digest(moved) == digest(folder)
    assert digest(folder, "fp16") != digest(folder)


# A GPU's memory


class OutOfMemoryError(RuntimeError):
    """Named as PyTorch's."""


class SmallModel:
    """Takes so many texts at once, and says of more what PyTorch says."""

    device = SimpleNamespace(type="cuda")
    prompts: Mapping[str, str] = {}
    default_prompt_name = None
    max_seq_length = 512

    def __init__(self, fits: int) -> None:
        self.fits, self.batches = fits, list[int]()
        self.tokenizer = Tokeniser()

    def get_embedding_dimension(self) -> int:
        return 2

    def encode(self, texts: list[str], *, batch_size: int, **_: Any) -> Any:
        self.batches.append(batch_size)
        if batch_size > self.fits:
            raise OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return np.array([[len(text), 1] for text in texts], np.float32)


class Tokeniser:
    is_fast = True

    def __call__(self, text: str, **_: Any) -> Any:
        return {"offset_mapping": [(at, at + 1) for at in range(len(text))], "input_ids": []}


def small_encoder(
    fits: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[SentenceTransformerEncoder, SmallModel]:
    model = SmallModel(fits)
    monkeypatch.setattr("indexer.encoder.sentence_transformer.load", lambda *_, **__: model)
    return SentenceTransformerEncoder(str(tmp_path)), model


def test_texts_that_do_not_fit_a_gpu_go_in_smaller_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, model = small_encoder(100, tmp_path, monkeypatch)
    (vector,) = (encoding.vector for encoding in encoder.encode(["كتاب"], "passage"))
    assert vector == pytest.approx(np.array([4, 1]) / np.sqrt(17))
    encoder.encode(["كتاب"], "passage")
    assert model.batches == [256, 128, 64, 64], "and stay small"


def test_a_gpu_that_holds_not_one_text_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, _ = small_encoder(0, tmp_path, monkeypatch)
    with pytest.raises(EncoderError, match=r"CUDA out of memory.*MASDAR_ENCODER_FP16"):
        encoder.encode(["كتاب"], "passage")
