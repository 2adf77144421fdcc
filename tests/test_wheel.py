"""The wheel: that it holds the data files, and that answers can be had from it where there is no checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("service", "indexer", "eval")
ARTICLE = {
    "id": "canal",
    "title": "رسوم العبور",
    "text": "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة. وقال المدير إن الطقس كان صحوا.",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")))))


def test_every_data_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    data = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix in {".txt", ".json", ".jsonl", ".npz", ".yaml", ".css", ".html", ".js"}
    }
    assert "service/answering/asked/weights.json" in data
    assert {f"service/answering/prompts/system.{language}.txt" for language in ("ar", "en")} <= data
    with zipfile.ZipFile(wheel) as packed:
        assert data <= set(packed.namelist())


@pytest.mark.slow
def test_a_question_is_answered_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")  # what installing a wheel of pure Python does
    (tmp_path / "articles.jsonl").write_text(json.dumps(ARTICLE) + "\n", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}

    def masdar(*arguments: str) -> str:
        run = [sys.executable, "-c", "from service.cli import main; main()", *arguments]
        done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    masdar("index", "articles.jsonl", "--store", "index")
    answer = json.loads(masdar("ask", "بكم زادت رسوم عبور السفن؟", "--store", "index", "--json"))
    assert answer["citations"][0]["quote"] == ARTICLE["text"].split(". ", maxsplit=1)[0] + "."
