"""The runtime's sessions: the quick way for products of bytes only where the processor is known to have it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.encoder import byte_products, sessions
from indexer.encoder.bundled import BundledEncoder

TEXTS = ["أعلنت الحكومة عن اتفاق جديد.", "قال الوزير إن الاتفاق يشمل ثلاث مدن. " * 12, "نعم"]


@pytest.mark.parametrize(
    ("processors", "has"),
    [
        ("processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512_vnni\nprocessor\t: 1\nflags\t\t: avx512_vnni\n", True),
        ("flags\t\t: fpu avx2 avx_vnni\n", True),
        ("flags\t\t: fpu avx2 avx512f\n", False),
        ("flags\t\t: avx_vnni\nflags\t\t: avx2\n", False),
        ("Features\t: fp asimd\n", False),
        ("", False),
    ],
)
def test_a_processor_has_vnni_where_the_system_says_so_of_all(processors: str, has: bool) -> None:
    assert byte_products.named(processors) is has


def test_of_a_system_that_does_not_tell_nothing_is_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(byte_products, "_PROCESSORS", tmp_path / "none")
    assert byte_products.has_vnni.__wrapped__() is False


@pytest.mark.slow  # the graph is loaded, and built where it was not
@pytest.mark.parametrize("vnni", [True, False])
def test_the_exact_way_is_asked_for_only_where_it_is_needed(monkeypatch: pytest.MonkeyPatch, vnni: bool) -> None:
    monkeypatch.setattr(sessions, "has_vnni", lambda: vnni)
    asked = list[str]()

    class Options(sessions.ort.SessionOptions):  # type: ignore[misc]  # the runtime ships no types
        def add_session_config_entry(self, key: str, value: str) -> None:
            asked.append(key)
            super().add_session_config_entry(key, value)

    monkeypatch.setattr(sessions.ort, "SessionOptions", Options)
    BundledEncoder(threads=1)
    assert ("session.x64quantprecision" in asked) is not vnni


@pytest.mark.slow
@pytest.mark.skipif(not byte_products.has_vnni(), reason="no VNNI here: the two ways are NOT COMPARED")
def test_both_ways_give_the_same_vectors(bundled_encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "has_vnni", lambda: False)
    exact = BundledEncoder()
    for quick, slow in zip(
        bundled_encoder.encode(TEXTS, "passage", tokens=True), exact.encode(TEXTS, "passage", tokens=True), strict=True
    ):
        assert np.array_equal(quick.vector, slow.vector)
        assert np.array_equal(quick.tokens, slow.tokens)
