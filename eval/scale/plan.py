"""The arithmetic: how large an index is, what of it must be in memory, how many machines that takes, what they cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

from eval.scale import figures as of
from indexer.errors import BadInput
from indexer.late import LateInteraction
from indexer.store.server_place import Scale

#: Bytes a dimension, by datatype and by quantisation.
_DATATYPES = {"float32": 4.0, "float16": 2.0, "turbo8": 1.0, "turbo4": 0.5}
_QUANTISED = {"none": 4.0, "scalar": 1.0, "turbo": 0.5}
GB, TB = 1e9, 1e12


@dataclass(frozen=True, slots=True)
class Layout:
    """How an index is laid out: what Masdar's settings for a server say, and for token vectors."""

    name: str
    scale: Scale
    late: LateInteraction


#: How we would lay out each order of magnitude.
SINGLE = Layout("one node", Scale(), LateInteraction())
LARGE = Layout("quantised", Scale(on_disk=True, quantisation="scalar", replicas=2), LateInteraction())
LARGEST = Layout(
    "lean",
    Scale(on_disk=True, quantisation="turbo", replicas=2),
    LateInteraction(tokens="words", pooling=2),
)
LAYOUTS = {layout.name: layout for layout in (SINGLE, LARGE, LARGEST)}
#: Of the token vectors, the part that is kept where function words are left out (docs/decisions/0008-late-settings.md).
_WORDS_KEPT = 0.6 * 150 / 211
_CONTENT_KEPT = 150 / 211


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes of one chunk on disk."""

    dense: float
    quantised: float
    tokens: float
    terms: float
    graph: float
    text: float
    record: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.dense + self.quantised + self.tokens + self.terms + self.graph + self.text + self.record


@dataclass(frozen=True, slots=True)
class Plan:
    """What an index of so many articles needs.

    Attributes:
        articles, layout: what was asked.
        chunk: bytes of a chunk on disk, in one copy.
        disk, memory: bytes of all copies; memory is what must be in RAM for searches not to wait for the disk.
        shards: parts, each with as much memory as one node offers.
        nodes: machines that hold all copies.
        core_hours: hours of one core to encode everything once.
        monthly: dollars a month for machines and disks; ``encoding`` dollars, once.
    """

    articles: float
    layout: Layout
    chunk: Chunk
    disk: float
    memory: float
    shards: int
    nodes: int
    core_hours: float
    monthly: float
    encoding: float

    @property
    def chunks(self) -> float:
        """How many chunks the articles have."""
        return self.articles * of.CHUNKS.value


def chunk_of(layout: Layout) -> Chunk:
    """Bytes of a chunk on disk."""
    dimensions = of.DIMENSIONS.value
    quantised = _QUANTISED[layout.scale.quantisation] * dimensions
    return Chunk(
        dense=4 * dimensions,
        quantised=quantised if layout.scale.quantisation != "none" else 0.0,
        tokens=_kept(layout.late) * dimensions * _DATATYPES[layout.late.datatype],
        terms=of.TERMS.value * of.POSTING.value,
        graph=of.LINKS.value * of.LINK.value,
        text=of.TEXT.value / of.CHUNKS.value,
        record=of.RECORD.value,
    )


def _kept(late: LateInteraction) -> float:
    """Token vectors that are kept of a chunk."""
    if not late.on:
        return 0.0
    share = {"words": _WORDS_KEPT, "content": _CONTENT_KEPT}.get(late.tokens, 1.0)
    return of.TOKENS.value * share / late.pooling


def memory_of(layout: Layout) -> float:
    """Bytes a chunk that must be in memory: what every search goes through, and ids.

    With vectors on disk these are the quantised ones and the graph; posting lists, the token vectors of some hundred
    candidates and the articles come from disk. Without, everything but token vectors and text.
    """
    chunk = chunk_of(layout)
    resident = of.RESIDENT.value + chunk.graph + _QUANTISED[layout.scale.quantisation] * of.DIMENSIONS.value
    return resident if layout.scale.on_disk else resident + chunk.terms


def plan(articles: float, layout: Layout) -> Plan:
    """The plan for so many articles.

    Raises:
        BadInput: the number is not positive, or none.
    """
    if not 1 <= articles < math.inf:
        raise BadInput(f"--articles is {articles:g}; give 1 or more")
    chunks, copies = articles * of.CHUNKS.value, layout.scale.replicas
    chunk = chunk_of(layout)
    memory = chunks * memory_of(layout) * of.ROOM.value
    disk = chunks * chunk.total * of.ROOM.value
    room = of.NODE_MEMORY.value * 2**30 * of.NODE_USED.value
    shards = max(1, math.ceil(memory / room), math.ceil(disk / (of.NODE_DISK.value * GB)))
    nodes, core_hours = shards * copies, chunks / of.RATE.value / 3600
    machines = nodes * of.NODE_PRICE.value * of.HOURS.value
    return Plan(
        articles,
        layout,
        chunk,
        disk * copies,
        memory * copies,
        shards,
        nodes,
        core_hours,
        machines + disk * copies / GB * of.DISK_PRICE.value,
        core_hours * of.CORE_PRICE.value,
    )


def layout_for(articles: float) -> Layout:
    """How we would lay out an index of so many articles."""
    if articles <= 5e6:
        return SINGLE
    return LARGE if articles <= 1e9 else LARGEST
