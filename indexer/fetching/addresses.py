"""Which addresses may be reached: public ones, and those that the settings allow.

A name is looked up here, once for a connection, and the connection is made to the address that was
checked. A name that answers otherwise the next time (DNS rebinding) gains nothing, and neither do
odd spellings of an address (``0x7f.1``, ``2130706433``): what they resolve to is what is checked.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, TypeAlias

from indexer.errors import BadInput, FetchRefused, FetchUnavailable

Address: TypeAlias = IPv4Address | IPv6Address
Resolver: TypeAlias = Callable[..., Iterable[tuple[Any, ...]]]

#: Global unicast (RFC 4291); outside it are loopback, link-local, private, multicast and mapped addresses.
_UNICAST: Final = IPv6Network("2000::/3")
#: IPv4 inside IPv6 by translation (RFC 6052): where the four last bytes are the address that is reached.
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
#: Public by number, private by use.
_NOT_PUBLIC: Final = (
    IPv4Network("168.63.129.16/32"),  # Azure's host, from every machine there
    IPv4Network("192.0.0.0/24"),  # protocol assignments (RFC 6890); 192.0.0.192 has Oracle's metadata
    IPv4Network("192.88.99.0/24"),  # relays of 6to4, withdrawn
    IPv6Network("2001::/23"),  # protocol assignments: Teredo, ORCHID, benchmarking
    IPv6Network("2002::/16"),  # 6to4 (RFC 3056): an IPv4 address of anyone's choice inside
)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, as one machine there."""
    if isinstance(address, IPv6Address):
        if address in _TRANSLATED:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _UNICAST:
            return False
    if any(address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class AddressGuard:
    """Looks names up and lets only allowed addresses through.

    Args:
        allow: networks (or single addresses) that are allowed though they are not public.
        resolver: what looks names up; answers as ``socket.getaddrinfo`` does.

    Raises:
        BadInput: an entry of ``allow`` is no network.
    """

    def __init__(self, allow: Iterable[str] = (), resolver: Resolver = socket.getaddrinfo) -> None:
        self._allowed = tuple(_network(text) for text in allow)
        self._resolver = resolver

    def allows(self, address: Address) -> bool:
        """Whether a connection to this address may be made."""
        if any(address in network for network in self._allowed):
            return True
        return is_public(address)

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host, to connect to as they are.

        Raises:
            FetchRefused: one of them is not allowed; a name with a public and a private address is a trap.
            FetchUnavailable: the name is not known, or cannot be looked up.
        """
        if _is_address(host):
            self._check(host, host)
            return [host]
        try:
            found = self._resolver(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # a label that is too long is a UnicodeError
            raise FetchUnavailable(f"{host} cannot be looked up ({error}): check the address") from error
        texts = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for text in texts:
            self._check(host, text)
        if not texts:
            raise FetchUnavailable(f"{host} has no address: check the name")
        return texts

    def _check(self, host: str, text: str) -> None:
        try:
            allowed = self.allows(ip_address(text))
        except ValueError:  # an address with a zone that is not one, or of another family
            allowed = False
        if not allowed:
            named = text if text == host else f"{host} ({text})"
            raise FetchRefused(
                f"{named} is not an address of the public internet; "
                "where it is yours and meant, allow its network: MASDAR_FETCH_ALLOW"
            )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is no network: write it as 10.0.0.7 or 10.0.0.0/24") from error
