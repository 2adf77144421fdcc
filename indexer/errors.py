"""What can go wrong, as one tree of exceptions.

MasdarError            (eval/errors.py adds what can go wrong when measuring)
├── BadInput           the caller's file, record, question or option cannot be used
│   └── BadRecord      one record of a source; the rest of the source goes on
├── EncoderError       the model cannot be built, read or run
│   ├── DamagedWeights    the bundled weights are not the file that this version reads
│   └── CacheUnusable     the folder for built models cannot be written
├── EndpointError      a model behind an address cannot be asked
│   ├── EndpointRefused      the key, the model or the address is wrong: trying again will not help
│   ├── EndpointUnavailable  no answer, too many requests, or a fault of the server, after all tries
│   └── EndpointBadReply     an answer that makes no sense
├── ServiceError       a running service of Masdar cannot be reached, or refuses
├── ClusterError       the Ray cluster that is to index cannot be reached or started, or failed
├── FetchError         a page, feed or file of another machine cannot be had
│   ├── FetchRefused         not allowed, or not what is read: trying again will not help
│   │   └── FetchGone           there is nothing at that address (any more)
│   └── FetchUnavailable     no answer in time, a broken one, or a fault of the server, after all tries
├── MissingLibrary     what was asked for needs packages that are not installed
└── StoreError         the index cannot be opened, read or written
    ├── StoreMissing      there is no index there yet
    ├── StoreLocked       another process has the index open
    ├── StoreMismatch     the index was made by another encoder or text pipeline
    ├── StoreDamaged      files of the index are missing or unreadable
    ├── StoreUnreachable   the Qdrant server gave no answer, or failed, after all tries
    ├── StoreRefused       the Qdrant server wants another key
    └── StoreServerTooOld  the Qdrant server lacks what an index needs

Every message names the value, what is allowed, and the next step.
"""

from __future__ import annotations


class MasdarError(Exception):
    """Anything that Masdar reports to a person in one sentence; the command line prints it without a trace."""

    exit_code = 1


class BadInput(MasdarError):
    """The caller's file, record, question or option cannot be used as it is."""

    exit_code = 2


class BadRecord(BadInput):
    """One record of a source is unusable; reported with file, line and reason while the rest goes on."""

    def __init__(self, path: str, line: int | None, reason: str) -> None:
        super().__init__(path, line, reason)
        self.path = path
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.reason}"


class EncoderError(MasdarError):
    """The model cannot be built, read or run."""

    exit_code = 3


class DamagedWeights(EncoderError):
    """The bundled weights are not the file that this version of Masdar reads."""


class CacheUnusable(EncoderError):
    """The folder for built models cannot be created or written."""


class EndpointError(MasdarError):
    """A model behind an address cannot be asked."""

    exit_code = 5


class EndpointRefused(EndpointError):
    """The key, the model or the address is wrong; trying again will not help."""


class EndpointUnavailable(EndpointError):
    """No answer in time, too many requests, or a fault of the server, after all tries."""


class EndpointBadReply(EndpointError):
    """An answer that makes no sense: the wrong number of vectors, of other lengths, not numbers."""


class ServiceError(MasdarError):
    """A running service of Masdar cannot be reached, or refuses what it is asked."""

    exit_code = 6


class ClusterError(MasdarError):
    """The Ray cluster that is to index cannot be reached, cannot be started, or failed; not just a worker of it."""

    exit_code = 6


class FetchError(MasdarError):
    """A page, feed or file of another machine cannot be had."""

    exit_code = 6


class FetchRefused(FetchError):
    """An address, a size or a kind of content that is not allowed; trying again will not help."""


class FetchGone(FetchRefused):
    """The server says that there is nothing at that address, or nothing any more (404, 410)."""


class FetchUnavailable(FetchError):
    """No answer in time, a broken one, or a fault of the server, after all tries."""


class MissingLibrary(MasdarError):
    """What was asked for needs packages that are not installed; the message names the extra that brings them."""

    exit_code = 2


class StoreError(MasdarError):
    """The index cannot be opened, read or written."""

    exit_code = 4


class StoreMissing(StoreError):
    """There is no index at that place yet."""


class StoreLocked(StoreError):
    """Another process has the index open; an embedded index belongs to one process at a time."""


class StoreMismatch(StoreError):
    """The index was made by another encoder or another version of the text pipeline."""


class StoreDamaged(StoreError):
    """Files of the index are missing or unreadable."""


class StoreUnreachable(StoreError):
    """The Qdrant server gave no answer, failed, or had too many requests, after all tries."""


class StoreRefused(StoreError):
    """The Qdrant server does not let this key do what was asked."""


class StoreServerTooOld(StoreError):
    """The Qdrant server is of a version that lacks what an index needs."""
