"""What is fuzzed: functions of bytes that raise where something is wrong, and return where it is not.

An error of ``indexer.errors`` is an answer, not a finding: whatever stands in a file, that is how it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from eval.fuzz import reading, streams, texts

#: A target takes bytes; what it raises is a finding.
Target = Callable[[bytes], None]

TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        "folding": texts.folding,
        "sentences": texts.sentences,
        "words": texts.words,
        "dates": texts.dates,
        "questions": texts.questions,
        "terminal": texts.terminal,
        "slack": texts.slack,
        "markdown": texts.markdown,
        "jsonl": reading.jsonl,
        "json": reading.json_file,
        "csv": reading.csv,
        "front-matter": reading.front_matter,
        "html": reading.html,
        "feed": reading.feed,
        "sitemap": reading.sitemap,
        "warc": reading.warc,
        "listing": reading.listing,
        "settings": reading.settings,
        "spool": reading.spool,
        "keys": reading.keys,
        "addresses": reading.addresses,
        "claims": streams.claims,
        "thoughts": streams.thoughts,
        "events": streams.server_events,
    }
)

_ARABIC: Final = "وقّعت الدولتان اتفاق المعادن يوم ٣٠ أبريل ٢٠٢٥، وقال الوزير: «لن نتراجع». والكلفة 12.5 مليون دولار؟"
_ENGLISH: Final = 'Mr. Smith said on 3 May 2025: "We paid $12.5 million (twice)." Did they? https://a.example/b?c=1'
#: What each target begins with; the engine changes it.
SEEDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "jsonl": ('{"id": "a", "title": "عنوان", "text": "نص", "date": "2025-01-01", "tags": ["x"]}\n',),
        "json": ('[{"id": "a", "text": "نص"}, {"text": "b", "published_at": 1700000000}]',),
        "csv": ('id,title,text\n1,"عنوان, أول","نص ""مقتبس"""\n',),
        "front-matter": ("---\ntitle: عنوان\ndate: 2025-01-01\ntags: [a, b]\n---\nنص المقال.\n",),
        "html": (
            "<html lang=ar><head><title>عنوان</title><meta property='article:published_time' content='2025-01-01'>"
            '<script type=\'application/ld+json\'>{"@type": "NewsArticle"}</script></head><body><article><p>'
            f"{_ARABIC}</p></article></body></html>",
        ),
        "feed": (
            "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>x</title><item><title>عنوان"
            "</title><link>http://a.example/1</link><pubDate>Wed, 30 Apr 2025 10:00:00 GMT</pubDate></item>"
            "</channel></rss>",
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id>"
            "<content type='html'>&lt;p&gt;x</content></entry></feed>",
        ),
        "sitemap": (
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>http://a.example/1</loc>"
            "<lastmod>2025-01-01</lastmod></url></urlset>",
        ),
        "warc": (
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nWARC-Date: 2025-01-01T00:00:00Z"
            "\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: 64\r\n\r\nHTTP/1.1 200 OK\r\n"
            "Content-Type: text/html\r\n\r\n<p>hello</p>\r\n\r\n\r\n\r\n",
        ),
        "listing": (
            'interval = "15m"\n[[source]]\nname = "a"\npath = "b.jsonl"\ntags = ["x"]\nfields = {text = "body"}\n',
        ),
        "settings": (
            "PORT=8000\nRATE_KEY=300/minute\nLLM=openai/x\nORIGINS=https://a.example\nFETCH_HOSTS=a.example\n",
        ),
        "spool": (
            '{"job": "job_1", "total": 1, "submitted_at": "2025-01-01T00:00:00+00:00", "refused": [], "warnings": []}\n'
            '{"id": "a", "title": "", "text": "نص", "source": "", "url": "", "published_at": null, "language": "ar", '
            '"tags": [], "author": ""}\n',
        ),
        "keys": ('{"keys": [{"name": "a", "digest": "00", "scopes": ["read"], "created": "2025-01-01T00:00:00Z"}]}',),
        "addresses": ("http://a.example/b?c=1", "https://[::1]:8000/", "http://مثال.example/مسار", "//a@b:c"),
        "claims": ("قال الوزير ذلك [1][٢]. ثم أضاف [source 3]. (He left [0]. 【4†L1】) [2024]",),
        "thoughts": ("<think>hm</think> The answer [1].",),
        "events": ('event: delta\ndata: {"text": "س"}\n\n: ping\n\nevent: done\ndata: {\ndata: "a": 1}\n\n',),
    }
)


def seeds_of(target: str) -> tuple[bytes, ...]:
    """What a target begins with."""
    return tuple(
        seed.encode() for seed in SEEDS.get(target, (_ARABIC, _ENGLISH, "متى زار الوزير القاهرة الأسبوع الماضي؟"))
    )
