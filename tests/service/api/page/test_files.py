"""The files of the pages: how they are served, and what must not be in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.api import page
from service.api.page import files

STATIC = Path(files.__file__).with_name("static")
SCRIPTS = sorted(STATIC.rglob("*.js"))
ASSET = re.compile(r'(?:href|src)="(/page/[^"]+)"')


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(page.router)
    with TestClient(app) as started:
        yield started


class Markup(HTMLParser):
    """Counts what a strict policy forbids, and reads addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.names: set[str] = set()
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").startswith(("http:", "https:", "//", "data:")):
                self.forbidden.append(f"{tag} {name}={value}")
            if name.startswith("data-t"):
                self.names.add(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in {"script", "style"} and data.strip():
            self.forbidden.append(data)


@pytest.mark.parametrize("path", ["/", "/operate"])
def test_pages_are_asked_for_again_and_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    assert first.headers["content-type"] == "text/html; charset=utf-8"
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(path).headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("path", ["/", "/operate"])
def test_what_a_page_loads_is_there_and_kept(client: TestClient, path: str) -> None:
    addresses = ASSET.findall(client.get(path).text)
    scripts = {address.rpartition("/")[2] for address in addresses if address.endswith(".js")}
    assert {"early.js", "api.js", "dom.js", "event_stream.js", "strings_ar.js"} <= scripts
    for address in addresses:
        got = client.get(address)
        assert got.status_code == 200, address
        assert got.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("js/chat.js", "text/javascript; charset=utf-8"),
        ("css/chat.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("source-names.json", "application/json"),
    ],
)
def test_files_have_their_types_and_are_not_kept_under_another_version(
    client: TestClient, name: str, media_type: str
) -> None:
    got = client.get(f"/page/0123456789abcdef/{name}")
    assert got.headers["content-type"] == media_type
    assert got.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["js/none.js", "index.html", "../__init__.py", "..%2f__init__.py", ""])
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/page/0123456789abcdef/{name}").status_code == 404


def test_a_changed_file_changes_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = files.StaticFiles.load().version
    monkeypatch.setattr(files, "_source_names", lambda: b"{}")
    assert files.StaticFiles.load().version != before


@pytest.mark.parametrize("name", ["index.html", "operate.html"])
def test_pages_have_no_scripts_styles_or_other_hosts_inside(name: str) -> None:
    markup = Markup()
    markup.feed((STATIC / name).read_text("utf-8"))
    assert markup.forbidden == []


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_scripts_make_no_markup_out_of_text(file: Path) -> None:
    code = file.read_text("utf-8")
    ways = r"(?:inner|outer|insertAdjacent)HTML|document\.write|ContextualFragment|DOMParser|\beval\(|new Function"
    assert not re.search(ways, code)


@pytest.mark.parametrize("file", [*SCRIPTS, *STATIC.rglob("*.css")], ids=lambda file: file.name)
def test_files_name_no_other_host(file: Path) -> None:
    allowed = {"http://www.w3.org/2000/svg"}
    assert set(re.findall(r"https?://[\w.-]+[^\s\"'`)]*", file.read_text("utf-8"))) <= allowed
    assert "@import" not in file.read_text("utf-8")


def test_texts_are_the_same_in_both_languages() -> None:
    names = {
        language: re.findall(r"^  (\w+):", (STATIC / f"js/strings_{language}.js").read_text("utf-8"), re.MULTILINE)
        for language in ("ar", "en")
    }
    assert names["ar"] == names["en"]
    assert len(set(names["en"])) == len(names["en"])


def test_every_text_that_pages_and_scripts_name_is_there_and_every_one_is_used() -> None:
    known = set(re.findall(r"^  (\w+):", (STATIC / "js/strings_en.js").read_text("utf-8"), re.MULTILINE))
    markup = Markup()
    for name in ("index.html", "operate.html"):
        markup.feed((STATIC / name).read_text("utf-8"))
    code = "\n".join(file.read_text("utf-8") for file in SCRIPTS if not file.stem.startswith("strings_"))
    assert markup.names <= known
    assert set(re.findall(r"\bt\(\"(\w+)\"", code)) <= known
    written = {name for name in known if re.search(rf"[\"`]{name}[\"`]", code)}
    made = {name for name in known for beginning in re.findall(r"`(\w+_)\$\{", code) if name.startswith(beginning)}
    ended = {name for name in known if name.endswith("_chip")}
    assert known - written - made - ended - markup.names == set()
