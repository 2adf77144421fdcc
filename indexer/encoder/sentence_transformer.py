"""Any model of Sentence Transformers as an encoder: the extra ``models``, on a GPU where there is one.

Prompts, vector length and window come from the model's own configuration. Token vectors are those of its transformer,
found again by the offsets of its fast tokenizer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal, cast

import numpy as np

from indexer.encoder import EncoderIdentity, Encoding, Float32, Int64, Kind
from indexer.encoder.libraries import digest, library, load, model_folder, short_name
from indexer.encoder.windows import Window, averaged, windows
from indexer.errors import EncoderError

#: Texts in one pass of the model; on a GPU as many as fit its memory, at first this many.
BATCH, GPU_BATCH = 32, 256
#: Windows longer than this cost more memory than they give: attention grows with the square.
_LONGEST = 8192
#: Names under which models keep their prompts, the first that is not empty counts.
_PROMPT_NAMES: dict[Kind, tuple[str, ...]] = {
    "query": ("query",),
    "passage": ("document", "passage", "corpus"),
}


@dataclass(frozen=True, slots=True)
class _Share:
    """One window of one text, as the model read it: sentence vector, token vectors, offsets in the whole text."""

    vector: Float32
    tokens: Float32
    spans: Int64


class SentenceTransformerEncoder:
    """A model of Sentence Transformers.

    Args:
        name: its folder, or its name on the Hugging Face Hub, where it is fetched from the first time.
        half: compute in 16 bits: half the memory, on GPUs faster; part of the identity.
        threads: threads of PyTorch on the CPU; 0 leaves them as they are.

    Raises:
        EncoderError: PyTorch or Sentence Transformers is not installed, the model cannot be loaded, or it has no fast
            tokenizer.
    """

    def __init__(self, name: str, *, half: bool = False, threads: int = 0) -> None:
        self._model = load("SentenceTransformer", name, half=half)
        if threads:
            library("torch").set_num_threads(threads)
        if not getattr(self._model.tokenizer, "is_fast", False):
            raise EncoderError(f"the model {name!r} has no fast tokenizer, which finds offsets; choose another model")
        self._prompts = {kind: _prompt(self._model, names) for kind, names in _PROMPT_NAMES.items()}
        # The tokenizer keeps how it cuts and pads as state, and refuses to be used from two threads at once.
        self._lock = Lock()
        self._dimensions = int(self._model.get_embedding_dimension())
        self._limit = min(self._model.max_seq_length or _LONGEST, _LONGEST)
        self._batch = BATCH if self._model.device.type == "cpu" else GPU_BATCH
        precision = ("fp16",) if half else ()
        self._name = f"sentence-transformers:{short_name(name)}" + "".join(f" ({one})" for one in precision)
        self._digest = digest(model_folder(name), *precision, *self._prompts.values(), str(self._limit))

    @property
    def identity(self) -> EncoderIdentity:
        """Name, digest of the model's files and settings, and vector length."""
        return EncoderIdentity(self._name, self._digest, self._dimensions)

    @property
    def max_tokens(self) -> int:
        """Tokens of text in one window: the model's own, less the longer prompt and the special tokens."""
        return self._limit - max(len(self._ids(prompt)) for prompt in self._prompts.values())

    def spans(self, texts: Sequence[str]) -> list[Int64]:
        """Start and end offset of each token of each text, shape (tokens, 2), window by window."""
        read = [_encodable(text) for text in texts]
        return [
            np.concatenate(
                [
                    self._spans(text[one.start : one.end]) + one.start
                    for one in windows(text, self._spans, self.max_tokens)
                ]
            )
            for text in read
        ]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, without prompt and special tokens."""
        return [len(self._spans(text)) for text in texts]

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        """Encode texts of one kind, in their order; with ``tokens`` also their token vectors.

        A model whose sentence vectors have another length than its token vectors gives no token vectors.

        Raises:
            EncoderError: the kind is neither ``query`` nor ``passage``, the model fails, or gives no finite vector.
        """
        if kind not in self._prompts:
            raise EncoderError(f"kind {kind!r} is not known; choose one of: {', '.join(self._prompts)}")
        cut = [windows(_encodable(text), self._spans, self.max_tokens) for text in texts]
        parts = [
            (_encodable(text)[one.start : one.end], one)
            for text, shares in zip(texts, cut, strict=True)
            for one in shares
        ]
        shares = iter(self._shares(parts, self._prompts[kind], tokens=tokens))
        return [_merged([next(shares) for _ in own], [one.size for one in own]) for own in cut]

    def _shares(self, parts: Sequence[tuple[str, Window]], prompt: str, *, tokens: bool) -> list[_Share]:
        if not parts:
            return []
        with self._lock:
            given = self._given([text for text, _ in parts], prompt, "token" if tokens else "sentence")
        if not tokens:
            return [self._share(vector, _NO_STATES, _NO_SPANS) for vector in given]
        return [
            self._with_tokens(one, text, prompt, window.start) for one, (text, window) in zip(given, parts, strict=True)
        ]

    def _given(self, texts: Sequence[str], prompt: str, wanted: Literal["sentence", "token"]) -> Any:
        """What the model gives for the texts; where they do not fit the GPU's memory, half as many at once from now on.

        Raises:
            EncoderError: it fails, and not for want of a GPU's memory, or with one text alone.
        """
        value = {"sentence": "sentence_embedding", "token": None}[wanted]
        while True:
            options = {"prompt": prompt, "batch_size": self._batch, "output_value": value}
            try:
                return self._model.encode(list(texts), show_progress_bar=False, **options)
            except RuntimeError as error:  # PyTorch's, out of memory among them
                said = str(error).splitlines()[0]
                if type(error).__name__ != "OutOfMemoryError" or self._batch == 1:
                    raise EncoderError(
                        f"{self._name} failed ({said}); try MASDAR_ENCODER_FP16 or smaller chunks (--chunk-tokens)"
                    ) from error
                self._batch //= 2

    def _with_tokens(self, given: Mapping[str, Any], text: str, prompt: str, start: int) -> _Share:
        read = given["attention_mask"].bool().cpu().numpy()
        states = _array(given["token_embeddings"])[read[: len(given["token_embeddings"])]]
        encoded = self._tokenised(prompt + text, special=True)
        if encoded["input_ids"] != given["input_ids"].cpu().numpy()[read].tolist():
            raise EncoderError(
                f"{self._name} reads other tokens than its tokenizer gives for {text[:40]!r}, so that token vectors "
                "have no offsets; choose another model"
            )
        spans = np.array(encoded["offset_mapping"], np.int64).reshape(-1, 2) - len(prompt)
        own = (np.array(encoded["special_tokens_mask"]) == 0) & (spans[:, 1] > 0)
        return self._share(given["sentence_embedding"], states[own], _trimmed(spans[own], text) + start)

    def _share(self, vector: Any, states: Float32, spans: Int64) -> _Share:
        sentence = _array(vector)
        if not np.isfinite(sentence).all() or not sentence.any():
            raise EncoderError(
                f"{self._name} gave a vector without a direction; if MASDAR_ENCODER_FP16 is set, unset it"
            )
        if states.shape[-1] != len(sentence):
            states, spans = np.zeros((0, len(sentence)), np.float32), _NO_SPANS
        return _Share(sentence, states, spans)

    def _spans(self, text: str) -> Int64:
        return np.array(self._tokenised(text, special=False)["offset_mapping"], np.int64).reshape(-1, 2)

    def _ids(self, text: str) -> list[int]:
        return cast("list[int]", self._tokenised(text, special=True)["input_ids"])

    def _tokenised(self, text: str, *, special: bool) -> Any:
        with self._lock:
            return self._model.tokenizer(
                text,
                add_special_tokens=special,
                return_offsets_mapping=True,
                return_special_tokens_mask=True,
                truncation=False,
                verbose=False,
            )


_NO_STATES: Float32 = np.zeros((0, 0), np.float32)
_NO_SPANS: Int64 = np.zeros((0, 2), np.int64)


def _prompt(model: Any, names: Sequence[str]) -> str:
    prompts: Mapping[str, str | None] = model.prompts or {}
    given = [prompts.get(name) for name in (*names, model.default_prompt_name or "")]
    return next((prompt for prompt in given if prompt), "")


def _array(tensor: Any) -> Float32:
    return cast(Float32, tensor.float().cpu().numpy() if hasattr(tensor, "cpu") else np.asarray(tensor, np.float32))


def _trimmed(spans: Int64, text: str) -> Int64:
    """Offsets inside the text, each without the space that its token begins with."""
    inside = np.maximum(spans, 0)
    spaced = [end - start > 1 and text[start].isspace() for start, end in inside.tolist()]
    inside[:, 0] += np.array(spaced, np.int64)
    return inside


def _merged(shares: Sequence[_Share], sizes: Sequence[int]) -> Encoding:
    """One encoding from the windows of a text: the sentence vectors averaged by length, the tokens in a row."""
    vector = averaged([share.vector for share in shares], sizes)
    return Encoding(
        vector, np.concatenate([share.tokens for share in shares]), np.concatenate([share.spans for share in shares])
    )


def _encodable(text: str) -> str:
    """The text with each lone surrogate replaced by one character: it cannot cross into the tokenizer."""
    return text.encode("utf-8", "replace").decode("utf-8")
