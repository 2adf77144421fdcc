"""Find a question set by folder or by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eval import article_set, datasets
from eval.datasets import Dataset, datasets_folder, load_beir
from eval.errors import DatasetAbsent
from eval.public_sets import PUBLIC_SETS, PublicSet, fetch
from indexer.encoder.cache import default_cache_dir
from indexer.errors import BadInput


def find_dataset(given: str, data: Path | None, public: Mapping[str, PublicSet] = PUBLIC_SETS) -> Dataset:
    """The question set that ``--dataset`` names.

    A folder comes first, then a folder of that name under ``data`` or ``MASDAR_DATASETS``, then a public set, which is
    fetched into the user's cache folder.

    Raises:
        DatasetAbsent: there is none of that name.
        BadInput: its files cannot be used.
    """
    folder = Path(given)
    if not _holds_a_set(folder):
        folder = _named(given, data) or _fetched(given, public) or _absent(given, data, public)
    if article_set.is_article_set(folder):
        return article_set.load_article_set(folder)
    return load_beir(folder)


def _holds_a_set(folder: Path) -> bool:
    """Whether any file of a question set is there: a folder that only has the name of one must not hide it."""
    return any((folder / name).is_file() for name in (*datasets.FILES, *article_set.FILES))


def _named(name: str, data: Path | None) -> Path | None:
    try:
        folder = datasets_folder(data) / name
    except BadInput:
        if data:  # a folder was named and is none; without one, a public set may do
            raise
        return None
    return folder if _holds_a_set(folder) else None


def _fetched(name: str, public: Mapping[str, PublicSet]) -> Path | None:
    return fetch(name, public[name], default_cache_dir() / "datasets") if name in public else None


def _absent(given: str, data: Path | None, public: Mapping[str, PublicSet]) -> Path:
    try:
        parent = datasets_folder(data)
    except BadInput as error:
        raise DatasetAbsent(
            f"there is no question set {given!r}: no folder of that name here has one, and {error}"
        ) from error
    found = [entry.name for entry in sorted(parent.iterdir()) if _holds_a_set(entry)]
    names = ", ".join([*found, *public]) or "none"
    raise DatasetAbsent(f"there is no question set {given!r}; in {parent} there are: {names}")
