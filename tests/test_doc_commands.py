"""Every command in the docs runs, or is listed in ``doc_commands.py`` with the reason why it cannot."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from doc_commands import NOT_RUN, PAGES, ROOT, Command, commands_of, rule_for, unmarked_commands
from served import fake_service, serving

from service import wiring
from service.api.app import create_app
from service.cli import cli
from service.settings import Settings

#: What stands in the docs for something of the reader's.
PLACEHOLDERS = {"[ARTICLE_ID]": "sample-010", "ARTICLE_ID": "sample-010", "ID...": "sample-001"}
HERE = ("http://127.0.0.1:8000", "http://localhost:8000", "localhost:8000")
SOURCES = '[[source]]\nname = "وكالة"\npath = "articles.jsonl"\n'
RUN = {page: [command for command in commands_of(page) if not command.reason] for page in PAGES}


def test_every_command_runs_or_has_a_reason_not_to() -> None:
    others = [str(command) for commands in RUN.values() for command in commands if not _can_run(command)]
    assert others == [], "run it in a test, or say in tests/doc_commands.py why that cannot be"
    assert sum(map(len, RUN.values())) > 40


def test_every_reason_is_that_of_a_command() -> None:
    used = {rule_for(command.text) for page in PAGES for command in commands_of(page)}
    assert set(NOT_RUN) - used == set()


def test_commands_stand_in_blocks_that_are_marked_as_such() -> None:
    assert [line for page in PAGES for line in unmarked_commands(page)] == [], "begin the block with ```bash"


def _can_run(command: Command) -> bool:
    return command.words()[0] in ("masdar", "curl") and not {"|", ">", ";"} & set(command.words())


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, trigrams: Any) -> Path:
    """The sample articles with the ranking stand-in for the model."""
    folder = tmp_path_factory.mktemp("documented") / "store"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wiring, "build_encoder", lambda settings: trigrams)
        made = CliRunner().invoke(cli, ["index", str(ROOT / "samples" / "articles.jsonl"), "--store", str(folder)])
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture
def desk(indexed: Path, tmp_path: Path, trigrams: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has what the docs speak of, to work in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASDAR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(wiring, "build_encoder", lambda settings: trigrams)
    shutil.copytree(indexed, tmp_path / ".masdar" / "store")
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    shutil.copy(ROOT / "samples" / "articles.jsonl", tmp_path)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "garden.txt").write_text("افتتحت بلدية طنجة حديقة واسعة قرب المرفأ القديم.", "utf-8")
    (tmp_path / "sources.toml").write_text(SOURCES, "utf-8")
    turns = [
        {"role": "user", "content": "متى افتُتحت الحديقة؟"},
        {"role": "assistant", "content": "افتتحت البلدية الحديقة يوم الأحد."},
    ]
    (tmp_path / "turns.json").write_text(json.dumps(turns, ensure_ascii=False), "utf-8")
    return tmp_path


@contextmanager
def _service(folder: Path, commands: list[Command]) -> Iterator[str]:
    """The address of a service over a copy of the index, for pages that ask one."""
    if not any(address in command.text for command in commands for address in HERE):
        yield ""
        return
    store = shutil.copytree(folder / ".masdar" / "store", folder / "served" / "store")
    app = create_app(Settings(store=store, keys=folder / "served" / "keys.json"), opener=fake_service)
    with serving(app) as address:
        yield address


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if RUN[page]], ids=lambda page: page.name)
def test_the_commands_of_a_page_run(page: Path, desk: Path) -> None:
    with _service(desk, RUN[page]) as address:
        for command in RUN[page]:
            program, *arguments = (_here(word, address) for word in command.words())
            failure = _masdar(arguments) if program == "masdar" else _curl(arguments)
            assert not failure, f"{command}\n{failure}"


def _here(word: str, address: str) -> str:
    for documented in HERE:
        if documented in word:
            return word.replace(documented, address)
    return PLACEHOLDERS.get(word, word)


def _masdar(arguments: list[str]) -> str:
    """What went wrong; nothing where all went well."""
    run = CliRunner().invoke(cli, arguments, input="y\n")  # to what asks before it removes
    return f"exit code {run.exit_code}: {run.output[-500:]} {run.exception or ''}" if run.exit_code else ""


def _curl(arguments: list[str]) -> str:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed: the commands of docs/service.md are NOT TESTED")
    run = subprocess.run(["curl", "-sS", "--fail-with-body", *arguments], capture_output=True, text=True, check=False)
    return f"exit code {run.returncode}: {run.stderr} {run.stdout[-500:]}" if run.returncode else ""
