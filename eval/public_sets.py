"""Public question sets that can be fetched by name, each file pinned by its SHA-256.

The register is empty: no set is in it whose address and checksum were not checked by hand. To add one, name three
files in the layout of BEIR at addresses that do not change (a commit, not a branch)::

    PUBLIC_SETS = {
        "name": PublicSet(
            {
                "corpus.jsonl": PinnedFile("https://...", "<sha256>"),
                "queries.jsonl": PinnedFile("https://...", "<sha256>"),
                "qrels.tsv": PinnedFile("https://...", "<sha256>"),
            },
            licence="CC-BY-SA 4.0",
        ),
    }
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.errors import DatasetAbsent
from eval.extras import library
from indexer.errors import BadInput


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """Where a file is, and its SHA-256 in hex."""

    url: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PublicSet:
    """The files of a question set by the names they get, and the licence of what is in them."""

    files: Mapping[str, PinnedFile]
    licence: str


PUBLIC_SETS: Mapping[str, PublicSet] = {}


def fetch(name: str, public: PublicSet, cache: Path) -> Path:
    """The folder of a public set, fetched where it is not in ``cache`` yet.

    A file gets its name only when its checksum is right; one in the cache is checked again each time.

    Raises:
        BadInput: what was fetched has another checksum, or ``pooch`` is not installed.
        DatasetAbsent: a file cannot be fetched or written.
    """
    pooch = library("pooch")
    pooch.get_logger().setLevel(logging.WARNING)
    folder = cache / name
    for file_name, file in public.files.items():
        try:
            pooch.retrieve(file.url, known_hash=f"sha256:{file.sha256}", fname=file_name, path=folder)
        except ValueError as error:
            raise BadInput(f"{file.url} is not the file that is pinned for {name!r}: {error}") from error
        except OSError as error:  # requests' exceptions are of this kind
            raise DatasetAbsent(
                f"the question set {name!r} is not in {folder}, and {file.url} cannot be fetched ({error}); try again "
                "with a network, or put its files into a folder and name that"
            ) from error
    return folder
