"""The files of the pages, read once, with their types and hashes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from service.answering.source_names import english_names

_FOLDER: Final = Path(__file__).with_name("static")
#: Not of ``mimetypes``, which reads the machine's tables: some of those call a script plain text.
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
#: Stand in the documents for the version in the addresses of what they load, and for what their scripts import.
_VERSION: Final = "{version}"
_PRELOADS: Final = "{preloads}"
_SCRIPT: Final = re.compile(r'<script type="module" src="[^"]*/(js/\w+\.js)">')
_IMPORT: Final = re.compile(r'^import .*"\./(\w+\.js)";$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent."""

    content: bytes
    media_type: str

    @property
    def etag(self) -> str:
        """A strong validator (RFC 9110, 8.8.3)."""
        return f'"{_digest(self.content)}"'


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All files.

    Attributes:
        pages: the documents by name.
        assets: what they load, by path.
        version: a hash of all assets.
    """

    pages: Mapping[str, File]
    assets: Mapping[str, File]
    version: str

    @classmethod
    def load(cls) -> StaticFiles:
        """Read them."""
        files = {
            path.relative_to(_FOLDER).as_posix(): File(path.read_bytes(), _TYPES[path.suffix])
            for path in sorted(_FOLDER.rglob("*"))
            if path.suffix in _TYPES
        }
        assets = {name: file for name, file in files.items() if not name.endswith(".html")}
        assets["source-names.json"] = File(_source_names(), _TYPES[".json"])
        version = _digest(b"\0".join(name.encode() + b"\0" + file.content for name, file in assets.items()))
        documents = {
            name: File(_document(file.content.decode(), version, assets).encode(), file.media_type)
            for name, file in files.items()
            if name.endswith(".html")
        }
        return cls(documents, assets, version)


def _document(text: str, version: str, assets: Mapping[str, File]) -> str:
    """A page that names all its scripts at once, so that they are not found one behind the other."""
    entry = _SCRIPT.search(text)
    needed = _imported(entry[1], assets) if entry else {}
    lines = "\n  ".join(f'<link rel="modulepreload" href="/page/{_VERSION}/{name}">' for name in needed)
    return text.replace(_PRELOADS, lines).replace(_VERSION, version)


def _imported(entry: str, assets: Mapping[str, File]) -> dict[str, None]:
    """The scripts that a script imports, and those that they do, each once."""
    found: dict[str, None] = {}
    waiting = [entry]
    while waiting:
        for name in _IMPORT.findall(assets[waiting.pop()].content.decode()):
            if f"js/{name}" not in found:
                found[f"js/{name}"] = None
                waiting.append(f"js/{name}")
    return found


def _source_names() -> bytes:
    before, english = english_names()
    return json.dumps({"before": before, "english": english}, ensure_ascii=False).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
