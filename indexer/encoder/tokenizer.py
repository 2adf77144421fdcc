"""The model's tokenizer with character offsets: its own normaliser map, then unigram pieces.

The bundled file replaces each code point by zero or more others, folds runs of spaces into one, writes spaces as
``▁`` and cuts the result into the pieces of highest total log probability (Kudo 2018, unigram language model). The
cutting is SentencePiece, which the model was made with: it holds the 250,000 pieces in a fifth of the memory that
Hugging Face ``tokenizers`` takes. The map is applied here, since it must lead back to the offsets of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sentencepiece import SentencePieceProcessor

from indexer.encoder.weights import Vocabulary

IntArray = npt.NDArray[np.int64]
_SPACES = re.compile(" {2,}")
_MASK = "<mask>"
#: Of what ``pieces_model`` makes; part of the name under which it is kept.
PIECES_VERSION = 1


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
    """Cut texts into the model's pieces; safe to share between threads.

    Args:
        vocabulary: the pieces, special ids and map.
        model: what ``pieces_model`` made of it before; None makes it now, which takes longer than all the rest.
    """

    def __init__(self, vocabulary: Vocabulary, model: bytes | None = None) -> None:
        self.vocabulary = vocabulary
        self.normaliser = Normaliser(vocabulary.normaliser)
        self._processor = SentencePieceProcessor()
        self._processor.LoadFromSerializedProto(model or pieces_model(vocabulary))

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Pieces and their offsets for each text."""
        return [self._tokenise(_storable(text)) for text in texts]

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many pieces each text has, without ``<s>`` and ``</s>``."""
        normalised = [_begun(self.normaliser.normalise(_storable(text))) for text in texts]
        return [len(ids) for ids in self._processor.encode(normalised)]

    def _tokenise(self, raw: str) -> Tokens:
        text, origin = self.normaliser.normalise_with_map(raw)
        begun = _begun(text)
        pieces = self._processor.encode(begun, return_type="proto").pieces
        ends = _characters(begun)[np.array([piece.end for piece in pieces], dtype=np.int64)]
        # Pieces follow each other without a gap. The space set before the text is no part of it.
        spans = np.stack([np.append(0, ends[:-1])[: len(ends)], ends], axis=1) - (len(begun) - len(text))
        ids = np.array([piece.id for piece in pieces], dtype=np.int64)
        return Tokens(ids, _raw_spans(np.maximum(spans, 0), origin, text, raw))


def _begun(text: str) -> str:
    """The text with the space before it that the model sets; a text that begins with one has it."""
    return text if text[:1] in ("", " ", "▁") else f" {text}"


def _characters(text: str) -> IntArray:
    """For each offset into the text's UTF-8 bytes how many characters end before it; shape (bytes + 1,)."""
    begins = (np.frombuffer(text.encode("utf-8"), np.uint8) & 0xC0) != 0x80
    # An offset inside a character does not occur, so that counting the characters that begin is as good.
    return np.append(0, np.cumsum(begins))


def pieces_model(vocabulary: Vocabulary) -> bytes:
    """The pieces as a SentencePiece model that leaves the text as it is; a change raises ``PIECES_VERSION``."""
    from sentencepiece import sentencepiece_model_pb2 as model_format  # a start that finds the model needs no protobuf

    model, kind = model_format.ModelProto(), model_format.ModelProto.SentencePiece
    # What an article has written is never one of the model's own marks.
    kinds = dict.fromkeys((vocabulary.bos, vocabulary.eos, vocabulary.pad), kind.CONTROL)
    kinds |= {number: kind.CONTROL for number, piece in enumerate(vocabulary.pieces) if piece == _MASK}
    kinds[vocabulary.unk] = kind.UNKNOWN
    for number, (piece, score) in enumerate(zip(vocabulary.pieces, vocabulary.scores, strict=True)):
        model.pieces.add(piece=piece, score=score, type=kinds.get(number))
    model.trainer_spec.model_type = model_format.TrainerSpec.UNIGRAM
    model.trainer_spec.unk_id = vocabulary.unk
    rules = model.normalizer_spec
    rules.name, rules.add_dummy_prefix, rules.remove_extra_whitespaces = "identity", False, False
    serialised: bytes = model.SerializeToString()
    return serialised


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
