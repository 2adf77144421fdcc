"""Which addresses may be reached: the table of what is refused, and that nothing private ever gets through."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import BadInput, FetchRefused, FetchUnavailable
from indexer.fetching.addresses import AddressGuard, is_public
from indexer.fetching.urls import checked_url, page_key, same_site

PRIVATE = (
    *("127.0.0.1", "127.255.255.254", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1"),
    *("198.18.0.1", "192.88.99.1"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::7f00:1", "::ffff:0:7f00:1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1"),
    *("fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1", "100::1", "5f00::1"),
)
PUBLIC = ("8.8.8.8", "1.1.1.1", "192.0.1.1", "2606:4700::1111", "64:ff9b::808:808", "2a00:1450:4001::1")


def answers(*addresses: str) -> Callable[..., Iterable[tuple[Any, ...]]]:
    """A resolver that gives these addresses for every name."""

    def resolve(host: str, port: int, **more: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused_whatever_name_leads_there(address: str) -> None:
    with pytest.raises(FetchRefused, match=r"not an address of the public internet.*MASDAR_FETCH_ALLOW"):
        AddressGuard(resolver=answers(address)).addresses("news.example", 80)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert AddressGuard(resolver=answers(address)).addresses("news.example", 80) == [address]


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    with pytest.raises(FetchRefused, match=r"news\.example \(10\.0\.0\.1\)"):
        AddressGuard(resolver=answers("8.8.8.8", "10.0.0.1")).addresses("news.example", 80)


def test_a_network_of_the_settings_is_allowed_and_no_more() -> None:
    guard = AddressGuard(["10.0.0.0/24"], answers("10.0.0.9"))
    assert guard.addresses("desk.example", 80) == ["10.0.0.9"]
    with pytest.raises(FetchRefused):
        AddressGuard(["10.0.0.0/24"], answers("10.0.1.9")).addresses("desk.example", 80)


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(BadInput, match=r"'10\.0\.0\.7/8' is no network"):
        AddressGuard(["10.0.0.7/8"])


@pytest.mark.parametrize("spelled", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "localhost"])
def test_odd_spellings_of_this_machine_are_refused(spelled: str) -> None:
    def resolve(host: str, port: int, **more: Any) -> Any:
        # What the system's own parser makes of these spellings, without asking a name server.
        return socket.getaddrinfo(
            "127.0.0.1" if host == "localhost" else socket.inet_ntoa(socket.inet_aton(host)), port
        )

    with pytest.raises(FetchRefused, match=r"127\.0\.0\.1"):
        AddressGuard(resolver=resolve).addresses(spelled, 80)


def test_a_name_that_nobody_knows_is_named() -> None:
    def unknown(host: str, port: int, **more: object) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(FetchUnavailable, match=r"nowhere\.example cannot be looked up"):
        AddressGuard(resolver=unknown).addresses("nowhere.example", 80)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_as_public_inside_ipv6_as_by_itself_or_less(address: IPv4Address) -> None:
    mapped = IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed)
    translated = IPv6Address(IPv6Address("64:ff9b::").packed[:12] + address.packed)
    six_to_four = IPv6Address(b"\x20\x02" + address.packed + b"\0" * 10)
    assert not is_public(mapped)
    assert not is_public(six_to_four)
    assert is_public(translated) == is_public(address)


@given(
    st.sampled_from(["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"]),
    st.integers(0, 2**32 - 1),
)
def test_no_address_of_a_private_network_is_public(network: str, number: int) -> None:
    inside = IPv4Network(network)
    assert not is_public(inside[number % inside.num_addresses])


@given(st.ip_addresses(v=6))
def test_public_ipv6_is_global_unicast_or_translated(address: IPv6Address) -> None:
    if is_public(address):
        assert address in IPv6Network("2000::/3") or address in IPv6Network("64:ff9b::/96")


# Addresses of pages


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("file:///etc/passwd", "not http"),
        ("ftp://news.example/a", "not http"),
        ("gopher://127.0.0.1:6379/_FLUSHALL", "not http"),
        ("javascript:alert(1)", "not http"),
        ("data:text/html,x", "not http"),
        ("//news.example/a", "not http"),
        ("news.example/a", "not http"),
        ("http:///a", "no host"),
        ("http://news.example:0/", "no host"),
        ("http://news.example:99999/", "no host"),
        ("http://user:word@news.example/", "user name"),
        ("http://news.example@127.0.0.1/", "user name"),
        ("http://news.example\\@127.0.0.1/", r"U\+005C"),
        ("http://news.example/\r\nHost: x", r"U\+000D"),
        ("http://news.example/\0", r"U\+0000"),
        ("http://[::1", "no address"),
        ("http://" + "a" * 3000, "characters of 2,048"),
    ],
)
def test_what_is_no_address_of_a_page_is_refused(text: str, why: str) -> None:
    with pytest.raises(FetchRefused, match=why):
        checked_url(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://News.Example:443/a?utm_source=x&id=7#top", "https://news.example/a?id=7"),
        ("http://news.example/a?fbclid=1", "http://news.example/a"),
        ("https://news.example", "https://news.example"),
        ("https://news.example/خبر", "https://news.example/%D8%AE%D8%A8%D8%B1"),
        ("https://news.example/خبر جديد", "https://news.example/%D8%AE%D8%A8%D8%B1%20%D8%AC%D8%AF%D9%8A%D8%AF"),
    ],
)
def test_one_page_has_one_key(text: str, key: str) -> None:
    assert page_key(checked_url(text)).rstrip("/") == key.rstrip("/")


def test_sites_are_compared_without_the_prefix_of_their_phone_pages() -> None:
    one, other, third = map(
        checked_url, ("https://www.news.example/a", "https://m.news.example/b", "https://x.example")
    )
    assert same_site(one, other)
    assert not same_site(one, third)


@given(st.text(max_size=60) | st.from_regex(r"https?://[a-zA-Z0-9@.:\[\]/\\?#%-]{0,40}", fullmatch=True))
def test_whatever_is_accepted_is_http_with_a_host_and_keeps_its_key(text: str) -> None:
    try:
        url = checked_url(text)
    except FetchRefused:
        return
    assert url.scheme in {"http", "https"}
    assert url.host
    assert not url.userinfo
    assert page_key(checked_url(page_key(url))) == page_key(url)


@given(st.ip_addresses())
def test_an_address_in_a_link_is_judged_as_the_address(address: IPv4Address | IPv6Address) -> None:
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    url = checked_url(f"http://{host}/")
    assert ip_address(url.host) == address
