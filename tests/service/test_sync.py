"""An index is kept in step with its sources, and no source that fails, is empty or lies empties it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from day_in_motion import Size, live
from fakes import TrigramEncoder
from news_page import FIRST, SECOND, page
from web_server import HERE, Site, serving

import service.wiring
from indexer.errors import BadInput, StoreLocked
from indexer.store.embedded import open_store
from indexer.syncing.history import Event, History
from indexer.syncing.listing import read_listing
from indexer.syncing.outcome import Outcome
from indexer.syncing.rounds import LONGEST_BACKOFF, wait_after
from service.cli import cli
from service.settings import Settings
from service.sync_state import open_ledger, sync_folder
from service.syncing import Syncing

FILE = '[[source]]\nname = "وكالة"\npath = "news.jsonl"\nsource = "وكالة الأنباء"\n'


class Place:
    """A folder with a file of sources and an index, brought into step in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file, self.index = folder, folder / "sources.toml", folder / "index"
        self.settings = Settings(store=self.index, fetch_allow=HERE, fetch_interval=0)
        self.list(FILE)

    def list(self, text: str) -> None:
        self.file.write_text(text, "utf-8")

    def write(self, texts: dict[str, str], name: str = "news.jsonl") -> None:
        records = [{"id": one, "title": one, "text": text, "date": "2025-03-01"} for one, text in texts.items()]
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (self.folder / name).write_text(lines, "utf-8")

    def sync(self, *confirmed: str, only: str = "") -> list[Outcome]:
        outcomes: list[Outcome] = []
        listing = read_listing(self.file)
        chosen = [source for source in listing if only in ("", source.name)]
        Syncing(self.settings, outcomes.append, confirmed=confirmed).round(listing, chosen)
        return outcomes

    def articles(self) -> dict[str, str]:
        with open_store(self.index) as store:
            return {one: article.text for one, article in store.articles(dict(store.versions())).items()}

    def events(self, article: str) -> list[Event]:
        history = History(sync_folder(self.settings) / "history.jsonl")
        return [event for event in history.events() if event.article == article]

    def masdar(self, *arguments: str, answer: str = "") -> Result:
        return CliRunner().invoke(cli, [*arguments, "--store", str(self.index)], input=answer)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(service.wiring, "build_encoder", lambda settings: TrigramEncoder())
    monkeypatch.setenv("MASDAR_QUALITY", "off")  # short texts
    return Place(tmp_path)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


def texts(count: int) -> dict[str, str]:
    return {f"n{number}": f"أعلنت الوزارة خبرًا رقمه {number}." for number in range(count)}


def test_additions_changes_and_withdrawals_reach_the_index_and_the_history(place: Place) -> None:
    place.write(texts(5))
    assert (place.sync()[0].added, len(place.articles())) == (5, 5)
    now = texts(6) | {"n1": "نفت الوزارة الخبر."}
    del now["n4"]
    place.write(now)
    outcome = place.sync()[0]
    assert (outcome.added, outcome.changed, outcome.withdrawn, outcome.unchanged) == (1, 1, 1, 3)
    assert place.articles() == now
    added, changed = place.events("n1")
    assert (added.what, added.old, changed.what, changed.old) == ("added", None, "changed", added.new)
    assert [event.what for event in place.events("n4")] == ["added", "withdrawn"]
    with open_store(place.index) as store:
        assert dict(store.versions())["n1"] == changed.new


def test_what_is_no_article_is_refused_as_when_indexing(place: Place) -> None:
    place.settings = place.settings.model_copy(update={"quality": "refuse"})
    news = "افتتحت بلدية طنجة حديقة واسعة قرب المرفأ القديم صباح الخميس. وقال رئيس البلدية إنها كلفت مليوني درهم."
    place.write({"news": news, "error": "404\nالصفحة غير موجودة"})
    outcome = place.sync()[0]
    assert (outcome.added, outcome.unchanged, outcome.is_clean) == (1, 0, True)
    assert list(place.articles()) == ["news"]
    assert place.sync()[0].unchanged == 1


def test_articles_get_the_defaults_of_their_source(place: Place) -> None:
    place.list(FILE + 'tags = ["عاجل"]\nlanguage = "fa"\nfields = { text = "body" }\n')
    (place.folder / "news.jsonl").write_text('{"id": "a", "body": "خبر.", "tags": "مصر"}\n', "utf-8")
    assert place.sync()[0].is_clean
    with open_store(place.index) as store:
        article = store.articles(["a"])["a"]
    assert (article.source, article.language, article.tags) == ("وكالة الأنباء", "fa", ("مصر", "عاجل"))


@pytest.mark.parametrize("lost", ["ledger", "ledger and history", "damaged ledger"])
def test_a_lost_state_is_made_good_by_the_next_sync(place: Place, lost: str) -> None:
    place.write(texts(5))
    place.sync()
    folder = sync_folder(place.settings)
    for path in folder.glob("ledger.sqlite*"):
        path.write_bytes(b"x" * 5000) if lost == "damaged ledger" else path.unlink()
    if lost == "ledger and history":
        (folder / "history.jsonl").unlink()
        place.sync()
    place.write(texts(4))
    assert place.sync()[0].withdrawn == 1
    assert place.articles() == texts(4)


def test_a_lost_index_is_made_anew_whatever_was_remembered(place: Place, site: Site) -> None:
    place.list(f'[[source]]\nname = "s"\naddress = "{site.address}/map.xml"\ncomplete = true\n')
    url = f"{site.address}/news/1"
    site.put("/map.xml", f"<urlset><url><loc>{url}</loc></url></urlset>", media="application/xml")
    site.put("/news/1", page(), headers={"ETag": '"1"'})
    assert place.sync()[0].added == 1
    assert place.sync()[0].unchanged == 1
    place.index.rename(place.folder / "old")
    assert place.sync()[0].added == 1
    assert list(place.articles()) == [url]
    assert [event.what for event in place.events(url)] == ["added", "restored"]


def test_a_source_that_is_empty_or_lists_under_half_is_not_believed_unless_confirmed(place: Place) -> None:
    place.write(texts(10))
    place.sync()
    place.write(texts(4))
    outcome = place.sync()[0]
    assert (outcome.withdrawn, outcome.kept) == (0, 6)
    assert "--allow-removals 'وكالة'" in outcome.doubted
    (place.folder / "news.jsonl").write_text("", "utf-8")
    assert "empty all of a sudden" in place.sync()[0].doubted
    assert len(place.articles()) == 10
    place.write(texts(4))
    assert place.sync("وكالة")[0].withdrawn == 6
    assert place.articles() == texts(4)


def test_a_lie_is_not_believed_the_second_time(place: Place) -> None:
    place.write(texts(4))
    place.sync()
    others = {f"other{number}": f"مقال آخر {number}." for number in range(9)}
    place.write(others)
    for _ in range(2):
        assert place.sync()[0].doubted
    place.write(texts(4) | others)
    assert not place.sync()[0].doubted
    assert len(place.articles()) == 13


def test_nothing_is_withdrawn_where_a_record_could_not_be_read_or_the_source_is_gone(place: Place) -> None:
    place.write(texts(5))
    place.sync()
    file = place.folder / "news.jsonl"
    file.write_text("".join(file.read_text("utf-8").splitlines(keepends=True)[:4]) + "{broken\n", "utf-8")
    assert "could not be read" in place.sync()[0].doubted
    file.unlink()
    assert "does not exist" in place.sync("وكالة")[0].failed
    assert place.articles() == texts(5)


def test_an_article_of_two_sources_stays_until_both_have_it_no_longer(place: Place) -> None:
    place.list(FILE + '[[source]]\nname = "ثان"\npath = "second.jsonl"\n')
    place.write(texts(4))
    place.write(texts(3) | {"n0": "رواية أخرى."}, "second.jsonl")
    place.sync()
    assert [outcome.added + outcome.changed for outcome in place.sync()] == [0, 0], "the two do not take turns"
    assert place.articles() == texts(4)
    place.write({one: text for one, text in texts(4).items() if one != "n0"})
    place.sync()
    assert place.articles()["n0"] == "رواية أخرى."
    place.write({one: text for one, text in texts(3).items() if one != "n0"}, "second.jsonl")
    place.sync()
    assert "n0" not in place.articles()
    assert [event.what for event in place.events("n0")] == ["added", "unlisted", "changed", "withdrawn"]


def test_what_leaves_a_feed_stays_and_what_answers_410_goes_where_asked(place: Place, site: Site) -> None:
    def feed(*numbers: int) -> None:
        items = "".join(f"<item><title>ن</title><link>{site.address}/{one}</link></item>" for one in numbers)
        site.put("/feed", f'<rss version="2.0"><channel>{items}</channel></rss>', media="application/rss+xml")

    for number in (1, 2, 3):
        site.put(f"/{number}", page(f"<p>خبر رقم {number}.</p><p>{FIRST}</p><p>{SECOND}</p>"))
    place.list(f'[[source]]\nname = "f"\naddress = "{site.address}/feed"\nwithdraw_gone = true\nrecheck = 10\n')
    feed(1, 2)
    assert place.sync()[0].added == 2
    feed(3)
    place.sync()
    assert len(place.articles()) == 3
    site.put("/1", "", status=410)
    outcome = place.sync()[0]
    assert (outcome.withdrawn, outcome.is_clean) == (1, True)
    assert sorted(place.articles()) == [f"{site.address}/2", f"{site.address}/3"]
    del site.pages["/feed"]
    assert place.sync()[0].failed
    assert len(place.articles()) == 2


def test_deleted_articles_stay_away_until_they_are_admitted_again(place: Place) -> None:
    place.write(texts(3))
    place.sync()
    assert place.masdar("delete", "n1", "--dry-run").exit_code == 0
    assert len(place.articles()) == 3
    assert isinstance(place.masdar("delete", "n1", answer="n\n").exception, BadInput)
    assert "1 articles deleted" in place.masdar("delete", "n1", answer="y\n").output
    place.sync()
    next(sync_folder(place.settings).glob("ledger.sqlite")).unlink()
    place.sync()
    assert "n1" not in place.articles()
    place.masdar("delete", "n1", "--again")
    place.sync()
    assert place.articles() == texts(3)


def test_prune_removes_former_sources_and_old_articles(place: Place) -> None:
    second = '[[source]]\nname = "ثان"\npath = "second.jsonl"\n'
    place.list(FILE + second)
    place.write(texts(2))
    place.write({"n1": "خبر", "x": "خبر قديم."}, "second.jsonl")
    place.sync()
    place.list(FILE)
    place.sync()
    assert sorted(place.articles()) == ["n0", "n1", "x"]
    dry = json.loads(place.masdar("prune", str(place.file), "--dry-run", "--json").stdout)
    assert (dry["articles"], len(place.articles())) == (["x"], 3)
    assert place.masdar("prune", str(place.file), "--yes").output == "1 articles removed.\n"
    assert sorted(place.articles()) == ["n0", "n1"]
    assert place.masdar("prune", "--before", "2025-03-02", "--yes").output == "2 articles removed.\n"
    place.sync()
    assert place.articles() == {}


def test_history_is_shown_for_one_article_and_as_json(place: Place) -> None:
    place.write(texts(2))
    place.sync()
    shown = place.masdar("history", "n1").output
    assert ("added" in shown, "وكالة" in shown, "n0" in shown) == (True, True, False)
    events = [json.loads(line) for line in place.masdar("history", "--json").output.splitlines()]
    assert [event["n"] for event in events] == [1, 2]
    assert set(events[0]) == {"n", "at", "source", "article", "what", "old", "new"}


def test_a_line_of_the_history_that_was_cut_short_is_written_again(place: Place) -> None:
    place.write(texts(3))
    place.sync()
    path = sync_folder(place.settings) / "history.jsonl"
    os.truncate(path, path.stat().st_size - 10)
    place.write(texts(4))
    place.sync()
    assert [event.n for event in History(path).events()] == [1, 2, 3]


def test_one_process_at_a_time_keeps_an_index_in_step(place: Place) -> None:
    place.write(texts(1))
    with open_ledger(place.settings), pytest.raises(StoreLocked, match="another process keeps this index in step"):
        place.sync()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[source]\n", "is not TOML"),
        ("", "source is"),
        (FILE + FILE, "two sources are named"),
        (FILE + "tag = []\n", "tag of source 'وكالة'"),
        (FILE + 'address = "https://a.example/feed"\n', "2 of path, address and reader"),
        (FILE + 'interval = "soon"\n', "interval of source 'وكالة' is 'soon'"),
        (FILE + 'fields = { body = "x" }\n', "is no field"),
        (FILE + "recheck = 5\n", "are for an address"),
    ],
)
def test_a_wrong_file_of_sources_is_told_with_the_value(place: Place, text: str, said: str) -> None:
    place.list(text)
    with pytest.raises(BadInput) as refusal:
        read_listing(place.file)
    assert said in str(refusal.value)


def test_a_failing_source_is_asked_less_and_less() -> None:
    waits = [wait_after(600, failures, 1.0) for failures in range(9)]
    assert waits[:3] == [600, 1200, 2400]
    assert waits[-1] == LONGEST_BACKOFF
    assert wait_after(86_400, 5, 1.0) == 86_400


@pytest.mark.slow
def test_after_a_day_with_crashes_the_index_equals_the_sources(tmp_path: Path) -> None:
    found = live(Size(), tmp_path)
    assert (found.wrong, found.untold, found.gaps, found.chunks_wrong) == ([], [], 0, 0)
    assert (found.articles, found.expected, found.killed, found.last) == (142, 142, 3, 0)
