"""The model's code point map in the form that Hugging Face ``tokenizers`` reads: SentencePiece's precompiled map.

It is a double array (Aoe 1989) over the UTF-8 bytes of what is replaced, in the unit layout of Darts-clone, followed
by the replacements, each ended by a zero byte; before it stands its size in bytes (u32, little endian). A unit is 32
bits: 0-7 the byte that leads to it, 8 whether a value follows, 10-30 the distance (by exclusive or) to its children; a
value has bit 31 set, and below it where its replacement begins.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

#: Places for all bytes that can follow a byte: as each node has a block to itself, no two share a place.
_BLOCK = 256
_HAS_VALUE = 1 << 8
_DISTANCE = 10
_VALUE = 1 << 31


def precompiled_map(mapping: Mapping[int, str]) -> bytes:
    """The map in SentencePiece's form.

    Args:
        mapping: code point to what replaces it.

    Raises:
        ValueError: a lone surrogate or the character U+0000 is on either side: zero ends a replacement.
    """
    if 0 in mapping or any("\0" in text for text in mapping.values()):
        raise ValueError("a map with the character U+0000 cannot be written: zero ends a replacement")
    texts = list(dict.fromkeys(mapping.values()))
    encoded = [text.encode() + b"\0" for text in texts]
    starts = itertools.accumulate(map(len, encoded[:-1]), initial=0)
    start_of = dict(zip(texts, starts, strict=False))  # an empty map still has the one start, 0
    units = _double_array({chr(point).encode(): start_of[text] for point, text in mapping.items()})
    return np.array(units.nbytes, "<u4").tobytes() + units.tobytes() + b"".join(encoded)


def _double_array(values: Mapping[bytes, int]) -> npt.NDArray[np.uint32]:
    """The units for keys of which none begins with another."""
    # A node is what some keys begin with; its children stand at its base, exclusive or the byte that leads to them.
    nodes = dict.fromkeys(key[:size] for key in [b"", *values] for size in range(max(len(key), 1)))
    bases = {node: number * _BLOCK for number, node in enumerate(nodes, 1)}
    places = {key: bases[key[:-1]] ^ key[-1] for key in [*nodes, *values] if key} | {b"": 0}
    # A value takes any place that is left, but for those that a node has as its base.
    taken = set(places.values())
    free = (at for at in itertools.count(1) if at % _BLOCK and at not in taken)
    leads_to = bases | {key: next(free) for key in values}
    ends = {leads_to[key]: value for key, value in values.items()}
    units = np.zeros((max(*taken, *leads_to.values()) // _BLOCK + 1) * _BLOCK, "<u4")
    for key, place in places.items():
        units[place] = (key[-1] if key else 0) | (leads_to[key] ^ place) << _DISTANCE | _HAS_VALUE * (key in values)
    for place, value in ends.items():
        units[place] = _VALUE | value
    return units
