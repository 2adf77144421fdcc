"""The Hijri calendar of newspapers: Umm al-Qura, converted by hijridate."""

from __future__ import annotations

from datetime import date
from typing import Final

#: Years of the Hijri calendar that hijridate converts: 1924 to 2077. No newspaper is of these years of the other one.
HIJRI_YEARS: Final = range(1343, 1501)


def hijri_date(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Hijri one. Raises ValueError where there is none."""
    from hijridate import Hijri  # few dates need it, and every start of the command line would pay for it

    return Hijri(year, month, day).to_gregorian()
