"""The command line and the service over an index on a Qdrant server, which here is a loopback one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import TrigramEncoder, encoded, news_article
from fastapi.testclient import TestClient
from qdrant_server import QdrantServer, running

import service.wiring
from indexer.errors import BadInput, StoreMissing, StoreUnreachable
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from indexer.store.server_index import open_server
from indexer.store.server_place import Scale, ServerPlace
from service.api.app import create_app
from service.cli.store_command import named_place
from service.settings import Settings
from service.stores import has_index, place_of
from service.wiring import check_index, open_index, open_service

Masdar = Callable[..., subprocess.CompletedProcess[str]]
KEY = "qd-test-very-secret"


@pytest.fixture
def server() -> Iterator[QdrantServer]:
    with running(key=KEY) as started:
        yield started


def settings_of(server: QdrantServer, folder: Path, **more: Any) -> Settings:
    return Settings(
        store=folder,
        keys=folder.parent / "keys.json",
        qdrant_url=server.url,
        qdrant_key=KEY,
        qdrant_grpc_port=0,
        **more,
    )


@pytest.fixture
def fake_encoder(monkeypatch: pytest.MonkeyPatch) -> TrigramEncoder:
    encoder = TrigramEncoder()
    monkeypatch.setattr(service.wiring, "build_encoder", lambda settings: encoder)
    return encoder


def loaded(outcome: subprocess.CompletedProcess[str]) -> Any:
    assert outcome.returncode == 0, outcome.stderr
    return json.loads(outcome.stdout)


def test_a_server_that_is_set_has_the_index_unless_a_folder_is_named(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path, qdrant_url="https://qdrant.example/", qdrant_collection="أخبار")
    assert place_of(settings) == place_of(settings, tmp_path) == ServerPlace("https://qdrant.example", "أخبار")
    assert place_of(settings.at(tmp_path / "named")) == tmp_path / "named"
    assert place_of(Settings(store=tmp_path)) == tmp_path


def test_the_layout_of_a_new_index_comes_from_the_settings() -> None:
    settings = Settings(
        qdrant_url="http://127.0.0.1:6333",
        qdrant_on_disk=True,
        qdrant_quantisation="scalar",
        qdrant_shards=4,
        qdrant_replicas=2,
        qdrant_write_consistency=2,
        qdrant_seconds=3,
        qdrant_tries=7,
    )
    place = place_of(settings)
    assert isinstance(place, ServerPlace)
    assert place.scale == Scale(True, "scalar", 4, 2, 2)
    assert (place.seconds, place.tries) == (3, 7)


def test_the_service_over_a_server_answers_and_takes_articles(
    server: QdrantServer, tmp_path: Path, fake_encoder: TrigramEncoder
) -> None:
    settings = settings_of(server, tmp_path / "store")
    with pytest.raises(StoreMissing, match="there is no index 'masdar' at"):
        check_index(settings, settings.store)
    with open_index(settings, settings.store, 40) as (store, _):
        store.put([encoded(news_article(n), fake_encoder) for n in range(4)])
    check_index(settings, settings.store)
    with open_service(settings, settings.store) as opened:
        answer, _ = opened.ask("ماذا أعلنت الحكومة؟")
        assert answer.verdict
    assert not (tmp_path / "store").exists(), "nothing is in the folder"
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        status = client.get("/v1/status").json()
        assert status["store"]["server"] == f"'masdar' at {server.url}"
        assert KEY not in json.dumps(status)
        job = client.post("/v1/articles", json={"id": "new", "title": "خبر", "text": "رصد المرصد كوكبًا جديدًا."})
        assert job.status_code == 202
        _wait(client, job.headers["location"])
        found = client.post("/v1/search", json={"question": "كوكب جديد"}).json()
        assert found["passages"][0]["article_id"] == "new"


def _wait(client: TestClient, job: str) -> None:
    for _ in range(200):
        if client.get(job).json()["state"] in {"done", "failed"}:
            return
    raise AssertionError("the job does not end")


@pytest.mark.slow
def test_commands_over_a_server(fake_masdar: Masdar, server: QdrantServer, tmp_path: Path) -> None:
    articles = tmp_path / "articles.jsonl"
    articles.write_text(json.dumps({"id": "a", "title": "خبر", "text": "زرع المزارعون الزعفران."}), "utf-8")
    env = {"MASDAR_QDRANT_URL": server.url, "MASDAR_QDRANT_KEY": KEY, "MASDAR_QDRANT_GRPC_PORT": "0"}
    assert fake_masdar("index", str(articles), env=env).returncode == 0
    status = loaded(fake_masdar("status", "--json", env=env))
    assert (status["articles"], status["bytes"], status["store"]) == (1, None, f"'masdar' at {server.url}")
    assert server.url in fake_masdar("status", env=env).stdout
    assert loaded(fake_masdar("search", "الزعفران", "--json", env=env))["results"][0]["article_id"] == "a"
    assert loaded(fake_masdar("article", "a", "--json", env=env))["text"] == "زرع المزارعون الزعفران."
    wrong = fake_masdar("search", "الزعفران", env=env | {"MASDAR_QDRANT_KEY": "wrong"})
    assert wrong.returncode == 4
    assert "MASDAR_QDRANT_KEY" in wrong.stderr
    assert KEY not in wrong.stderr


@pytest.mark.slow
def test_an_index_is_copied_to_a_server_and_back(fake_masdar: Masdar, server: QdrantServer, tmp_path: Path) -> None:
    encoder = TrigramEncoder()
    with open_store(tmp_path / "from", Manifest.of(encoder.identity, 40), create=True) as store:
        store.put([encoded(news_article(n), encoder) for n in range(3)])
    env = {"MASDAR_QDRANT_KEY": KEY, "MASDAR_QDRANT_GRPC_PORT": "0"}
    there = f"{server.url}#copied"
    outcome = fake_masdar("store", "copy", str(tmp_path / "from"), there, env=env)
    assert outcome.returncode == 0, outcome.stderr
    assert "3 articles copied, 0 were there already; both hold 3 articles" in outcome.stdout
    assert "3 of 3 articles are there" in outcome.stderr
    report = loaded(fake_masdar("store", "copy", there, str(tmp_path / "back"), "--json", env=env))
    assert (report["copied"], report["kept"], report["counts"]["articles"]) == (3, 0, 3)
    assert loaded(fake_masdar("store", "copy", there, str(tmp_path / "back"), "--json", env=env))["kept"] == 3
    missing = fake_masdar("store", "copy", str(tmp_path / "none"), there, env=env)
    assert missing.returncode == 4
    assert "there is no index in" in missing.stderr
    same = fake_masdar("store", "copy", there, there, env=env)
    assert (same.returncode, "the same index" in same.stderr) == (2, True)


def test_a_key_is_for_the_server_that_is_set() -> None:
    settings = Settings(qdrant_url="https://ours.example", qdrant_key=KEY, qdrant_collection="news")
    ours, theirs = (named_place(settings, url) for url in ("https://ours.example#old", "https://theirs.example"))
    assert isinstance(ours, ServerPlace)
    assert isinstance(theirs, ServerPlace)
    assert (ours.key, ours.collection) == (KEY, "old")
    assert (theirs.key, theirs.collection) == (None, "news")
    alone = named_place(Settings(qdrant_key=KEY), "http://127.0.0.1:6333")
    assert isinstance(alone, ServerPlace)
    assert alone.key == KEY
    assert named_place(settings, "some/folder") == Path("some/folder")
    with pytest.raises(BadInput, match="should be like"):
        named_place(settings, "ftp://host")


def test_a_server_that_is_away_is_told_before_a_model_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.wiring, "build_encoder", lambda settings: pytest.fail("a model was loaded"))
    settings = Settings(store=tmp_path, qdrant_url="http://127.0.0.1:9", qdrant_tries=1)
    with pytest.raises(StoreUnreachable), open_service(settings, tmp_path):
        pass
    with pytest.raises(StoreUnreachable), open_index(settings, tmp_path, 40):
        pass
    with pytest.raises(StoreUnreachable):
        has_index(place_of(settings))


def test_an_index_made_through_the_settings_has_their_name(server: QdrantServer, tmp_path: Path) -> None:
    settings = settings_of(server, tmp_path, qdrant_collection="أخبار")
    place = place_of(settings)
    assert isinstance(place, ServerPlace)
    open_server(place, Manifest.of(TrigramEncoder().identity, 40), create=True).close()
    assert {one.name for one in server.client.get_collections().collections} == {"أخبار", "أخبار_articles"}
