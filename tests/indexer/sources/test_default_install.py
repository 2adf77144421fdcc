"""Without the extras: files are read as ever, and what needs more says what to install."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LIBRARIES = ("httpx", "httpcore", "trafilatura", "lxml", "feedparser", "protego", "warcio", "pyarrow", "defusedxml")
LIBRARIES += ("brotli", "zstandard", "charset_normalizer")
SCRIPT = f"""
import sys
for name in {LIBRARIES!r}:
    sys.modules[name] = None
from indexer.errors import MissingLibrary
from indexer.sources.reader import read_articles
from service.settings import Settings
from service.fetch_settings import open_remote
(item,) = read_articles([sys.argv[1]])
print(item.article.text, item.article.published_at.isoformat())
try:
    open_remote(Settings())
except MissingLibrary as error:
    print(error)
"""


def test_files_need_none_of_the_libraries_and_addresses_name_the_extra(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "خبر.", "date": "4 شوال 1445 هـ"}), "utf-8")
    run = subprocess.run([sys.executable, "-c", SCRIPT, path], capture_output=True, encoding="utf-8", check=True)
    first, second = run.stdout.splitlines()
    assert first == "خبر. 2024-04-13T00:00:00+00:00"
    assert "pip install 'masdar[sources]'" in second
