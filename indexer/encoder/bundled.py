"""The default encoder: multilingual-e5-small in ONNX Runtime. It needs no download, key, GPU or PyTorch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import cast

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]  # the runtime ships no types

from indexer.encoder import EncoderIdentity, Encoding, Float32, Int64, Kind
from indexer.encoder.cache import cached_model, default_cache_dir
from indexer.encoder.cores import usable_cores
from indexer.encoder.sessions import Sessions
from indexer.encoder.tokenizer import PIECES_VERSION, PieceTokenizer, Tokens, pieces_model
from indexer.encoder.version import GRAPH_VERSION, PRECISIONS, Precision
from indexer.encoder.weights import WEIGHTS_SHA256, BundledWeights
from indexer.errors import EncoderError

MODEL_NAME = "intfloat/multilingual-e5-small"
#: What E5 was trained with before each text. The space after it is the one that the tokenizer sets before any text.
_PREFIXES: dict[Kind, str] = {"query": "query:", "passage": "passage:"}


@dataclass(frozen=True, slots=True)
class _Window:
    """One pass's share of a text: ``ids`` with ``<s>``, the prefix and ``</s>``; ``size`` without them."""

    text: int
    ids: Int64
    size: int


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one window gave: the sentence vector, and the states of the text's own pieces if asked for."""

    sentence: Float32
    states: Float32 | None


class BundledEncoder:
    """multilingual-e5-small (Wang et al. 2024) with the weights installed with Masdar.

    Every window of a text goes through the model alone, several side by side: a text's vectors do not depend on what
    else is encoded with it, to the last bit. (Quantised together, texts share one activation range.)

    Args:
        precision: ``int8`` (fast) or ``fp32``; part of the identity, since their vectors differ a little.
        cache_dir: folder for the built graph; the user's cache folder by default.
        threads: cores to use; 0 for as many as the process may use.
        weights_path: the weights file; that of the installed package by default.

    Raises:
        DamagedWeights: the weights are missing or are not the file this version reads.
        CacheUnusable: the cache folder cannot be written, and the model is not in it.
        EncoderError: the precision is unknown, or the built graph cannot be loaded.
    """

    def __init__(
        self,
        precision: str = "int8",
        *,
        cache_dir: Path | None = None,
        threads: int = 0,
        weights_path: Path | None = None,
    ) -> None:
        self._precision = _known(precision)
        if threads < 0:
            raise EncoderError(f"threads is {threads}; give 1 or more, or 0 for one per core")
        self._digest = _digest(self._precision)
        self._weights = BundledWeights(weights_path)
        self._weights.verify_head()
        folder = (cache_dir or default_cache_dir()) / "encoder"
        path = cached_model(folder, f"e5-small-{precision}-{self._digest[:12]}", self._build)
        cores = threads or usable_cores()
        self._workers = ThreadPoolExecutor(cores, thread_name_prefix="masdar-encoder")
        # The runtime loads its graph without the GIL, so the tokenizer is built meanwhile.
        sessions = self._workers.submit(Sessions, path, cores)
        pieces = cached_model(folder, f"pieces-{PIECES_VERSION}-{WEIGHTS_SHA256[:12]}", self._build_pieces, ".model")
        self._tokenizer = PieceTokenizer(self._weights.vocabulary, pieces.read_bytes())
        self._sessions = sessions.result()
        self._prefix_ids = {kind: self._tokenizer.tokenise([text])[0].ids for kind, text in _PREFIXES.items()}

    @property
    def identity(self) -> EncoderIdentity:
        """Name, digest of all that decides the vectors, and vector size."""
        name = f"{MODEL_NAME} ({self._precision})"
        return EncoderIdentity(name, self._digest, self._weights.dimensions.hidden)

    @property
    def max_tokens(self) -> int:
        """Tokens of text in one pass: 512 less ``<s>``, ``</s>`` and the prefix."""
        return self._weights.dimensions.positions - 2 - max(map(len, self._prefix_ids.values()))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, without prefix and special tokens: the length of its ``spans``."""
        return self._tokenizer.count(texts)

    def spans(self, texts: Sequence[str]) -> list[Int64]:
        """Start and end offset of each token of each text, shape (tokens, 2)."""
        return [tokens.spans for tokens in self._tokenizer.tokenise(texts)]

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        """Encode texts of one kind, in their order; with ``tokens`` also their token vectors.

        Raises:
            EncoderError: the kind is neither ``query`` nor ``passage``.
        """
        if kind not in _PREFIXES:
            raise EncoderError(f"kind {kind!r} is not known; choose one of: {', '.join(_PREFIXES)}")
        pieces = self._tokenizer.tokenise(texts)
        windows = list(self._windows(pieces, self._prefix_ids[kind]))
        passes: list[list[tuple[_Window, _Pass]]] = [[] for _ in texts]
        for window, result in zip(windows, self._run_all(windows, tokens=tokens), strict=True):
            passes[window.text].append((window, result))
        return [_merged(parts, piece.spans) for parts, piece in zip(passes, pieces, strict=True)]

    def _windows(self, pieces: Sequence[Tokens], prefix: Int64) -> Iterator[_Window]:
        special, size = self._tokenizer.vocabulary, self.max_tokens
        for text, tokens in enumerate(pieces):
            for start in range(0, max(len(tokens.ids), 1), size):
                body = tokens.ids[start : start + size]
                yield _Window(text, np.concatenate([[special.bos], prefix, body, [special.eos]]), len(body))

    def _run_all(self, windows: Sequence[_Window], *, tokens: bool) -> list[_Pass]:
        if len(windows) < 2:
            return [_run(self._sessions.for_one, window, tokens) for window in windows]
        session = self._sessions.for_many
        # The longest first, so that no thread is left with a long one when the others have finished.
        order = sorted(range(len(windows)), key=lambda at: -len(windows[at].ids))
        results = self._workers.map(lambda at: _run(session, windows[at], tokens), order)
        by_window = dict(zip(order, results, strict=True))
        return [by_window[at] for at in range(len(windows))]

    def _build_pieces(self) -> bytes:
        self._weights.verify()
        return pieces_model(self._weights.vocabulary)

    def _build(self) -> bytes:
        # Imported here: `onnx` is needed to build the graph, not to run it, and costs a cold start 0.2 s.
        from indexer.encoder.graph import build_graph

        self._weights.verify()
        ranges = activation_ranges() if self._precision == "int8" else {}
        model: bytes = build_graph(self._weights, self._precision, ranges).SerializeToString(deterministic=True)
        return model


def _run(session: ort.InferenceSession, window: _Window, tokens: bool) -> _Pass:
    outputs = session.run(["sentence", "tokens"] if tokens else ["sentence"], {"input_ids": window.ids[None]})
    sentence = cast(Float32, outputs[0])[0]
    if not tokens:
        return _Pass(sentence, None)
    end = len(window.ids) - 1
    return _Pass(sentence, cast(Float32, outputs[1])[0, end - window.size : end])


def activation_ranges() -> dict[str, Float32]:
    """Largest absolute input per channel of the products that ``int8`` smooths; made by calibration.py."""
    with np.load(BytesIO(_profile())) as profile:
        return {name: profile[name].astype(np.float32) for name in profile.files}


@lru_cache(maxsize=1)
def _profile() -> bytes:
    return (resources.files("indexer.encoder") / "profile.npz").read_bytes()


def _known(precision: str) -> Precision:
    for known in PRECISIONS:
        if precision == known:
            return known
    raise EncoderError(f"precision {precision!r} is not known; choose one of: {', '.join(PRECISIONS)}")


def _digest(precision: Precision) -> str:
    """SHA-256 over all that decides the vectors: weights, precision, graph, and the ranges for ``int8``."""
    parts = [WEIGHTS_SHA256, precision, str(GRAPH_VERSION)]
    if precision == "int8":
        parts.append(hashlib.sha256(_profile()).hexdigest())
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def _merged(parts: Sequence[tuple[_Window, _Pass]], spans: Int64) -> Encoding:
    """One encoding from the windows of a text: the sentence vectors averaged by length, the states in a row."""
    if len(parts) == 1:
        vector = parts[0][1].sentence
    else:
        total = np.sum([result.sentence * window.size for window, result in parts], axis=0)
        vector = (total / np.maximum(np.linalg.norm(total), 1e-12)).astype(np.float32)
    states = [result.states for _, result in parts if result.states is not None]
    if not states:
        return Encoding(vector, np.zeros((0, len(vector)), np.float32), np.zeros((0, 2), np.int64))
    return Encoding(vector, np.concatenate(states), spans)
