"""What made an index, kept beside it: an index opened with another encoder would fail silently, so it is refused."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from indexer.encoder import EncoderIdentity
from indexer.errors import BadInput, StoreDamaged, StoreMismatch
from indexer.late import DEFAULT_LATE, LateInteraction

#: Version of the files' layout: which collections, vectors and payload fields there are.
LAYOUT = 3
#: Version of folding, sentences, chunking and stemming. Raise it when any of them changes what is stored.
TEXT_PIPELINE = 2
FILE_NAME = "manifest.json"
#: There from before the shards of a new index until it is renamed to the manifest: shards beside it are unfinished.
UNFINISHED = f"{FILE_NAME}.new"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What must be the same when an index is made and when it is asked.

    Attributes:
        encoder: name of the model.
        weights: digest of everything that changes its vectors.
        dimensions: length of its vectors.
        chunk_tokens: token budget of a chunk.
        late: which token vectors are kept, and how.
        text_pipeline: version of the text handling.
        layout: version of the files.
    """

    encoder: str
    weights: str
    dimensions: int
    chunk_tokens: int
    late: LateInteraction = DEFAULT_LATE
    text_pipeline: int = TEXT_PIPELINE
    layout: int = LAYOUT

    @classmethod
    def of(cls, encoder: EncoderIdentity, chunk_tokens: int, late: LateInteraction = DEFAULT_LATE) -> Manifest:
        """The manifest of an index made now with this encoder."""
        return cls(encoder.name, encoder.weights, encoder.dimensions, chunk_tokens, late)

    def check(self, wanted: Manifest, place: str) -> None:
        """Refuse to use this index as if ``wanted`` had made it.

        The chunk budget may differ: it shapes new chunks and leaves old ones valid. So may late interaction: what the
        index keeps of token vectors was settled when it was made, and whoever writes to it or asks it follows that.

        Raises:
            StoreMismatch: naming what differs and what to do.
        """
        if replace(self, chunk_tokens=wanted.chunk_tokens, late=wanted.late) == wanted:
            return
        differences = [
            f"{name} {mine!r} instead of {theirs!r}"
            for name, mine, theirs in (
                ("encoder", self.encoder, wanted.encoder),
                ("weights", self.weights[:12], wanted.weights[:12]),
                ("dimensions", self.dimensions, wanted.dimensions),
                ("text pipeline", self.text_pipeline, wanted.text_pipeline),
                ("layout", self.layout, wanted.layout),
            )
            if mine != theirs
        ]
        raise StoreMismatch(
            f"the index {place} was made with {', '.join(differences)}; set the encoder that made it "
            "(MASDAR_ENCODER), or index the articles again into another folder (--store)"
        )


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of the index in ``folder``; keys that this version does not know are left aside.

    Raises:
        StoreDamaged: the file cannot be read or is not a manifest.
        StoreMismatch: another version of Masdar laid out the files.
    """
    path = folder / FILE_NAME
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(f"the manifest {path}", error) from error
    return manifest_of(values, f"the index {folder}", f"the manifest {path}")


def manifest_of(values: object, index: str, manifest: str) -> Manifest:
    """Read from what ``dataclasses.asdict`` made of a manifest; keys that this version does not know are left aside.

    Args:
        values: the mapping.
        index, manifest: what messages call them.

    Raises:
        StoreDamaged: it is not a manifest.
        StoreMismatch: another version of Masdar laid out the files.
    """
    try:
        layout = _value(values, "layout", int)
        if layout != LAYOUT:
            raise StoreMismatch(
                f"{index} has the layout {layout}, and this version of Masdar reads {LAYOUT}; use the "
                "version that made it, or index the articles again into another folder (--store)"
            )
        kinds: dict[str, type] = {"encoder": str, "weights": str, "late": dict}
        read = {field.name: _value(values, field.name, kinds.get(field.name, int)) for field in fields(Manifest)}
        return Manifest(**read | {"late": LateInteraction.of(read["late"])})
    except (ValueError, BadInput) as error:
        raise _unreadable(manifest, error) from error


def _unreadable(manifest: str, error: Exception) -> StoreDamaged:
    return StoreDamaged(
        f"{manifest} cannot be read ({error}); restore the folder from a backup or index the articles "
        "again into another folder (--store)"
    )


def _value(values: object, name: str, kind: type) -> Any:
    """A value of the manifest. Raises ValueError unless it is there and of its kind."""
    value = values.get(name) if isinstance(values, dict) else None
    if type(value) is not kind:
        raise ValueError(f"it has no {name!r} as an index's manifest does")
    return value


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest whole or not at all. Raises OSError."""
    temporary = folder / UNFINISHED
    with temporary.open("w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(manifest), indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / FILE_NAME)
