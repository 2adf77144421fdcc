"""The code of docs/openai.md runs as it stands against a real server, and prints what stands under it."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest
from served import serving

from indexer.endpoints import litellm_module
from service.api.app import create_app
from service.settings import Settings

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[4] / "docs"


def test_the_code_of_the_page_prints_what_the_page_shows(demo_index: Path, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    page = (DOCS / "openai.md").read_text("utf-8")
    assert len(generate.TRANSCRIPT.findall(page)) == page.count("```python") == 7
    litellm_module()  # alone, it looks for prices on the network
    folder = Path(shutil.copytree(demo_index, tmp_path / "store"))
    with serving(create_app(Settings(store=folder))) as address:
        assert generate.transcribed(page, address) == page, "run: make docs"
