"""API keys: 32 random bytes each, of which only a digest is kept, in a file that is read again when it changes.

A key has so much entropy that one round of SHA-256 keeps it as safe as many would: nobody can guess it to try. Digests
are compared in constant time, with every key of the file, so that time tells nothing about them.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from indexer.errors import BadInput

Scope = Literal["read", "write", "admin"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
#: What every key begins with, so that people and secret scanners know one when they see it.
PREFIX: Final = "msd_"
SECRET: Final = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
NAME: Final = r"[a-z0-9][a-z0-9._-]{0,63}"
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


class ApiKey(BaseModel):
    """A key as the file has it.

    Attributes:
        digest: SHA-256 of the key, in hexadecimal.
        scopes: what it may do; none of them includes another.
        expires: from when on it is refused; None is never.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=f"^{NAME}$")]
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    scopes: frozenset[Scope]
    created: AwareDatetime
    expires: AwareDatetime | None = None

    def expired(self, now: datetime) -> bool:
        """Whether it is refused at this moment."""
        return self.expires is not None and now >= self.expires


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid")

    keys: tuple[ApiKey, ...] = ()


def digest_of(secret: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_key(secret: str, keys: Iterable[ApiKey]) -> ApiKey | None:
    """The key, whether or not it has expired; every digest is compared, wherever the right one stands."""
    if not SECRET.fullmatch(secret):
        return None
    digest, found = digest_of(secret), None
    for key in keys:
        if hmac.compare_digest(key.digest, digest):
            found = key
    return found


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The file that keys are kept in; processes that change it wait for each other."""

    path: Path

    def read(self) -> tuple[ApiKey, ...]:
        """The keys; none where there is no file.

        Raises:
            BadInput: it cannot be read, is not a key file, or others may change it.
        """
        try:
            with self.path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & _OTHERS_WRITE:
                    raise BadInput(
                        f"other users can change the key file {self.path}; forbid it: chmod go-w {self.path}"
                    )
                return _Content.model_validate_json(file.read()).keys
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise BadInput(f"the key file {self.path} cannot be read: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            place = ".".join(map(str, first["loc"])) or "the file"
            raise BadInput(
                f"the key file {self.path} is not as `masdar key create` writes it ({place}: {first['msg']}); "
                "correct it, or move it away and make the keys anew"
            ) from error

    def add(self, name: str, scopes: Iterable[Scope], expires: datetime | None = None) -> str:
        """Make a key and give it: it cannot be had a second time.

        Raises:
            BadInput: the name is not allowed or taken, there is no scope, or the file cannot be used.
        """
        allowed = frozenset(scopes)
        if not re.fullmatch(NAME, name):
            raise BadInput(
                f"the name {name!r} is not allowed; take up to 64 of a-z, 0-9, '.', '_', '-', a letter or digit first"
            )
        if not allowed:
            raise BadInput(f"a key without scopes can do nothing; give some of: {', '.join(SCOPES)}")
        secret = PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(name=name, digest=digest_of(secret), scopes=allowed, created=_now(), expires=expires)
        with self._locked():
            keys = self.read()
            if any(other.name == name for other in keys):
                raise BadInput(f"there is a key {name!r} already; take another name, or: masdar key revoke {name}")
            self._write((*keys, key))
        return secret

    def remove(self, name: str) -> None:
        """Revoke a key; a service that reads the file refuses it from its next request on.

        Raises:
            BadInput: there is none of this name, or the file cannot be used.
        """
        with self._locked():
            keys = self.read()
            kept = tuple(key for key in keys if key.name != name)
            if kept == keys:
                known = ", ".join(key.name for key in keys) or "none"
                raise BadInput(f"{self.path} has no key {name!r}; it has: {known}")
            self._write(kept)

    def _locked(self) -> FileLock:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"the folder {self.path.parent} cannot be made: {error.strerror}") from error
        return FileLock(f"{self.path}.lock", mode=0o600)

    def _write(self, keys: tuple[ApiKey, ...]) -> None:
        """Put another file in its place, whole or not at all; mkstemp makes it readable to its owner alone."""
        text = _Content(keys=keys).model_dump_json(indent=2, exclude_none=True)
        try:
            descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(text + "\n")
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self.path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise BadInput(f"the key file {self.path} cannot be written: {error.strerror}") from error


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
