"""Rates by key and by address, and whose address it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from service.api.security.rates import network_of

Client = Callable[..., TestClient]
MakeKey = Callable[..., str]
QUESTION = {"question": "ماذا تقول الهيئة؟"}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def statuses(client: TestClient, times: int, **request: object) -> list[int]:
    return [client.post("/v1/ask", json=QUESTION, **request).status_code for _ in range(times)]  # type: ignore[arg-type]


def test_a_key_may_ask_so_often_and_is_told_when_to_come_again(
    client: Client, make_key: MakeKey, refused: list[str]
) -> None:
    one, other = make_key("read", name="one"), make_key("read", name="other")
    limited = client(rate_key="3/minute")
    assert statuses(limited, 3, headers=bearer(one)) == [200, 200, 200]
    answered = limited.post("/v1/ask", json=QUESTION, headers=bearer(one))
    assert answered.status_code == 429
    assert 1 <= int(answered.headers["Retry-After"]) <= 120
    assert answered.headers["RateLimit-Policy"] == '"key";q=3;w=60'
    assert answered.headers["RateLimit"].startswith('"key";r=0;t=')
    assert "more than 3 requests with this key in 60 seconds" in answered.json()["detail"]
    assert refused == ["rate_key"]
    assert statuses(limited, 1, headers=bearer(other)) == [200]


def test_what_is_left_is_told_with_every_answer(client: Client, make_key: MakeKey) -> None:
    key = make_key("read")
    limited = client(rate_key="5/minute")
    left = [
        limited.post("/v1/ask", json=QUESTION, headers=bearer(key)).headers["RateLimit"].split(";")[1] for _ in range(3)
    ]
    assert left == ["r=4", "r=3", "r=2"]


def test_an_address_may_ask_so_often_whatever_its_keys(client: Client, make_key: MakeKey, refused: list[str]) -> None:
    keys = [make_key("read", name=f"key-{number}") for number in range(3)]
    limited = client(rate_address="4/minute")
    answers = [statuses(limited, 1, headers=bearer(key))[0] for key, _ in itertools.product(keys, range(2))]
    assert answers == [200, 200, 200, 200, 429, 429]
    assert refused == ["rate_address", "rate_address"]


def test_openai_clients_are_told_in_their_form(client: Client, make_key: MakeKey) -> None:
    key = make_key("read")
    limited = client(rate_key="1/minute")
    answers = [limited.post("/v1/chat/completions", headers=bearer(key)) for _ in range(2)]
    assert answers[1].status_code == 429
    assert answers[1].json()["error"]["code"] == "rate_limit_exceeded"
    assert int(answers[1].headers["Retry-After"]) >= 1


def test_wrong_keys_are_limited_sooner_and_do_not_lock_out_a_right_one(
    client: Client, make_key: MakeKey, refused: list[str]
) -> None:
    key = make_key("read")
    limited = client(rate_failures="3/minute")
    wrong = [statuses(limited, 1, headers=bearer(f"msd_{number:043}"))[0] for number in range(5)]
    assert wrong == [401, 401, 401, 429, 429]
    assert refused == ["wrong_key", "wrong_key", "wrong_key", "failures", "failures"]
    assert statuses(limited, 1, headers=bearer(key)) == [200]


def test_an_address_cannot_be_made_up(client: Client, make_key: MakeKey) -> None:
    key = make_key("read")
    limited = client(rate_address="2/minute")
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"):
        answers = [
            statuses(limited, 1, headers=bearer(key) | {header: f"203.0.113.{number}"})[0] for number in range(3)
        ]
        assert answers[-1] == 429, header


def test_a_trusted_proxy_tells_the_address(client: Client, make_key: MakeKey) -> None:
    key = make_key("read")
    limited = client("10.0.0.1", trusted_proxies="10.0.0.0/24", rate_address="1/minute")
    answers = [
        statuses(limited, 2, headers=bearer(key) | {"X-Forwarded-For": f"203.0.113.{number}"}) for number in range(3)
    ]
    assert answers == [[200, 429]] * 3


def test_behind_a_trusted_proxy_the_client_cannot_make_up_an_address_either(client: Client, make_key: MakeKey) -> None:
    # The proxy adds the address that it sees at the end; what stands before it came from the client.
    key = make_key("read")
    limited = client("10.0.0.1", trusted_proxies="10.0.0.1", rate_address="2/minute")
    answers = [
        statuses(limited, 1, headers=bearer(key) | {"X-Forwarded-For": f"198.18.0.{number}, 203.0.113.9"})[0]
        for number in range(3)
    ]
    assert answers == [200, 200, 429]


def test_this_machines_user_alone_is_limited_where_a_setting_says_so(client: Client) -> None:
    assert "RateLimit" not in client().post("/v1/ask", json=QUESTION).headers
    assert statuses(client(rate_address="2/minute"), 3) == [200, 200, 429]


def test_others_are_limited_without_a_setting(client: Client, make_key: MakeKey) -> None:
    reached = client(host="0.0.0.0", allow_open=True)  # noqa: S104 - the address that a server binds to
    assert reached.post("/v1/ask", json=QUESTION).headers["RateLimit-Policy"] == '"address";q=600;w=60'
    key = make_key("read")
    assert (
        client().post("/v1/ask", json=QUESTION, headers=bearer(key)).headers["RateLimit-Policy"] == '"key";q=300;w=60'
    )


def test_an_ipv6_network_counts_as_one_address() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"


@given(st.ip_addresses())
def test_the_network_of_an_address_is_the_network_of_its_first_address(address: IPv4Address | IPv6Address) -> None:
    network = network_of(str(address))
    assert network_of(network.partition("/")[0]) == network


@given(st.text())
def test_what_is_no_address_stands_for_itself(name: str) -> None:
    assert network_of(f"{name}?") == f"{name}?"


@pytest.mark.parametrize("rate", ["off", "OFF", "many", "5", "0/minute", "-1/minute"])
def test_a_rate_is_off_or_a_number_in_a_time(rate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from indexer.errors import BadInput
    from service.settings import load_settings

    monkeypatch.setenv("MASDAR_RATE_KEY", rate)
    if rate == "off":
        assert load_settings().rate_key == "off"
    else:
        with pytest.raises(BadInput, match="it should be 'off' or such as '300/minute'"):
            load_settings()
