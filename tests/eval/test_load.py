"""The load run: what it prints of a real service, and that what goes wrong is no figure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

# Not imported here: Locust puts gevent's sockets in place of Python's.
pytestmark = pytest.mark.skipif(
    find_spec("locust") is None, reason="NOT CHECKED: the load run (pip install 'masdar[load]')"
)

ARTICLES = [
    {
        "id": f"wheat-{number}",
        "title": f"مناقصة القمح رقم {number}",
        "text": f"طرحت الهيئة مناقصة لشراء {number}0 ألف طن من القمح. وتنتهي مهلة العروض يوم الأحد.",
    }
    for number in range(1, 7)
]


def _lines(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MASDAR_")}
    return subprocess.run(
        [sys.executable, "-m", *map(str, command)], env=plain, capture_output=True, text=True, timeout=200, check=False
    )


@pytest.mark.slow
def test_a_service_under_load_is_measured_alone_and_while_it_indexes(tmp_path: Path) -> None:
    articles, record = _lines(tmp_path / "articles.jsonl", ARTICLES), tmp_path / "load.json"
    assert _run("service.cli", "index", articles, "--store", tmp_path / "store").returncode == 0
    run = _run(
        *("eval.load", "--store", tmp_path / "store", "--articles", articles),
        *("--clients", "2", "--seconds", "3", "--count", "4", "--json", record),
    )
    assert run.returncode == 0, run.stderr
    figures = json.loads(record.read_text("utf-8"))
    for part in ("load", "load_while_indexing", "overload"):
        assert {"/v1/ask", "/v1/search"} <= set(figures[part])
        assert all(route["failures"] == 0 for route in figures[part].values())
        assert all(route["requests"] > 0 for route in figures[part].values())
    assert 0 < figures["ready_seconds"] < 60
    assert figures["memory"]["idle"]["resident"] > figures["memory"]["idle"]["own"] > 100
    assert set(figures["search_alone"]) == {"50", "95", "99"}
    assert "a new article was found" in run.stdout


@pytest.mark.slow
def test_a_service_that_does_not_start_gives_no_figures(tmp_path: Path) -> None:
    articles = _lines(tmp_path / "articles.jsonl", ARTICLES)
    (tmp_path / "empty").mkdir()
    run = _run("eval.load", "--store", tmp_path / "empty", "--articles", articles)
    assert run.returncode == 1
    assert "the service did not start" in run.stderr
    assert "there is no index in" in run.stderr


def test_one_article_is_too_few(tmp_path: Path) -> None:
    articles = _lines(tmp_path / "articles.jsonl", ARTICLES[:1])
    run = _run("eval.load", "--store", tmp_path, "--articles", articles)
    assert run.returncode == 1
    assert "has 1 articles; give a JSON Lines file with at least 2" in run.stderr
