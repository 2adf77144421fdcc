"""How sure a figure is: bootstrap intervals, and a paired randomisation test between two runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

RESAMPLES = 2_000
PERMUTATIONS = 10_000
SEED = 20_250_301
#: Numbers drawn at once: 16 MB.
_BLOCK = 2_000_000
#: Sums in another order differ by rounding; a difference as large as the one seen must not be missed for that.
_ROUNDING = 1e-12


def bootstrap_interval(values: Sequence[float], *, resamples: int = RESAMPLES, seed: int = SEED) -> tuple[float, float]:
    """The 95 % percentile interval of the mean (Efron and Tibshirani 1993), over resampled questions.

    The same for the same values in any order.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values to resample")
    ordered = np.sort(np.asarray(values, np.float64))
    draw = np.random.default_rng(seed)
    size = len(ordered)
    means = [
        ordered[draw.integers(0, size, (rows, size))].mean(axis=1) for rows in _blocks(resamples, _BLOCK // size or 1)
    ]
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    # A mean of equal numbers can leave their range by a rounding.
    low, high = np.clip([low, high], ordered[0], ordered[-1])
    return float(low), float(high)


def randomisation_test(
    new: Sequence[float], old: Sequence[float], *, permutations: int = PERMUTATIONS, seed: int = SEED
) -> tuple[float, float]:
    """The difference of the means, new less old, and its two-sided p-value (Smucker, Allan and Carterette 2007).

    Under the null hypothesis the two values of a question could be exchanged. The p-value is the share of random
    exchanges whose difference is at least as large, counting the one that was seen: never nought, 1 for equal runs.

    Raises:
        ValueError: the values are not of the same questions, or there are none.
    """
    if len(new) != len(old) or not new:
        raise ValueError(f"{len(new)} values cannot be paired with {len(old)}")
    differences = np.sort(np.asarray(new, np.float64) - np.asarray(old, np.float64))
    seen = abs(differences.sum())
    changed: npt.NDArray[np.float64] = differences[differences != 0]
    draw = np.random.default_rng(seed)
    as_large = 0
    for rows in _blocks(permutations, _BLOCK // max(1, len(changed)) or 1):
        signs = 2.0 * draw.integers(0, 2, (rows, len(changed))) - 1
        as_large += int((np.abs(signs @ changed) >= seen - _ROUNDING).sum())
    return float(differences.mean()), (1 + as_large) / (1 + permutations)


def _blocks(total: int, most: int) -> list[int]:
    """``total`` in parts of at most ``most``."""
    full, rest = divmod(total, most)
    return [most] * full + [rest] * (rest > 0)
