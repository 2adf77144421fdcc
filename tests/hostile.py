"""Where servers may try to lead us, and what they may send: for the tests of fetching and of feeds."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

from web_server import Site

from indexer.fetching.addresses import AddressGuard


def targets() -> list[tuple[str, str]]:
    """Where a server may try to lead us: what it is, and the address."""
    return [
        ("cloud metadata", "http://169.254.169.254/latest/meta-data/"),
        ("metadata by IPv6", "http://[fd00:ec2::254]/latest/meta-data/"),
        ("metadata mapped", "http://[::ffff:169.254.169.254]/"),
        ("Azure's host", "http://168.63.129.16/"),
        ("localhost", "http://localhost:6379/"),
        ("loopback", "http://127.0.0.1:6379/"),
        ("loopback short", "http://127.1/"),
        ("loopback hex", "http://0x7f000001/"),
        ("loopback number", "http://2130706433/"),
        ("loopback IPv6", "http://[::1]/"),
        ("any address", "http://0.0.0.0/"),
        ("private", "http://10.0.0.1/"),
        ("private 172", "http://172.16.0.1/"),
        ("private 192", "http://192.168.0.1/"),
        ("carrier", "http://100.64.0.1/"),
        ("link-local", "http://[fe80::1]/"),
        ("unique local", "http://[fc00::1]/"),
        ("multicast", "http://224.0.0.1/"),
        ("multicast IPv6", "http://[ff02::1]/"),
        ("translated", "http://[64:ff9b::7f00:1]/"),
        ("6to4", "http://[2002:7f00:1::]/"),
        ("Teredo", "http://[2001:0:7f00:1::]/"),
        ("file", "file:///etc/passwd"),
        ("ftp", "ftp://news.example/x"),
        ("gopher", "gopher://127.0.0.1:6379/_x"),
        ("script", "javascript:alert(1)"),
        ("data", "data:text/html,x"),
        ("user name", "http://news.example@127.0.0.1/"),
    ]


def resolving(host: str, port: int, **more: Any) -> Any:
    """What the system makes of an address in any spelling, without name servers: localhost is this machine."""
    name = "127.0.0.1" if host == "localhost" else host
    try:
        address = socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, name))
    except OSError:
        address = socket.inet_ntoa(socket.inet_aton(name))
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


class OnlyTheSite(AddressGuard):
    """Lets the test's own server through by its port, and judges every other address as it is."""

    def __init__(self, site: Site) -> None:
        super().__init__(resolver=resolving)
        self._port = int(site.address.rsplit(":", 1)[1])
        self.connected: list[str] = []

    def addresses(self, host: str, port: int) -> list[str]:
        if port == self._port:
            return ["127.0.0.1"]
        self.connected += super().addresses(host, port)
        return self.connected


def endless() -> Iterator[bytes]:
    while True:
        yield b"<p>" + b"x" * 65_536


LAUGHS = (
    '<!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
QUADRATIC = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]>'
EXTERNAL = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
EXTERNAL_HTTP = '<!DOCTYPE rss [<!ENTITY a SYSTEM "http://169.254.169.254/latest/">]>'
PARAMETER = '<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://127.0.0.1/x.dtd"> %a;]>'
BOMBS = {
    "billion laughs": (LAUGHS, "&i;"),
    "quadratic blow-up": (QUADRATIC, "&a;" * 1000),
    "external file": (EXTERNAL, "&a;"),
    "external address": (EXTERNAL_HTTP, "&a;"),
    "parameter entity": (PARAMETER, "x"),
}


def bombed(name: str, kind: str) -> bytes:
    """A feed or a sitemap with the bomb of that name in it."""
    head, use = BOMBS[name]
    if kind == "feed":
        entry = f"<item><link>/news/1</link><description>{use}</description></item>"
        body = f'<rss version="2.0"><channel>{entry}</channel></rss>'
    else:
        head = head.replace("DOCTYPE rss", "DOCTYPE urlset")
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{use}</loc></url></urlset>'
    return f'<?xml version="1.0"?>{head}{body}'.encode()
