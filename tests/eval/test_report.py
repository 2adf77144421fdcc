"""The report: what it shows, from right to left where that is due, and nothing from outside."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from eval.asking import Asked, Found
from eval.datasets import Dataset, Document
from eval.report import write_report
from eval.report.worst import failures, place
from eval.retrieval import Evaluation, evaluate
from eval.runs import Run
from eval.signals import ALL

CORPUS = {
    "right": Document("اتفاق المعادن", "وقّعت أوكرانيا الاتفاق."),
    "wrong": Document("رسوم <العبور>", "ارتفعت رسوم عبور السفن."),
}
QUERIES = {"first": "متى وُقّع الاتفاق؟", "second": "What was *signed* & where?", "none": "أين <b>وُقّع</b>؟"}
DATASET = Dataset(
    "news_set", CORPUS, QUERIES, {name: {"right": 1} for name in QUERIES}, {"first": "ar", "second": "en", "none": "ar"}
)


def found(rank: int, name: str) -> Found:
    document = CORPUS[name]
    return Found(rank, name, document.title, document.text, 0, len(document.text), {"score": 0.9, "dense": 0.5})


def asked(query: str, *names: str) -> Asked:
    places = tuple(found(rank, name) for rank, name in enumerate(names, 1))
    return Asked(query, QUERIES[query], names, places, {"dense": names, "lexical": ()}, 12.0)


@pytest.fixture
def measured() -> Evaluation:
    answers = [asked("first", "right", "wrong"), asked("second", "wrong", "right"), asked("none", "wrong")]
    before = evaluate(DATASET, answers, {}, None)
    config = {"encoder": {"name": "trigrams"}, "commit": None, "depth": 100}
    return evaluate(DATASET, answers, config, Run(before.rows, {}))


@pytest.fixture
def folder(measured: Evaluation, tmp_path: Path) -> Path:
    write_report(measured, tmp_path / "report")
    return tmp_path / "report"


class Page(HTMLParser):
    """Collects what a page refers to, its ids, and the text of elements that set their own direction."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.references: list[str] = []
        self.ids: list[str] = []
        self.auto: list[str] = []
        self.tags: set[str] = set()
        self._waiting = False
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = {name: value or "" for name, value in attrs}
        self.references += [values[name] for name in ("src", "href", "xlink:href", "srcset", "data") if name in values]
        self.ids += [values["id"]] if "id" in values else []
        self._waiting = values.get("dir") == "auto"

    def handle_data(self, data: str) -> None:
        if self._waiting:
            self.auto.append(data)
            self._waiting = False


def test_the_page_needs_nothing_from_outside(folder: Path) -> None:
    content = (folder / "report.html").read_text("utf-8")
    page = Page(content)
    assert [reference for reference in page.references if not reference.startswith("#")] == []
    assert not page.tags & {"script", "link", "iframe", "img", "object", "embed", "base"}
    assert "@import" not in content
    assert re.findall(r"url\((?!#)", content) == []
    # Names of XML's own vocabularies are no addresses of anything that is fetched.
    assert set(re.findall(r"https?://[^\s\"'<]+", content)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_the_page_has_both_charts_and_no_id_twice(folder: Path) -> None:
    content = (folder / "report.html").read_text("utf-8")
    page = Page(content)
    assert content.count("<svg") == 2
    assert len(set(page.ids)) == len(page.ids) > 0
    targets = re.findall(r"url\(#([^)]+)\)", content) + [reference[1:] for reference in page.references]
    assert targets
    assert set(targets) <= set(page.ids)
    for words in ("Recall@1", ALL):
        assert f">{words}</text>" in content, "words of a chart can be searched"


def test_arabic_sets_its_own_direction(folder: Path) -> None:
    auto = Page((folder / "report.html").read_text("utf-8")).auto
    assert QUERIES["none"] in auto
    assert CORPUS["wrong"].title in auto
    assert CORPUS["wrong"].text in auto
    markdown = (folder / "report.md").read_text("utf-8")
    assert '<span dir="auto">أين &lt;b&gt;وُقّع&lt;/b&gt;؟</span>' in markdown
    assert '<div dir="auto">ارتفعت رسوم عبور السفن.</div>' in markdown


def test_text_of_questions_and_articles_is_only_text(folder: Path) -> None:
    assert "b" not in Page((folder / "report.html").read_text("utf-8")).tags
    markdown = (folder / "report.md").read_text("utf-8")
    assert r"What was \*signed\* &amp; where?" in markdown
    assert "# Retrieval on news\\_set" in markdown


@pytest.mark.parametrize("name", ["report.md", "report.html"])
def test_both_forms_show_the_same_figures(folder: Path, measured: Evaluation, name: str) -> None:
    content = (folder / name).read_text("utf-8").replace("\\_", "_")
    for value in (*measured.metrics.values(), *measured.ablation["dense"].values()):
        assert f"{value:.4f}" in content
    for words in (
        "95 % interval",
        "By language of the question",
        "Against the saved run",
        "encoder.name",
        "trigrams",
        "3 questions over 2 documents",
        "2 of 3 questions have no right article in the first place.",
    ):
        assert words in content


def test_charts_of_the_markdown_are_beside_it(folder: Path) -> None:
    links = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (folder / "report.md").read_text("utf-8"))
    assert links == ["metrics.svg", "ablation.svg"]
    assert all((folder / link).read_text("utf-8").startswith("<svg") for link in links)


def test_the_worst_come_first_with_what_beat_the_right_article(measured: Evaluation) -> None:
    worst = failures(measured.dataset, measured.asked)
    assert [one.query for one in worst] == ["none", "second"]
    assert [[one.article_id for one in failure.beaten_by] for failure in worst] == [["wrong"], ["wrong"]]
    assert [place(failure) for failure in worst] == ["not found", "place 2"]
    assert worst[0].titles == [("right", "اتفاق المعادن")]
    assert [one.query for one in failures(measured.dataset, measured.asked, within=2)] == ["none"]


def test_without_failures_and_ablation_the_report_says_so(tmp_path: Path) -> None:
    dataset = Dataset("good", CORPUS, {"first": "سؤال"}, {"first": {"right": 1}})
    good = evaluate(dataset, [Asked("first", "سؤال", ("right",), (found(1, "right"),), {}, 1.0)], {}, None)
    write_report(good, tmp_path)
    for name in ("report.md", "report.html"):
        content = (tmp_path / name).read_text("utf-8")
        assert "Every question has a right article in the first place." in content
        assert "By signals" not in content
    assert not (tmp_path / "ablation.svg").exists()
