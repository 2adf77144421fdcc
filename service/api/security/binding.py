"""Whether the service may listen where it is told to."""

from __future__ import annotations

from indexer.errors import BadInput
from service.api.security.hosts import is_loopback
from service.api.security.keyring import Keyring
from service.settings import Settings


def check_binding(settings: Settings) -> None:
    """Refuse to serve other machines without keys, unless that is what is wanted.

    Raises:
        BadInput: the address is reached from other machines, there are no keys, and nobody allowed that; or the key
            file cannot be used.
    """
    if is_loopback(settings.host) or settings.allow_open or not Keyring(settings.keys).open:
        return
    raise BadInput(
        f"other machines reach {settings.host!r}, and there are no keys in {settings.keys}: everyone could ask, and "
        "change the index. Make a key (masdar key create NAME), serve this machine alone (--host 127.0.0.1), or allow "
        "it (--allow-open)"
    )
