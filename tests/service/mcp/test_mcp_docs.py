"""The code of docs/mcp.md runs against the real command, and prints what stands under it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[3] / "docs" / "mcp.md"


def test_the_code_of_the_page_prints_what_the_page_shows(demo_index: Path, generate: ModuleType) -> None:
    page = PAGE.read_text("utf-8")
    assert len(generate.TRANSCRIPT.findall(page)) == page.count("```python") == 1
    assert generate.transcribed(page, generate.started_over(demo_index)) == page, "run: make docs"
