"""The code of docs/llamaindex.md runs as it stands, over an index of the sample articles."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "llamaindex.md"


def test_the_code_of_the_page_runs(
    demo_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MASDAR_STORE", str(shutil.copytree(demo_index, tmp_path / "store")))  # the page writes to it
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 5
    names: dict[str, object] = {}
    for block in blocks:  # one after the other, as a reader runs them
        exec(compile(block, str(PAGE), "exec"), names)  # noqa: S102  (the page is ours, and this is its test)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "المعادن" in lines[0]
