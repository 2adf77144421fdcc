"""The keys that a running service knows: those of its key file, as it is at this moment."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import structlog

from indexer.errors import BadInput
from service.api.security.keys import ApiKey, KeyFile, find_key

_Signature = tuple[int, int, int]
_log = structlog.stdlib.get_logger(__name__)


class Keyring:
    """Keys of a file that is read again whenever it changes.

    The service is open only as long as there has been no key file: one that appears closes it at once, and one that is
    emptied or taken away leaves it closed. A file that becomes unreadable leaves the keys as they were, with an error
    in the log: whoever revokes a key does so with ``masdar key revoke``, which leaves a readable one.

    Args:
        path: the key file.

    Raises:
        BadInput: it is there and cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._file = KeyFile(path)
        self._seen = self._signature()
        self._keys = self._file.read()
        self._closed = self._seen is not None

    @property
    def open(self) -> bool:
        """Whether nobody needs a key."""
        self._refresh()
        return not self._closed

    @property
    def keys(self) -> tuple[ApiKey, ...]:
        """The keys as the file has them now."""
        self._refresh()
        return self._keys

    def find(self, secret: str) -> ApiKey | None:
        """The key, unless it is unknown or has expired."""
        key = find_key(secret, self.keys)
        return None if key is None or key.expired(datetime.now(UTC)) else key

    def _refresh(self) -> None:
        now = self._signature()
        if now == self._seen:
            return
        self._seen = now
        self._closed = True
        try:
            self._keys = self._file.read()
        except BadInput as error:
            _log.error("key file unusable, keys stay as they were", reason=str(error))
        else:
            _log.info("keys read", keys=len(self._keys))

    def _signature(self) -> _Signature | None:
        """What changes with the file: a replaced one has another inode, whatever its time."""
        try:
            found = self._file.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
