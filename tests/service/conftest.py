"""What the service's tests share: the command line as a process, and a small index made with the stand-in model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
Process = subprocess.CompletedProcess[str]
#: Runs the command with these arguments; ``env`` is set on top of an environment without Masdar's own variables.
Masdar = Callable[..., Process]

ARTICLES = [
    {
        "id": "minerals",
        "title": "توقيع اتفاق المعادن",
        "text": "وقّعت أوكرانيا والولايات المتحدة اتفاق المعادن في واشنطن يوم الأربعاء. "
        "وينص الاتفاق على صندوق مشترك لإعادة الإعمار.",
        "source": "وكالة النيل",
        "url": "https://nile.example/minerals",
        "tags": ["معادن", "سياسة"],
        "date": "2025-04-30T21:30:00-03:00",  # in UTC the day after
    },
    {
        "id": "canal",
        "title": "رسوم العبور",
        "text": "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة. وتسري الرسوم ابتداء من فبراير.",
        "source": "جريدة المرسى",
        "url": "https://marsa.example/canal",
        "tags": ["ميناء"],
        "date": "2025-01-01",
    },
    {
        "id": "strike",
        "title": "Port workers end strike",
        "text": "Port workers in Tangier ended their strike on Friday. The union accepted a raise of 8 percent.",
        "source": "Harbour Post",
        "url": "https://harbour.example/strike",
        "tags": ["ميناء"],
        "date": "2025-01-31T23:59:59Z",
    },
    {
        "id": "hostile",
        "title": "\x1b[31mأحمر\x07",
        "text": "هذا \x1b]0;عنوان\x07 نص \x9b2J يعبث\u202eبالشاشة\u202c و\u00a0مسافاتها.",
        "source": "مجهول",
    },
]


def environment(extra: Mapping[str, str] = {}) -> dict[str, str]:
    """The environment of a user who has set nothing but what ``extra`` says (and the folder for built models)."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if name == "MASDAR_CACHE" or not name.startswith(("MASDAR_", "FAKE_", "PYTHONIO", "NO_COLOR", "FORCE_COLOR"))
    }
    return plain | dict(extra)


def _runner(command: list[str]) -> Masdar:
    def run(*arguments: str | Path, env: Mapping[str, str] = {}, cwd: Path | None = None) -> Process:
        return subprocess.run(
            [*command, *map(str, arguments)],
            env=environment(env),
            cwd=cwd,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=200,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def masdar() -> Masdar:
    """The real command."""
    return _runner([sys.executable, "-m", "service.cli"])


@pytest.fixture(scope="session")
def fake_command() -> list[str]:
    return [sys.executable, str(HERE / "masdar_with_fake_encoder.py")]


@pytest.fixture(scope="session")
def fake_masdar(fake_command: list[str]) -> Masdar:
    """The real command but for its model, for which the ranking stand-in takes its place."""
    return _runner(fake_command)


@pytest.fixture(scope="session")
def plain_environment() -> Callable[..., dict[str, str]]:
    return environment


@pytest.fixture(scope="session")
def articles_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("articles") / "articles.jsonl"
    path.write_text("".join(json.dumps(article, ensure_ascii=False) + "\n" for article in ARTICLES), "utf-8")
    return path


@pytest.fixture(scope="session")
def small_index(fake_masdar: Masdar, articles_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of four articles, made with the stand-in model; tests must leave it as it is."""
    folder = tmp_path_factory.mktemp("small") / "store"
    made = fake_masdar("index", articles_file, "--store", folder)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="session")
def demo_index(masdar: Masdar, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample articles, indexed by the real command with the real model (under a minute)."""
    folder = tmp_path_factory.mktemp("demo") / "store"
    made = masdar("index", ROOT / "samples" / "articles.jsonl", "--store", folder)
    assert made.returncode == 0, made.stderr
    return folder
