"""Undoing the compression of an answer, piece by piece: a small body that swells is stopped while it does.

Content codings are those of RFC 9110 and RFC 8878 (gzip, br, zstd). No step makes more than some 2 MB at once,
whatever the ratio of compression is.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

import brotli
import zstandard

from indexer.errors import FetchRefused, FetchUnavailable

#: What is sent as ``Accept-Encoding``.
ACCEPTED: Final = "gzip, br, zstd"

_PIECE: Final = 1 << 16
#: A Zstandard block takes four bytes and gives up to 128 KiB: so little input gives at most 2 MB.
_ZSTD_STEP: Final = 64
_ZSTD_WINDOW: Final = 8 << 20  # what RFC 8878 lets a decoder ask for at most
_MOST_CODINGS: Final = 2

Step: TypeAlias = Callable[[Iterable[bytes]], Iterator[bytes]]


def decoded(chunks: Iterable[bytes], codings: str, max_bytes: int) -> bytes:
    """The body without its content codings.

    Args:
        chunks: the body as it comes.
        codings: the value of ``Content-Encoding``.
        max_bytes: what it may have, as it comes and after every step.

    Raises:
        FetchRefused: it has more, or a coding that was not asked for.
        FetchUnavailable: the compressed data are broken or cut off.
    """
    stream = counted(chunks, max_bytes)
    names = [name.strip().lower() for name in codings.split(",") if name.strip().lower() not in {"", "identity"}]
    if len(names) > _MOST_CODINGS:
        raise FetchRefused(f"the answer is compressed {len(names)} times over: {codings[:80]!r}")
    for name in reversed(names):
        if name not in _STEPS:
            raise FetchRefused(f"the answer is compressed by {name[:40]!r}; asked for were {ACCEPTED}")
        stream = counted(_STEPS[name](stream), max_bytes)
    return b"".join(stream)


def gunzip(data: bytes, max_bytes: int) -> bytes:
    """The contents of a .gz file. Raises as ``decoded`` does."""
    return b"".join(counted(_gzip([data]), max_bytes))


def counted(chunks: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    """Pass chunks on; FetchRefused once they have more than ``max_bytes`` together."""
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > max_bytes:
            raise FetchRefused(f"the answer has more than {max_bytes:,} bytes: it is not read")
        yield chunk


def _gzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    engine = zlib.decompressobj(31)
    for chunk in chunks:
        rest = chunk
        while rest:
            if engine.eof and not rest.startswith(b"\x1f"):
                return  # padding after the last member
            engine = zlib.decompressobj(31) if engine.eof else engine
            yield from _inflated(engine, rest)
            rest = engine.unused_data
    _check_end(engine.eof, "gzip")


def _inflated(engine: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    while True:
        try:
            piece = engine.decompress(data, _PIECE)
        except zlib.error as error:
            raise _broken("gzip", error) from error
        yield piece
        data = engine.unconsumed_tail
        if engine.eof or (not data and len(piece) < _PIECE):
            return


def _brotli(chunks: Iterable[bytes]) -> Iterator[bytes]:
    engine = brotli.Decompressor()
    try:
        for chunk in chunks:
            data = chunk
            while not engine.is_finished():
                piece = engine.process(data, output_buffer_limit=_PIECE)
                yield piece
                data = b""
                if not piece and engine.can_accept_more_data():
                    break
    except brotli.error as error:
        raise _broken("br", error) from error
    _check_end(engine.is_finished(), "br")


def _zstd(chunks: Iterable[bytes]) -> Iterator[bytes]:
    engine = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    try:
        for chunk in chunks:
            for start in range(0, len(chunk), _ZSTD_STEP):
                if engine.eof:  # further frames are not sent by servers, and not read
                    return
                yield engine.decompress(chunk[start : start + _ZSTD_STEP])
    except zstandard.ZstdError as error:
        raise _broken("zstd", error) from error
    _check_end(engine.eof, "zstd")


_STEPS: Final[dict[str, Step]] = {"gzip": _gzip, "x-gzip": _gzip, "br": _brotli, "zstd": _zstd}


def _check_end(complete: bool, coding: str) -> None:
    if not complete:
        raise FetchUnavailable(f"the answer breaks off: its {coding} data are incomplete")


def _broken(coding: str, error: Exception) -> FetchUnavailable:
    return FetchUnavailable(f"the answer cannot be decompressed ({coding}: {error})")
