"""Finding question sets: folders, names, sets of articles and questions, and public ones from a server."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from eval.datasets import FILES, load_beir
from eval.errors import DatasetAbsent
from eval.lookup import find_dataset
from eval.public_sets import PUBLIC_SETS, PinnedFile, PublicSet, fetch
from indexer.errors import BadInput, BadRecord

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MASDAR_DATASETS", raising=False)
    monkeypatch.setenv("MASDAR_CACHE", str(tmp_path / "cache"))


def test_a_set_is_found_by_folder_by_name_and_by_environment(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = load_beir(tiny)
    assert expected.languages == {
        "q-canal": "ar",
        "q-minerals": "ar",
        "q-strike": "en",
        "q-blank": "en",
        "q-unjudged": "ar",
    }
    assert find_dataset(str(tiny), None) == expected
    assert find_dataset("tiny", tiny.parent) == expected
    monkeypatch.setenv("MASDAR_DATASETS", str(tiny.parent))
    assert find_dataset("tiny", None) == expected


def test_unanswerable_questions_take_no_part(tiny: Path) -> None:
    before = load_beir(tiny)
    line = json.dumps({"_id": "u1", "text": "سؤال لا جواب له", "near_doc": "canal"}, ensure_ascii=False)
    (tiny / "unanswerable.jsonl").write_text(line + "\n", "utf-8")
    after = find_dataset(str(tiny), None)
    assert (after.queries, after.qrels, after.digest) == (before.queries, before.qrels, before.digest)
    assert [question.text for question in after.unanswerable] == ["سؤال لا جواب له"]


def test_an_absent_set_is_named_with_those_that_are_there(tiny: Path) -> None:
    with pytest.raises(DatasetAbsent, match=r"no question set 'tinny'; in .* there are: tiny$") as caught:
        find_dataset("tinny", tiny.parent)
    assert caught.value.exit_code == 6
    with pytest.raises(DatasetAbsent, match="give --data or set MASDAR_DATASETS"):
        find_dataset("tiny", None)


def test_a_folder_that_only_has_the_name_hides_nothing(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "tiny").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert find_dataset("tiny", tiny.parent) == load_beir(tiny)
    with pytest.raises(DatasetAbsent, match="no folder of that name here has one"):
        find_dataset("tiny", None)


def test_a_data_folder_that_is_none_is_an_error_and_not_an_absence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no folder") as caught:
        find_dataset("tiny", tmp_path / "nothing")
    assert not isinstance(caught.value, DatasetAbsent)


def test_digests_tell_contents_and_not_order(tiny: Path, set_writer: Callable[..., Path], tmp_path: Path) -> None:
    first = load_beir(tiny)
    records = [json.loads(line) for line in (tiny / "corpus.jsonl").read_text("utf-8").splitlines()]
    turned = load_beir(set_writer(tmp_path / "turned", records[::-1]))
    assert (turned.corpus_digest, turned.digest) == (first.corpus_digest, first.digest)
    changed = load_beir(set_writer(tmp_path / "changed", [records[0] | {"title": "آخر"}, *records[1:]]))
    assert changed.corpus_digest != first.corpus_digest
    judged = load_beir(set_writer(tmp_path / "judged", records, "q-canal\tbread\t1\n"))
    assert judged.corpus_digest == first.corpus_digest
    assert judged.digest != first.digest


def test_an_id_that_comes_twice_is_refused(tiny: Path) -> None:
    with (tiny / "queries.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"_id": "q-canal", "text": "مرة أخرى"}\n')
    with pytest.raises(BadRecord, match=r"queries\.jsonl:6: the _id 'q-canal' comes a second time"):
        load_beir(tiny)


def test_the_samples_are_a_set() -> None:
    dataset = find_dataset(str(SAMPLES), None)
    assert dataset.name == "samples"
    assert (len(dataset.corpus), len(dataset.queries)) == (46, 92)
    assert dataset.qrels["q1"] == {"sample-001": 1}
    assert (dataset.languages["q1"], dataset.languages["q2"]) == ("ar", "en")
    assert dataset.corpus["sample-001"].title.startswith("زيلينسكي")


@pytest.fixture
def own_set(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "articles.jsonl").write_text('{"id": "a", "text": "نص"}\n', "utf-8")
    (folder / "questions.jsonl").write_text('{"question": "سؤال", "article_id": "a"}\n', "utf-8")
    return folder


def test_the_language_of_a_question_is_optional(own_set: Path) -> None:
    dataset = find_dataset(str(own_set), None)
    assert (dataset.queries, dataset.languages) == ({"q1": "سؤال"}, {})


def test_questions_in_a_folder_of_their_own_share_the_articles_beside_it(own_set: Path) -> None:
    short = own_set / "short"
    short.mkdir()
    (short / "questions.jsonl").write_text('{"question": "نص", "article_id": "a"}\n', "utf-8")
    dataset = find_dataset(str(short), None)
    assert (dataset.name, dataset.queries) == ("own/short", {"q1": "نص"})
    assert dataset.corpus_digest == find_dataset(str(own_set), None).corpus_digest


def test_the_short_sample_queries_are_a_set() -> None:
    dataset = find_dataset(str(SAMPLES / "short"), None)
    assert dataset.name == "samples/short"
    assert (len(dataset.corpus), len(dataset.queries)) == (46, 30)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("questions.jsonl", '{"question": "سؤال", "article_id": "b"}', r"questions\.jsonl:1: names article 'b'"),
        ("questions.jsonl", '{"question": "سؤال"}', r"questions\.jsonl:1: needs an object"),
        ("questions.jsonl", "{", r"questions\.jsonl:1: not JSON"),
        ("questions.jsonl", "", "has no question"),
        ("articles.jsonl", '{"id": "a"}', "must be read whole"),
    ],
)
def test_an_own_set_that_cannot_be_read_is_refused(own_set: Path, name: str, content: str, message: str) -> None:
    (own_set / name).write_text(content + "\n", "utf-8")
    with pytest.raises(BadInput, match=message):
        find_dataset(str(own_set), None)


class Quiet(SimpleHTTPRequestHandler):
    requests: ClassVar[list[str]] = []

    def log_message(self, format: str, *args: object) -> None:
        self.requests.append(self.path)


@pytest.fixture
def served(tiny: Path) -> Iterator[str]:
    """The address of a server of the tiny set on this machine."""
    Quiet.requests.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tiny))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def public(address: str, folder: Path) -> PublicSet:
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    return PublicSet({name: PinnedFile(f"{address}/{name}", digest) for name, digest in digests.items()}, "CC0")


def test_a_public_set_is_fetched_once(served: str, tiny: Path) -> None:
    register = {"far": public(served, tiny)}
    first = find_dataset("far", None, register)
    assert (first.name, first.digest) == ("far", load_beir(tiny).digest)
    assert sorted(Quiet.requests) == sorted(f"/{name}" for name in FILES)
    assert find_dataset("far", None, register) == first
    assert len(Quiet.requests) == 3


def test_a_folder_of_that_name_comes_before_the_server(served: str, tiny: Path) -> None:
    find_dataset("tiny", tiny.parent, {"tiny": public(served, tiny)})
    assert Quiet.requests == []


def test_another_file_than_the_pinned_one_is_refused(served: str, tiny: Path, tmp_path: Path) -> None:
    pinned = public(served, tiny)
    with (tiny / "qrels.tsv").open("a", encoding="utf-8") as file:
        file.write("q-canal\tbread\t1\n")
    with pytest.raises(BadInput, match=r"qrels\.tsv is not the file that is pinned for 'far'"):
        fetch("far", pinned, tmp_path / "fetched")
    assert not (tmp_path / "fetched" / "far" / "qrels.tsv").exists()


def test_a_set_that_cannot_be_fetched_is_absent(served: str, tiny: Path, tmp_path: Path) -> None:
    pinned = public(served, tiny)
    (tiny / "corpus.jsonl").unlink()
    with pytest.raises(DatasetAbsent, match=r"corpus\.jsonl cannot be fetched"):
        fetch("far", pinned, tmp_path / "fetched")


def test_registered_sets_are_pinned_whole() -> None:
    for name, registered in PUBLIC_SETS.items():
        assert set(registered.files) == set(FILES), name
        assert all(len(file.sha256) == 64 and file.url.startswith("https://") for file in registered.files.values())
