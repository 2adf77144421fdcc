"""What is released: complete, and able to answer where there is no checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import Distribution
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
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


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, unpacked: what stands in for the checkout where there is none."""
    folder = tmp_path_factory.mktemp("sdist")
    shutil.unpack_archive(next(SdistBuilder(str(ROOT)).build(directory=str(folder))), folder, filter="data")
    (inside,) = (path for path in folder.iterdir() if path.is_dir())
    return inside


def test_every_data_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    data = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file()
        and path.suffix in {".txt", ".json", ".jsonl", ".npz", ".yaml", ".css", ".html", ".js", ".typed"}
    }
    assert "service/answering/asked/weights.json" in data
    assert {f"service/answering/prompts/system.{language}.txt" for language in ("ar", "en")} <= data
    with zipfile.ZipFile(wheel) as packed:
        assert data <= set(packed.namelist())


def test_the_version_is_that_of_the_project(wheel: Path, unpacked: Path, tmp_path: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert unpacked.name == f"masdar-{version}"
    shutil.unpack_archive(wheel, tmp_path, "zip")
    assert Distribution.at(tmp_path / f"masdar-{version}.dist-info").version == version


def test_the_source_distribution_has_all_that_its_tests_read(unpacked: Path) -> None:
    there = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for folder in (*PACKAGES, "tests", "samples", "docs", "deploy")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted | {"Makefile", "Dockerfile", "docker-compose.yml", ".env.example", "constraints.txt"} <= there
    assert not [name for name in there if "__pycache__" in name or name.startswith((".venv", ".masdar"))]


def test_the_source_distribution_makes_the_same_wheel(wheel: Path, unpacked: Path, tmp_path: Path) -> None:
    again = Path(next(WheelBuilder(str(unpacked)).build(directory=str(tmp_path))))
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert {info.filename: info.CRC for info in one.infolist()} == {
            info.filename: info.CRC for info in other.infolist()
        }


@pytest.mark.slow
def test_a_question_is_answered_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(wheel, tmp_path / "site", "zip")  # what installing a wheel of pure Python does
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
