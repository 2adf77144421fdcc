"""The model's tokenizer with character offsets: its own normaliser map, then unigram pieces.

The bundled file replaces each code point by zero or more others, folds runs of spaces into one, writes spaces as
``▁`` and cuts the result into the pieces of highest total log probability (Kudo 2018, unigram language model). The
cutting is Hugging Face ``tokenizers``; the map is applied here, code point by code point, because that library's
``Precompiled`` normaliser works by grapheme and would drop marks that follow a replaced letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, models, pre_tokenizers

from indexer.encoder.weights import Vocabulary

IntArray = npt.NDArray[np.int64]
_SPACES = re.compile(" {2,}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """One tokenised text.

    Attributes:
        ids: piece ids, shape (n,), without ``<s>`` and ``</s>``.
        spans: start and end offset of each piece in the text that was given, shape (n, 2). A piece made of a
            space alone has the span of that space, or an empty one at 0 where the model set a space before the
            text; pieces of one replaced character ("ﷺ") share its span.
    """

    ids: IntArray
    spans: IntArray


class Normaliser:
    """The model's code point map, with a way back to the offsets of the text it was given."""

    def __init__(self, mapping: dict[int, str]) -> None:
        self._table = mapping
        resized = "".join(re.escape(chr(point)) for point, text in mapping.items() if len(text) != 1)
        self._resizing = re.compile(f"[{resized}]")

    def normalise(self, text: str) -> str:
        """The text as the model sees it."""
        return _SPACES.sub(" ", text.translate(self._table))

    def normalise_with_map(self, text: str) -> tuple[str, IntArray]:
        """The text as the model sees it, and for each of its characters the offset in ``text`` it came from.

        The array has one entry more than the result has characters: the length of ``text``.
        """
        mapped = text.translate(self._table)
        origin = self._origins(text)
        if "  " in mapped:
            keep = np.ones(len(mapped) + 1, dtype=bool)
            for run in _SPACES.finditer(mapped):
                keep[run.start() + 1 : run.end()] = False
            mapped, origin = _SPACES.sub(" ", mapped), origin[keep]
        return mapped, origin

    def _origins(self, text: str) -> IntArray:
        origin = np.arange(len(text) + 1)
        resized = [match.start() for match in self._resizing.finditer(text)]
        if not resized:
            return origin
        lengths = np.ones(len(text) + 1, dtype=np.int64)
        lengths[resized] = [len(self._table[ord(text[at])]) for at in resized]
        return np.repeat(origin, lengths)


class PieceTokenizer:
    """Cut texts into the model's pieces; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.normaliser = Normaliser(vocabulary.normaliser)
        pieces = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
        self._tokenizer = Tokenizer(models.Unigram(pieces, unk_id=vocabulary.unk, byte_fallback=False))
        # mypy sees the class as abstract: the library's stubs declare it so.
        self._tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first")

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Pieces and their offsets for each text."""
        normalised = [self.normaliser.normalise_with_map(_storable(text)) for text in texts]
        encodings = self._tokenizer.encode_batch([text for text, _ in normalised], add_special_tokens=False)
        tokens: list[Tokens] = []
        for encoding, (text, origin), raw in zip(encodings, normalised, texts, strict=True):
            spans = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
            tokens.append(Tokens(np.array(encoding.ids, dtype=np.int64), _raw_spans(spans, origin, text, raw)))
        return tokens

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many pieces each text has, without ``<s>`` and ``</s>``."""
        normalised = [self.normaliser.normalise(_storable(text)) for text in texts]
        encodings = self._tokenizer.encode_batch_fast(normalised, add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    def to_json(self) -> str:
        """The tokenizer without its normaliser, as Hugging Face ``tokenizers`` reads it."""
        return str(self._tokenizer.to_str())


def _raw_spans(spans: IntArray, origin: IntArray, text: str, raw: str) -> IntArray:
    """Offsets in the raw text for offsets in the normalised one, without the space that a piece begins with."""
    if not len(spans):
        return spans
    starts, ends = spans[:, 0].copy(), spans[:, 1]
    characters = np.frombuffer(text.encode("utf-32-le"), "<u4")
    starts += (characters[np.minimum(starts, len(text) - 1)] == ord(" ")) & (ends - starts > 1)
    # The last character's own end: where a replacement is longer than one character, the next origin is the same.
    last = origin[np.maximum(ends - 1, 0)]
    result = np.stack([origin[starts], np.minimum(last + 1, len(raw))], axis=1)
    if len(spans) > 1 and spans[1, 0] == 0:
        result[0] = 0  # the space set before the text became a piece of its own
    return result


def _storable(text: str) -> str:
    """Lone surrogates cannot cross into the tokenizer; replace each by one character, so that offsets hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text
