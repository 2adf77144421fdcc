"""The code of docs/openai.md runs as it stands against a real server, and prints what stands under it."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType

import pytest
from served import serving

from indexer.endpoints import litellm_module
from service.api.app import create_app
from service.settings import Settings

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[4] / "docs"


def test_the_code_of_the_page_prints_what_the_page_shows(
    demo_index: Path, tmp_path: Path, generate: ModuleType
) -> None:
    page = (DOCS / "openai.md").read_text("utf-8")
    assert len(generate.TRANSCRIPT.findall(page)) == page.count("```python") == 7
    litellm_module()  # alone, it looks for prices on the network
    folder = Path(shutil.copytree(demo_index, tmp_path / "store"))
    with serving(create_app(Settings(store=folder))) as address:
        assert generate.transcribed(page, generate.asked_at(address)) == page, "run: make docs"
