"""The figures that the plan is made of, each with where it comes from: measured by this project, or another's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its unit, and its source: a command, a file of eval/results, a page, or "assumed"."""

    name: str
    value: float
    unit: str
    source: str


_SIZES = "python -m eval.scale.sizes --articles 150 (news)"
_INDEXED = "eval/results/indexing_late.json: 6,909 articles, 17,914 chunks, 826 MB, 14.0 chunks/s on 2 busy cores"
_CAPACITY = "qdrant.tech/documentation/capacity-planning"

CHUNKS: Final = Figure("chunks an article", 2.6, "", _INDEXED)
TOKENS: Final = Figure("tokens a chunk, with its title", 211, "", _SIZES)
TERMS: Final = Figure("terms a chunk, words and sounds", 217, "", _SIZES)
TEXT: Final = Figure("text an article, in UTF-8", 3_910, "bytes", _SIZES)
RATE: Final = Figure("chunks a second and core", 7.0, "", _INDEXED)
DIMENSIONS: Final = Figure("dimensions of a vector", 384, "", "the model, multilingual-e5-small")
LINKS: Final = Figure("links a point in the lowest layer of the graph", 32, "", "HNSW, m = 16 (arXiv 1603.09320)")
LINK: Final = Figure("a link", 4, "bytes", "a 32-bit number; higher layers add a fifteenth, left out")
POSTING: Final = Figure(
    "bytes a term, in the vector and in the posting list", 16, "bytes", "a 32-bit index or id and a float, twice"
)
RECORD: Final = Figure(
    "payload of a chunk: ids, hash, offsets, fields to filter by", 700, "bytes", "assumed; Qdrant says to measure it"
)
ROOM: Final = Figure("room for segments that are rebuilt, and for growth", 1.5, "times", _CAPACITY)
RESIDENT: Final = Figure("ids and versions in memory, a point", 64, "bytes", "assumed")
NODE_MEMORY: Final = Figure("memory of a node", 128, "GiB", "r8g.4xlarge: 16 vCPU, 128 GiB")
NODE_USED: Final = Figure("of it for the index", 0.75, "", "assumed: the rest is the system's and the page cache's")
NODE_PRICE: Final = Figure("price of a node", 0.9426, "$/h", "instances.vantage.sh, r8g.4xlarge on demand, us-east-1")
DISK_PRICE: Final = Figure("price of disk", 0.08, "$/GB and month", "AWS gp3, us-east-1, base throughput")
NODE_DISK: Final = Figure("disk of a node", 16_000, "GB", "largest gp3 volume, 16 TiB")
CORE_PRICE: Final = Figure("price of a core to encode", 0.0399, "$/h", "c8g.8xlarge, 1.276 $/h for 32 vCPU, us-east-1")
HOURS: Final = Figure("hours a month", 730, "", "365 x 24 / 12")

ALL: Final = (
    CHUNKS,
    TOKENS,
    TERMS,
    TEXT,
    RATE,
    DIMENSIONS,
    LINKS,
    LINK,
    POSTING,
    RECORD,
    RESIDENT,
    ROOM,
    NODE_MEMORY,
    NODE_USED,
    NODE_DISK,
    NODE_PRICE,
    DISK_PRICE,
    CORE_PRICE,
    HOURS,
)
