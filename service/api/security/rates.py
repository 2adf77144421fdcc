"""How many requests a key and an address may make; counted in this process, in windows that slide.

A window that slides lets no more through than its rate at any time, where a fixed one lets twice as many through around
its edge; and its two counters an identity need no list of moments.
"""

from __future__ import annotations

import ipaddress
import math
import time
from dataclasses import dataclass
from typing import Final

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from service.serving_settings import OFF, ServingSettings

#: Where the settings say nothing. An office behind one address asks with several keys.
RATE_KEY: Final = "300/minute"
RATE_ADDRESS: Final = "600/minute"
#: Whoever has an IPv6 address has a whole network of this size.
_IPV6_PREFIX: Final = 64


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a rate is left.

    Attributes:
        policy: name of the rate.
        allowed: whether this request is within it.
        limit: requests in a window of ``window`` seconds.
        left: requests that are left.
        seconds: until some are left again, or the window has passed.
    """

    policy: str
    allowed: bool
    limit: int
    window: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """As clients read it: RateLimit and RateLimit-Policy of the IETF's draft, and Retry-After on a refusal."""
        told = {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={self.window}',
            "RateLimit": f'"{self.policy}";r={self.left};t={self.seconds}',
        }
        return told if self.allowed else told | {"Retry-After": str(self.seconds)}


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates in force; None is no limit.

    Attributes:
        key: of requests with one key.
        address: of requests from one address.
        failures: of wrong keys from one address.
    """

    key: RateLimitItem | None
    address: RateLimitItem | None
    failures: RateLimitItem | None


def rates_of(settings: ServingSettings, *, private: bool) -> Rates:
    """The rates of the settings.

    Args:
        settings: what they say; None is left to this function.
        private: whether only this machine's user can ask, without a key: then nothing is limited that no setting names.
    """
    return Rates(
        _item(settings.rate_key or (OFF if private else RATE_KEY)),
        _item(settings.rate_address or (OFF if private else RATE_ADDRESS)),
        _item(settings.rate_failures),
    )


class RateLimits:
    """Counts requests.

    Args:
        rates: what is allowed.
    """

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def key(self, name: str) -> Standing | None:
        """Count a request with a key; None where that is not limited."""
        return await self._count("key", self._rates.key, name)

    async def address(self, address: str) -> Standing | None:
        """Count a request from an address; None where that is not limited."""
        return await self._count("address", self._rates.address, network_of(address))

    async def failure(self, address: str) -> Standing | None:
        """Count a wrong key from an address; None where that is not limited."""
        return await self._count("failures", self._rates.failures, network_of(address))

    async def _count(self, policy: str, item: RateLimitItem | None, identity: str) -> Standing | None:
        if item is None:
            return None
        allowed = await self._limiter.hit(item, policy, identity)
        stats = await self._limiter.get_window_stats(item, policy, identity)
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        return Standing(policy, allowed, item.amount, item.get_expiry(), max(0, stats.remaining), seconds)


def network_of(address: str) -> str:
    """What stands for whoever has the address: an IPv4 address itself, the network of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, _IPV6_PREFIX)))


def _item(rate: str) -> RateLimitItem | None:
    return None if rate == OFF else parse(rate)
