"""Dates as sources write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.dates import parse_date

GULF = timezone(timedelta(hours=4))


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-04-13", datetime(2024, 4, 13, tzinfo=UTC)),
        ("2024-4-3", datetime(2024, 4, 3, tzinfo=UTC)),
        ("2024/04/13", datetime(2024, 4, 13, tzinfo=UTC)),
        ("20240413", datetime(2024, 4, 13, tzinfo=UTC)),
        (20240413, datetime(2024, 4, 13, tzinfo=UTC)),
        ("2024-04-13 21:14", datetime(2024, 4, 13, 21, 14, tzinfo=UTC)),
        ("2024-04-13 21:14:10", datetime(2024, 4, 13, 21, 14, 10, tzinfo=UTC)),
        ("2024-04-13T21:14:10.5Z", datetime(2024, 4, 13, 21, 14, 10, 500_000, tzinfo=UTC)),
        ("2024-04-13T21:14:10+04:00", datetime(2024, 4, 13, 21, 14, 10, tzinfo=GULF)),
        ("2024-04-13 21:14:10 +0400", datetime(2024, 4, 13, 21, 14, 10, tzinfo=GULF)),
        ("13/04/2024", datetime(2024, 4, 13, tzinfo=UTC)),
        ("3/4/2024 9:05", datetime(2024, 4, 3, 9, 5, tzinfo=UTC)),
        ("13.4.2024", datetime(2024, 4, 13, tzinfo=UTC)),
        ("١٣/٠٤/٢٠٢٤", datetime(2024, 4, 13, tzinfo=UTC)),
        ("۲۰۲۴-۰۴-۱۳", datetime(2024, 4, 13, tzinfo=UTC)),
        ("\u200f13/04/2024\u200f ", datetime(2024, 4, 13, tzinfo=UTC)),
        ("Sun, 18 Feb 2018 17:21:49 GMT", datetime(2018, 2, 18, 17, 21, 49, tzinfo=UTC)),
        ("Tue, 27 Feb 2018 05:48:34 +0400", datetime(2018, 2, 27, 5, 48, 34, tzinfo=GULF)),
        ("27 Feb 2018 05:48 -0000", datetime(2018, 2, 27, 5, 48, tzinfo=UTC)),
        (1_713_042_850, datetime(2024, 4, 13, 21, 14, 10, tzinfo=UTC)),
        ("1713042850", datetime(2024, 4, 13, 21, 14, 10, tzinfo=UTC)),
        (1_713_042_850_500, datetime(2024, 4, 13, 21, 14, 10, 500_000, tzinfo=UTC)),
        (1_713_042_850.0, datetime(2024, 4, 13, 21, 14, 10, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_with_its_zone(written: object, moment: datetime) -> None:
    found = parse_date(written)
    assert found is not None
    assert found == moment
    assert found.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(
    "written",
    [
        *("", "أمس", "13 أبريل", "2024", "04/13/2024", "2024-13-01", "31/02/2024", "13/04/24"),
        *("Sun, 18 Feb 2018 17:21:49 XYZ", "2024-04-13 25:00", "2024-04/13", "99999999"),
        *(0, 2024, 12, True, None, [2024], float("nan"), float("inf"), 10**30, -(10**30)),
    ],
)
def test_an_unclear_date_is_none(written: object) -> None:
    assert parse_date(written) is None


@given(st.datetimes(timezones=st.sampled_from([UTC, GULF])))
def test_iso_dates_of_any_moment_are_read(moment: datetime) -> None:
    assert parse_date(moment.isoformat()) == moment


@given(st.text() | st.integers() | st.floats() | st.from_regex(r"[\d/: .+-]{4,30}"))
def test_whatever_is_read_has_a_zone(written: object) -> None:
    found = parse_date(written)
    assert found is None or found.utcoffset() is not None
