"""What the extra ``models`` installs, imported when it is first needed, and what identifies a model of it."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.errors import EncoderError

#: Files that decide what a model computes. Not the card, nor the same weights for other runtimes.
_DECIDING = (".json", ".safetensors", ".bin", ".model", ".txt")
_LEFT_OUT = ("training_args.bin", "optimizer.bin", "requirements.txt")


def library(name: str, model: str = "") -> Any:
    """A library of the extra ``models``.

    Args:
        name: the package.
        model: the model that it is for.

    Raises:
        EncoderError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        needing = f"the model {model!r} needs" if model else "models of Sentence Transformers need"
        raise EncoderError(f"{needing} the package {name} ({error}); run: pip install 'masdar[models]'") from error


def load(kind: str, name: str, *, half: bool = False) -> Any:
    """A ``SentenceTransformer`` or a ``CrossEncoder``, on a GPU where there is one.

    Code that a model brings along is not run.

    Raises:
        EncoderError: the libraries are not installed, or the model is not there or cannot be read.
    """
    torch, transformers = library("torch", name), library("sentence_transformers", name)
    precision = {"model_kwargs": {"dtype": torch.float16}} if half else {}
    try:
        return getattr(transformers, kind)(name, **precision)
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError) as error:
        said = (str(error) or type(error).__name__).split("\n", 1)[0]
        raise EncoderError(
            f"the model {name!r} cannot be loaded ({said}); give a folder, or a name on the Hugging Face Hub, of a "
            f"model that Sentence Transformers reads as a {kind}"
        ) from error


def model_folder(name: str) -> Path:
    """The folder of a model that was loaded: ``name`` itself, or its snapshot in the Hub's cache.

    Raises:
        EncoderError: it is in neither.
    """
    if Path(name).is_dir():
        return Path(name)
    hub = library("huggingface_hub")
    try:
        return Path(hub.snapshot_download(name, local_files_only=True))
    except (OSError, ValueError) as error:
        raise EncoderError(f"the model {name!r} is not in the cache of the Hugging Face Hub; load it again") from error


def short_name(name: str) -> str:
    """The name that an index remembers: a folder's last part, so that the folder may be moved."""
    return Path(name).resolve().name if Path(name).is_dir() else name


def digest(folder: Path, *settings: str) -> str:
    """SHA-256 over a model's weights, configuration and tokenizer, by name, and over settings that change vectors."""
    total = hashlib.sha256("\0".join(settings).encode())
    for path in _files(folder):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"\0{path.relative_to(folder).as_posix()}\0{content}".encode())
    return total.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """The deciding files of the folder and of its modules' folders, in order."""
    modules = folder / "modules.json"
    parts = (
        {"", *(one.get("path", "") for one in json.loads(modules.read_text("utf-8")))} if modules.is_file() else {""}
    )
    for part in sorted(parts):
        for path in sorted((folder / part).iterdir()):
            if path.suffix in _DECIDING and path.name not in _LEFT_OUT and path.is_file():
                yield path
