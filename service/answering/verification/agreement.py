"""Whether a quantity of a claim may be read off one of its source."""

from __future__ import annotations

from typing import Final

from service.answering.verification.quantities import Quantity

#: How far a number said to be approximate may lie from the exact one, as a share of it.
ROUGHLY: Final = 0.05
#: How much of a number one that bounds it must be: "more than 300" may be said of 338.
BOUNDED: Final = 0.75


def agrees(claimed: Quantity, there: Quantity) -> bool:
    """Whether a quantity of a claim may be read off one of its source."""
    if claimed.bound and there.bound and claimed.bound != there.bound:
        return False
    left, right = _comparable(claimed), _comparable(there)
    if claimed.dimension and there.dimension:
        if claimed.dimension != there.dimension:
            return False
        left, right = left * claimed.size, right * there.size
    return _same_kind(claimed, there) and _close(claimed, there, left, right)


def _same_kind(claimed: Quantity, there: Quantity) -> bool:
    """Whether the kinds can be one: a share is no count with a unit, and no place in a row."""
    kinds = {claimed.kind, there.kind}
    united = bool(claimed.dimension or there.dimension)
    return not (kinds == {"percent", "plain"} and united) and kinds != {"percent", "ordinal"}


def _close(claimed: Quantity, there: Quantity, left: float, right: float) -> bool:
    if abs(left - right) <= 1e-9 * max(abs(left), abs(right)):
        return True
    if claimed.bound and not there.bound:
        low, high = sorted((left, right))
        return low >= BOUNDED * high and (left < right) == (claimed.bound == "over")
    rounded = claimed.rough and _digits_of(left) < _digits_of(right)
    return rounded and abs(left - right) <= ROUGHLY * max(abs(left), abs(right))


def _digits_of(value: float) -> int:
    """Significant digits: 17.4 million has three."""
    return len(f"{value:.9g}".split("e")[0].replace(".", "").strip("0"))


def _comparable(quantity: Quantity) -> float:
    return 100 * quantity.value if quantity.kind == "fraction" else quantity.value
