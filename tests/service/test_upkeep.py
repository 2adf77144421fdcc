"""``masdar check``, ``backup`` and ``restore``: what they find, what they refuse, and what they say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import qdrant_edge as edge
import qdrant_server
from click.testing import CliRunner, Result
from fakes import TrigramEncoder

import service.wiring
from indexer.errors import BadInput, StoreDamaged, StoreLocked, StoreMissing
from indexer.store import points
from indexer.store.embedded import open_store
from indexer.store.engine import Shard
from indexer.store.folder import lock_folder
from service.cli import cli

TEXTS = {f"n{number}": f"أعلنت الوزارة خبرًا رقمه {number}. وقالت إنه مهم." for number in range(4)}


class Desk:
    """A folder with a file of articles, its index, and the commands."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.index, self.backup = folder, folder / "index", folder / "backup"
        lines = (json.dumps({"id": one, "title": one, "text": text}, ensure_ascii=False) for one, text in TEXTS.items())
        (folder / "news.jsonl").write_text("\n".join(lines), "utf-8")
        (folder / "sources.toml").write_text('[[source]]\nname = "وكالة"\npath = "news.jsonl"\n', "utf-8")

    def run(self, *arguments: str | Path) -> Result:
        return CliRunner().invoke(cli, [*map(str, arguments), "--store", str(self.index)])

    def done(self, *arguments: str | Path) -> str:
        result = self.run(*arguments)
        assert (result.exit_code, result.exception) == (0, None), result.output
        return result.output

    def articles(self) -> dict[str, str]:
        with open_store(self.index) as store:
            return {one: article.text for one, article in store.articles(dict(store.versions())).items()}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(service.wiring, "build_encoder", lambda settings: TrigramEncoder())
    monkeypatch.setenv("MASDAR_QUALITY", "off")  # short texts
    desk = Desk(tmp_path)
    desk.done("sync", tmp_path / "sources.toml")
    return desk


@pytest.mark.slow
def test_what_check_finds_is_repaired_and_what_needs_its_source_comes_with_the_next_sync(desk: Desk) -> None:
    assert desk.done("check").endswith("Nothing is wrong.\n")
    shard = Shard(desk.index / "articles")
    shard.update(edge.UpdateOperation.set_payload([points.article_key("n1")], {"text": "نص آخر."}))
    shard.close()
    shard = Shard(desk.index / "chunks")
    key = next(key for key, payload in shard.scroll(["article_id"]) if payload["article_id"] == "n2")
    shard.update(edge.UpdateOperation.set_payload([key], {"end": 9_999}))
    shard.close()
    result = desk.run("check", "--json")
    found = {(fault["kind"], fault["article"], fault["remedy"]) for fault in json.loads(result.stdout)["faults"]}
    assert (result.exit_code, found) == (1, {("text", "n1", "source"), ("offsets", "n2", "rewrite")})
    repaired = desk.run("check", "--repair")
    assert (repaired.exit_code, "the chunks of 1 articles made again" in repaired.output) == (0, True)
    assert "    n1\n" in repaired.output
    assert sorted(desk.articles()) == ["n0", "n2", "n3"]
    desk.done("sync", desk.folder / "sources.toml")
    assert desk.articles() == TEXTS
    assert "restored" in desk.done("history", "n1")
    assert desk.done("check").endswith("Nothing is wrong.\n")


@pytest.mark.slow
def test_a_lost_manifest_is_told_and_no_index_is_missing(desk: Desk) -> None:
    desk.done("backup", desk.backup)
    (desk.index / "manifest.json").unlink()
    result = desk.run("check", "--repair")
    assert (result.exit_code, "masdar restore" in result.output) == (1, True)
    assert isinstance(desk.run("restore", desk.backup).exception, BadInput)
    desk.done("restore", desk.backup, "--replace")
    assert desk.articles() == TEXTS
    shutil.rmtree(desk.index)
    assert isinstance(desk.run("check").exception, StoreMissing)


@pytest.mark.slow
def test_a_backup_is_the_index_with_its_history_and_its_waiting_articles(desk: Desk) -> None:
    spool = desk.folder / "index.service" / "spool"
    spool.mkdir(parents=True)
    (spool / "job_1.jsonl").write_text("{}\n", "utf-8")
    assert desk.done("backup", desk.backup).startswith("4 articles in 4 chunks: ")
    for lost in ("index", "index.sync", "index.service"):
        shutil.rmtree(desk.folder / lost)
    desk.done("restore", desk.backup)
    assert desk.articles() == TEXTS
    assert (spool / "job_1.jsonl").exists()
    assert desk.done("history", "n1").count("added") == 1
    desk.done("sync", desk.folder / "sources.toml")
    assert desk.done("history").count("added") == 4, "the ledger is made anew out of the history"


def test_an_index_is_replaced_only_where_that_is_asked_for(desk: Desk) -> None:
    desk.done("backup", desk.backup)
    with open_store(desk.index) as store:
        store.delete(["n1"])
    assert isinstance(desk.run("restore", desk.backup).exception, BadInput)
    with lock_folder(desk.index):
        assert isinstance(desk.run("restore", desk.backup, "--replace").exception, StoreLocked)
        assert isinstance(desk.run("backup", desk.folder / "another").exception, StoreLocked)
    assert "n1" not in desk.articles()
    desk.done("restore", desk.backup, "--replace")
    assert desk.articles() == TEXTS
    assert sorted(path.name for path in desk.folder.iterdir()) == [
        *("backup", "index", "index.sync", "news.jsonl", "sources.toml"),
    ]


def test_a_damaged_or_unfinished_backup_is_refused_and_changes_nothing(desk: Desk) -> None:
    desk.done("backup", desk.backup)
    assert isinstance(desk.run("backup", desk.backup).exception, BadInput), "never over another one"
    listing = json.loads((desk.backup / "backup.json").read_text("utf-8"))
    names = [name for name, (size, _) in listing["files"].items() if size]
    for name in (names[0], names[-1]):
        path = desk.backup / name
        whole = path.read_bytes()
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        refusal = desk.run("restore", desk.backup, "--replace").exception
        assert isinstance(refusal, StoreDamaged)
        assert name in str(refusal)
        path.unlink()
        assert "is missing" in str(desk.run("restore", desk.backup, "--replace").exception)
        path.write_bytes(whole)
    for files in ({"../outside": [1, "x"]}, {"index/../../outside": [1, "x"]}, {"index/x": "y"}, None):
        (desk.backup / "backup.json").write_text(json.dumps(listing | {"files": files}), "utf-8")
        assert isinstance(desk.run("restore", desk.backup, "--replace").exception, StoreDamaged)
    (desk.backup / "backup.json").unlink()
    assert "broken off" in str(desk.run("restore", desk.backup, "--replace").exception)
    assert desk.articles() == TEXTS


def test_an_index_on_a_server_is_checked_and_its_backup_goes_through_a_copy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with qdrant_server.running() as server:
        CliRunner().invoke(cli, ["store", "copy", str(desk.index), server.url], catch_exceptions=False)
        monkeypatch.setenv("MASDAR_QDRANT_URL", server.url)
        monkeypatch.setenv("MASDAR_QDRANT_GRPC_PORT", "0")
        checked = CliRunner().invoke(cli, ["check"])
        assert (checked.exit_code, "Nothing is wrong." in checked.output) == (0, True)
        server.client.set_payload("masdar", {"end": 9_999}, [next(iter(point_ids(server)))])
        server.client.delete("masdar_articles", [points.article_key("n3")])
        assert CliRunner().invoke(cli, ["check"]).exit_code == 1
        repaired = CliRunner().invoke(cli, ["check", "--repair", "--json"])
        assert (repaired.exit_code, json.loads(repaired.stdout)["repaired"]["remaining"]) == (0, [])
        for command in ("backup", "restore"):
            refusal = CliRunner().invoke(cli, [command, str(desk.backup)]).exception
            assert isinstance(refusal, BadInput)
            assert "masdar store copy" in str(refusal)


def point_ids(server: qdrant_server.QdrantServer) -> list[str]:
    """Chunks of articles that stay."""
    records, _ = server.client.scroll("masdar", limit=100)
    return [str(one.id) for one in records if one.payload and one.payload["article_id"] != "n3"]
