"""Reading whatever a person names: files, folders, addresses, readers of LlamaIndex. The one entry to all readers."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from indexer.errors import BadInput, MissingLibrary
from indexer.extras import needing
from indexer.sources.files import SourceFile, file_format, find_files, shown_path
from indexer.sources.formats import FORMATS
from indexer.sources.items import Loss, Problem, ReadOptions, SourceItem, undecodable

if TYPE_CHECKING:
    from indexer.sources.remote import Remote

#: How the names of sources begin that are no paths.
REMOTE = ("http://", "https://")
LLAMAINDEX = "llamaindex:"

_Root: TypeAlias = Callable[[ReadOptions], Iterator[SourceItem]]


def read_articles(
    sources: Iterable[Path | str], options: ReadOptions | None = None, remote: Remote | None = None
) -> Iterator[SourceItem]:
    """Read the articles of sources, in the order given, one at a time.

    Yields a SourceRecord for each article and a Problem for each thing that went wrong; nothing is
    lost in silence, and no problem stops the rest. Ids are not compared: two records may bear the same one.

    Args:
        sources: files and folders, each format compressed or not (.jsonl.gz); as strings also addresses
            of a page, a feed or a sitemap, and readers of LlamaIndex (`indexer.sources.llamaindex`).
        options: how records become articles.
        remote: what fetches addresses.

    Raises:
        BadInput: at once, before anything is read, for a path that does not exist, a file whose
            extension names no format, or an address where there is no `remote`.
        MissingLibrary: at once, for a source that needs a library that is not installed.
    """
    roots = [_root(source, remote) for source in sources]
    return _read(roots, options or ReadOptions())


def is_path(source: Path | str) -> bool:
    """Whether a source is a file or folder of this machine."""
    return not str(source).startswith((*REMOTE, LLAMAINDEX))


def _root(source: Path | str, remote: Remote | None) -> _Root:
    if is_path(source):
        return partial(_read_path, _checked(Path(source)))
    if str(source).startswith(LLAMAINDEX):
        from indexer.sources.llamaindex import read_llamaindex

        return partial(read_llamaindex, str(source))
    if remote is None:
        raise BadInput(f"{source} is an address: only files and folders are read here")
    with needing("sources", "fetching pages and feeds"):
        from indexer.sources.remote import read_remote
    return partial(read_remote, str(source), remote)


def _checked(path: Path) -> Path:
    try:
        exists = path.exists()
    except OSError as error:
        raise BadInput(f"{shown_path(path)} cannot be reached ({error.strerror}): check it") from error
    if not exists:
        raise BadInput(f"{shown_path(path)} does not exist: check the path")
    if not path.is_dir() and not path.is_file():
        raise BadInput(f"{shown_path(path)} is neither a file nor a folder: write its contents to a file first")
    if path.is_file():
        _check_format(path)
    return path


def _check_format(path: Path) -> None:
    known = FORMATS.get(file_format(path))
    if known is None:
        raise BadInput(f"{shown_path(path)} is of no format that is read: name it as one of {', '.join(FORMATS)}")
    if not known.available:
        raise MissingLibrary(
            f"{shown_path(path)} needs the package {known.library}, which is not installed; "
            f"run: pip install 'masdar[{known.extra}]'"
        )


def _read(roots: Iterable[_Root], options: ReadOptions) -> Iterator[SourceItem]:
    for root in roots:
        yield from root(options)


def _read_path(root: Path, options: ReadOptions) -> Iterator[SourceItem]:
    readable = [name for name, known in FORMATS.items() if known.available]
    missing = {name: f"masdar[{known.extra}]" for name, known in FORMATS.items() if not known.available}
    files = find_files(root, readable, missing) if root.is_dir() else [SourceFile(root, root.name)]
    for file in files:
        if isinstance(file, Problem):
            yield file
        else:
            yield from _read_file(file, options)


def _read_file(file: SourceFile, options: ReadOptions) -> Iterator[SourceItem]:
    """Yield what one file gives; a fault of the file as a whole becomes its last item."""
    empty = True
    known = FORMATS[file_format(file.path)]
    try:
        with known.opened(file) as opened:
            for item in known.read(opened, options):
                empty = False
                yield item
    except UnicodeDecodeError as error:
        yield Problem(file.shown, None, f"{undecodable(error)}; the rest of the file was not read", Loss.FILE)
    except BadInput as refusal:
        yield Problem(file.shown, None, str(refusal), Loss.FILE)
    except (OSError, EOFError, zlib.error) as error:  # the last two: a damaged .gz
        reason = f"cannot be read ({error}); the rest of the file is lost: check the file and its permissions"
        yield Problem(file.shown, None, reason, Loss.FILE)
    else:
        if empty:
            yield Problem(file.shown, None, "no records: the file is empty, blank or only a header", Loss.FILE)
