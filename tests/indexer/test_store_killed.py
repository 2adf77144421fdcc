"""A process killed while it indexes loses nothing that counts: the next run makes the index that it would have made."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fakes import TrigramEncoder, encoded, news_article

from indexer.store import Store
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest

ENCODER = TrigramEncoder()
ARTICLES = 300
KILLS = 12

#: Indexes edition argv[2] of the articles, in small batches and small segments, in a process of its own.
PROGRAM = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from pathlib import Path
from fakes import TrigramEncoder, news_article
from indexer import pipeline
from indexer.sources.items import SourceRecord
from indexer.store import shards
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest

pipeline.BATCH_ARTICLES = 6
# Segments are closed and merged all the time.
shards.SEGMENT_ITEMS, shards.SEGMENTS, shards.MERGED_ITEMS = 4, 4, 200
encoder = TrigramEncoder()
records = (SourceRecord(news_article(n, int(sys.argv[2])), "made up", n) for n in range({ARTICLES}))
with open_store(Path(sys.argv[1]), Manifest.of(encoder.identity, 40), create=True) as store:
    sys.stdout.write("open\\n")
    sys.stdout.flush()
    pipeline.Indexer(store, pipeline.default_transformations(encoder, 40)).run(records)
"""

Found = set[tuple[str, str, int, int, int]]


def start(folder: Path, edition: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(folder), str(edition)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def found(store: Store) -> Found:
    """Every chunk that a search finds."""
    hits = store.search_dense(ENCODER.encode(["الحكومة"], "query")[0].vector, 100_000)
    return {(h.chunk.article_id, h.chunk.version, h.chunk.position, h.chunk.start, h.chunk.end) for h in hits}


def expected(versions: dict[str, str]) -> Found:
    """Every chunk that articles of these versions have, each of edition 0 or 1."""
    chunks: Found = set()
    for number in range(ARTICLES):
        for edition in (0, 1):
            article = news_article(number, edition)
            if versions.get(article.id) == article.content_hash:
                pieces = [piece.chunk for piece in encoded(article, ENCODER)[1]]
                chunks |= {(c.article_id, c.version, c.position, c.start, c.end) for c in pieces}
    return chunks


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_any_moment(tmp_path: Path) -> None:
    draw = random.Random(20_250_301)
    folder = tmp_path / "index"
    manifest = Manifest.of(ENCODER.identity, 40)
    cut_short, progress = 0, []
    for kill in range(KILLS):
        # The first kills fall into the first indexing, the others into the replacement of every article.
        process = start(folder, edition=int(kill >= KILLS // 3))
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(draw.uniform(0.0, 0.9))
        process.kill()
        cut_short += process.wait() == -9
        process.stdout.close()
        with open_store(folder, manifest) as store:
            versions = dict(store.versions())
            assert found(store) == expected(versions), "every article found is whole, at the version that counts"
            assert store.counts().chunks == len(expected(versions)), "and nothing else is kept"
            progress.append(len(versions))
    assert cut_short >= 10, "the test must hit runs that are under way"
    assert progress == sorted(progress), "no article is lost again"
    assert start(folder, edition=1).wait(120) == 0
    undisturbed = {news_article(n, 1).id: news_article(n, 1).content_hash for n in range(ARTICLES)}
    with open_store(folder, manifest) as store:
        assert dict(store.versions()) == undisturbed
        assert found(store) == expected(undisturbed)


@pytest.mark.slow
def test_killed_while_a_new_index_is_made(tmp_path: Path) -> None:
    draw = random.Random(7)
    for number in range(4):
        folder = tmp_path / f"index-{number}"
        process = start(folder, edition=0)
        while not folder.exists():
            time.sleep(0.005)
        time.sleep(draw.uniform(0.0, 0.15))
        process.kill()
        process.wait()
        with open_store(folder, Manifest.of(ENCODER.identity, 40), create=True) as store:
            versions = dict(store.versions())
            assert found(store) == expected(versions)
