"""Dates in words: months of every Arab country, the Hijri calendar, clocks, zones, and "two hours ago"."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hijridate import Gregorian
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.calendar_words import HIJRI_MONTHS, MONTHS
from indexer.sources.dates import parse_date

NOW = datetime(2024, 4, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "month"),
    [
        # Gulf, Egypt, Sudan
        *zip(("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو"), range(1, 7), strict=True),
        *zip(("يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"), range(7, 13), strict=True),
        *(("إبريل", 4), ("ابريل", 4), ("يونيه", 6), ("يوليه", 7), ("اغسطس", 8), ("اكتوبر", 10)),
        # Levant, Iraq
        *zip(("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران"), range(1, 7), strict=True),
        *zip(("تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"), range(7, 13), strict=True),
        *(("كانون ثاني", 1), ("كانون الثانى", 1), ("اذار", 3), ("تشرين أول", 10), ("كانون أول", 12)),
        # Tunisia, Algeria
        *(("جانفي", 1), ("فيفري", 2), ("أفريل", 4), ("ماي", 5), ("جوان", 6), ("جويلية", 7), ("أوت", 8)),
        # Morocco
        *(("يوليوز", 7), ("غشت", 8), ("شتنبر", 9), ("نونبر", 11), ("دجنبر", 12)),
        # Libya, until 2011
        *(("أي النار", 1), ("النوار", 2), ("الطير", 4), ("ناصر", 7), ("هانيبال", 8), ("الفاتح", 9), ("الكانون", 12)),
        # both names
        *(("كانون الثاني/يناير", 1), ("نيسان (أبريل)", 4), ("مايو/أيار", 5), ("تشرين الثاني - نوفمبر", 11)),
        # English, French
        *(("January", 1), ("Apr", 4), ("SEPTEMBER", 9), ("février", 2), ("août", 8), ("décembre", 12)),
    ],
)
def test_months_of_every_country_are_read(written: str, month: int) -> None:
    for text in (f"13 {written} 2020", f"١٣ {written} ٢٠٢٠", f"السبت، 13 {written}، 2020"):
        assert parse_date(text) == datetime(2020, month, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("السبت 13 أبريل 2024 - 02:30 مساءً", datetime(2024, 4, 13, 14, 30, tzinfo=UTC)),
        ("السبت، 13 نيسان 2024 الساعة 14:30", datetime(2024, 4, 13, 14, 30, tzinfo=UTC)),
        ("13 أبريل 2024 9:05 ص", datetime(2024, 4, 13, 9, 5, tzinfo=UTC)),
        ("13 أبريل 2024 12:05 ص", datetime(2024, 4, 13, 0, 5, tzinfo=UTC)),
        ("13 أبريل 2024 12:05 م", datetime(2024, 4, 13, 12, 5, tzinfo=UTC)),
        ("13 أبريل 2024 الساعة 3 عصرا", datetime(2024, 4, 13, 15, tzinfo=UTC)),
        ("13 أبريل 2024 10:15 ليلا", datetime(2024, 4, 13, 22, 15, tzinfo=UTC)),
        ("13 أبريل 2024 02:15 ليلا", datetime(2024, 4, 13, 2, 15, tzinfo=UTC)),
        ("ص 9:05 - 13 أبريل 2024", datetime(2024, 4, 13, 9, 5, tzinfo=UTC)),
        ("نشر في: 13/04/2024 - 14:30", datetime(2024, 4, 13, 14, 30, tzinfo=UTC)),
        ("تاريخ النشر: ١٣ نيسان ٢٠٢٤", datetime(2024, 4, 13, tzinfo=UTC)),
        ("April 13, 2024 2:30 PM", datetime(2024, 4, 13, 14, 30, tzinfo=UTC)),
        ("Saturday, 13th of April 2024", datetime(2024, 4, 13, tzinfo=UTC)),
        ("le 13 avril 2024 à 14:30", datetime(2024, 4, 13, 14, 30, tzinfo=UTC)),
        # zones
        ("13 أبريل 2024 14:30 بتوقيت غرينتش", datetime(2024, 4, 13, 14, 30, tzinfo=UTC)),
        ("13 أبريل 2024 14:30 بتوقيت مكة المكرمة", datetime(2024, 4, 13, 11, 30, tzinfo=UTC)),
        ("13 كانون الثاني 2024 14:30 بتوقيت بيروت", datetime(2024, 1, 13, 12, 30, tzinfo=UTC)),
        ("13 تموز 2024 14:30 بتوقيت بيروت", datetime(2024, 7, 13, 11, 30, tzinfo=UTC)),
        ("13 أبريل 2024 14:30 (توقيت أبوظبي)", datetime(2024, 4, 13, 10, 30, tzinfo=UTC)),
        ("13 أبريل 2024 14:30 GMT+3", datetime(2024, 4, 13, 11, 30, tzinfo=UTC)),
        ("13 أبريل 2024 14:30 بتوقيت غرينتش+3", datetime(2024, 4, 13, 11, 30, tzinfo=UTC)),
        ("13 أبريل 2024 14:30 +04:00", datetime(2024, 4, 13, 10, 30, tzinfo=UTC)),
        ("Sun, 18 Feb 2018 17:21:49 KSA", datetime(2018, 2, 18, 14, 21, 49, tzinfo=UTC)),
        # Hijri
        ("12 رمضان 1445", datetime(2024, 3, 22, tzinfo=UTC)),
        ("١٢ رمضان ١٤٤٥هـ", datetime(2024, 3, 22, tzinfo=UTC)),
        ("الجمعة 12 من شهر رمضان المبارك 1445 هـ", datetime(2024, 3, 22, tzinfo=UTC)),
        ("12/09/1445 هـ", datetime(2024, 3, 22, tzinfo=UTC)),
        ("12-09-1445هـ", datetime(2024, 3, 22, tzinfo=UTC)),
        ("1445/09/12", datetime(2024, 3, 22, tzinfo=UTC)),
        ("١ محرم ١٤٤٦", datetime(2024, 7, 7, tzinfo=UTC)),
        ("13 ذي الحجة 1445 09:00", datetime(2024, 6, 19, 9, tzinfo=UTC)),
        ("السبت 4 شوال 1445 هـ الموافق 13 أبريل 2024 م", datetime(2024, 4, 13, tzinfo=UTC)),
        ("13 نيسان 2024م - 4 شوال 1445هـ", datetime(2024, 4, 13, tzinfo=UTC)),
        # types of tables
        (datetime(2024, 4, 13, 14, 30), datetime(2024, 4, 13, 14, 30, tzinfo=UTC)),
        (date(2024, 4, 13), datetime(2024, 4, 13, tzinfo=UTC)),
    ],
)
def test_a_date_in_words_is_read(written: object, moment: datetime) -> None:
    assert parse_date(written) == moment


@pytest.mark.parametrize(
    "written",
    [
        *("13 نيسان/مايو 2024", "31 شباط 2024", "31 رمضان 1445 هـ", "13 أبريل", "أبريل 2024", "13 ابري 2024"),
        *("قتل 13 أبريل 2024", "13 أبريل 2024 و14 أبريل 2024", "13 أبريل 2024 25:00", "13 رمضان 2024"),
        *("13 أبريل 1445", "113 أبريل 2024", "13 أبريل 20245", "13 أبريل 2024 بتوقيت المريخ", "12/09/2024 هـ"),
        *("13 أبريل 2024 14:30 بتوقيت عمان", "منذ ساعتين", "أمس", "كانون الثاني", "ماي 13"),
    ],
)
def test_an_unclear_date_in_words_is_none(written: str) -> None:
    assert parse_date(written) is None


@pytest.mark.parametrize(
    ("written", "ago"),
    [
        ("منذ ساعتين", timedelta(hours=2)),
        ("منذ 3 ساعات", timedelta(hours=3)),
        ("منذ ٣ ساعات", timedelta(hours=3)),
        ("نشر منذ 21 ساعة", timedelta(hours=21)),
        ("قبل ساعة", timedelta(hours=1)),
        ("منذ ساعة واحدة", timedelta(hours=1)),
        ("قبل 5 دقائق", timedelta(minutes=5)),
        ("منذ دقيقتين", timedelta(minutes=2)),
        ("منذ يوم", timedelta(days=1)),
        ("منذ يومين", timedelta(days=2)),
        ("منذ 4 أيام", timedelta(days=4)),
        ("منذ أسبوع", timedelta(days=7)),
        ("3 hours ago", timedelta(hours=3)),
        ("أمس", timedelta(hours=36)),
        ("أمس 14:30", timedelta(hours=21, minutes=30)),
        ("أمس الساعة 5 مساء بتوقيت القاهرة", timedelta(hours=21)),
        ("أول أمس", timedelta(hours=60)),
        ("اليوم، 09:00", timedelta(hours=3)),
        ("yesterday", timedelta(hours=36)),
    ],
)
def test_a_relative_date_counts_from_when_it_was_written(written: str, ago: timedelta) -> None:
    assert parse_date(written, NOW) == NOW - ago
    assert parse_date(written) is None


@pytest.mark.parametrize(
    "written", ["اليوم 14:30", "منذ قليل", "قبل الحرب", "منذ 3", "أمس الأول في القاهرة", "منذ 3000 يوم"]
)
def test_a_relative_date_that_is_unclear_or_to_come_is_none(written: str) -> None:
    assert parse_date(written, NOW) is None


EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@given(
    st.dates(date(1950, 1, 1), date(2076, 1, 1)),
    st.sampled_from(sorted(MONTHS)),
    st.times(),
    st.sampled_from(["", "بتوقيت غرينتش", "GMT", "UTC"]),
    st.booleans(),
)
def test_any_day_with_any_name_of_its_month_is_read(
    day: date, name: str, time: object, zone: str, eastern: bool
) -> None:
    day = date(day.year, MONTHS[name], min(day.day, 28))
    text = f"{day.day} {name} {day.year} {time:%H:%M:%S} {zone}"
    found = parse_date(text.translate(EASTERN) if eastern else text)
    assert found == datetime.fromisoformat(f"{day} {time:%H:%M:%S}+00:00")


@given(st.dates(date(1930, 1, 1), date(2070, 1, 1)), st.sampled_from(["{d} {m} {y}", "{d} {m} {y} هـ", "{d}/{n}/{y}"]))
def test_any_hijri_day_is_the_day_that_it_is(day: date, form: str) -> None:
    hijri = Gregorian.fromdate(day).to_hijri()
    name = next(name for name, number in HIJRI_MONTHS.items() if number == hijri.month)
    text = form.format(d=hijri.day, m=name, n=hijri.month, y=hijri.year)
    assert parse_date(text) == datetime(day.year, day.month, day.day, tzinfo=UTC)


WORDS = st.sampled_from(
    [*MONTHS, *HIJRI_MONTHS, "الساعة", "بتوقيت", "القاهرة", "ص", "م", "هـ", "منذ", "أمس", "2024", "13"]
)


@given(st.lists(WORDS | st.text("0123456789٣:/-،. ", max_size=6), max_size=9).map(" ".join))
def test_words_of_dates_in_any_order_give_a_moment_with_a_zone_or_nothing(written: str) -> None:
    found = parse_date(written, NOW)
    assert found is None or found.tzinfo is not None


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=3)))))
def test_a_moment_stays_as_it_is(moment: datetime) -> None:
    assert parse_date(moment) == moment
