"""What the docs say is what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from service.cli import COMMANDS
from service.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def test_command_help_is_current() -> None:
    # In a process of its own: click keeps the help option that a command was first asked with, with or without "-h".
    code = "import sys; sys.path.insert(0, 'docs'); import generate; sys.stdout.write(generate.command_help())"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == run.stdout, "run: make docs"


def test_tables_are_current(generate: ModuleType) -> None:
    pages = [page.read_text("utf-8") for page in generate.PAGES_WITH_TABLES]
    assert all(any(f"<!-- generated: {name} -->" in page for page in pages) for name in generate.TABLES)
    for page in pages:
        assert generate.with_tables(page) == page, "run: make docs"


@pytest.mark.slow
def test_recorded_run_is_current(generate: ModuleType) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert generate.put(readme, "asks", generate.recorded_asks()) == readme, "run: make docs"


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert COMMANDS
    assert [name for name in COMMANDS if f"masdar {name}" not in readme] == []


def test_every_setting_is_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text("utf-8")
    names = [f"MASDAR_{name.upper()}" for name in Settings.model_fields] + ["MASDAR_CACHE", "MASDAR_BIDI"]
    assert [name for name in names if f"`{name}`" not in documented] == []


@pytest.mark.slow
def test_the_interface_is_documented_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("pdoc", reason="pdoc is not installed, the pages are NOT BUILT: pip install 'masdar[docs]'")
    # In a process of its own: what warned once in this one would not warn again.
    run = [sys.executable, str(ROOT / "docs" / "interface.py"), str(tmp_path)]
    built = subprocess.run(run, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert built.returncode == 0, built.stderr[-2000:]
    assert 'id="MasdarRetriever"' in (tmp_path / "service" / "llamaindex.html").read_text("utf-8")


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("samples/*.md")]
    assert documents
    broken = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []
