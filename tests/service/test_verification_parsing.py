"""Numbers and dates as verification reads them, in Arabic and English."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answering.verification.agreement import agrees
from service.answering.verification.dates import days, same_day
from service.answering.verification.names import NameSource, names
from service.answering.verification.polarity import denials
from service.answering.verification.quantities import quantities
from service.answering.verification.words import read_words

# fmt: off
MONTHS = ("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر")
# fmt: on
PUBLISHED = date(2025, 5, 9)  # a Friday


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("1.5 billion dollars", 1.5e9, "dollar"),
        ("مليار ونصف دولار", 1.5e9, "dollar"),
        ("1.5 مليار", 1.5e9, ""),
        ("1,500 مليون", 1.5e9, ""),
        ("$3.1m", 3.1e6, "dollar"),
        ("ثلاثة أعوام", 3, "month"),
        ("خمس وعشرون سنة", 25, "month"),
        ("مئة وخمسون ألف طن", 150_000, "mass"),
        ("مليونا و240 ألفا", 1_240_000, ""),
        ("مليونا دينار", 2_000_000, "dinar"),
        ("four and a half hours", 4.5, "time"),
        ("أربع ساعات ونصف الساعة", 4.5, "time"),
        ("ساعة ونصف الساعة", 1.5, "time"),
        ("ساعتين", 2, "time"),
        ("two hundred and five", 205, ""),
        ("خمسة عشر يوما", 15, "time"),
        ("٦٬٨٠٠ دولار", 6800, "dollar"),
    ],
)
def test_a_number_has_the_same_value_however_it_is_written(text: str, value: float, dimension: str) -> None:
    (found,) = quantities(text)
    assert (found.value, found.dimension) == (value, dimension)


@pytest.mark.parametrize("text", ["50%", "٥٠٪", "50 في المئة", "50 percent", "خمسون بالمئة"])
def test_a_share_is_known_as_one(text: str) -> None:
    (found,) = quantities(text)
    assert (found.value, found.kind) == (50, "percent")


def test_the_first_of_a_range_has_the_scale_of_the_last() -> None:
    assert [found.value for found in quantities("من 2.3 إلى 2.45 مليار درهم")] == [2.3e9, 2.45e9]


@pytest.mark.parametrize(
    ("claim", "source", "same"),
    [
        ("half of the revenues", "50 في المئة من العائدات", True),
        ("24 hours", "يوم واحد 24 ساعة", True),
        ("two weeks", "14 يوما", True),
        ("500 million euros", "500 مليون دولار", False),
        ("more than 300 deputies", "338 نائبا", True),
        ("more than 300 deputies", "299 نائبا", False),
        ("at least 95 percent", "لا تزيد على 95 في المئة", False),
        ("about 17 million dollars", "17.4 مليون دولار", True),
        ("17 million dollars", "17.4 مليون دولار", False),
        ("21,351 children", "٢١٬٣٥٠ طفلا", False),
    ],
)
def test_numbers_agree_where_one_may_be_read_off_the_other(claim: str, source: str, same: bool) -> None:
    assert any(agrees(quantities(claim)[0], there) for there in quantities(source)) is same


@pytest.mark.parametrize(
    "text",
    ["28 شباط/فبراير 2025", "٢٨ فبراير ٢٠٢٥", "28 فيفري 2025", "February 28, 2025", "28 February 2025", "2025-02-28"],
)
def test_a_day_is_the_same_however_its_month_is_called(text: str) -> None:
    (found,) = days(text, PUBLISHED)
    assert (found.year, found.month, found.day, found.weekday) == (2025, 2, 28, 4)


def test_relative_days_are_counted_from_the_publication() -> None:
    yesterday, weekday = days("أمس الخميس", PUBLISHED)
    assert (yesterday.month, yesterday.day, yesterday.weekday) == (5, 8, 3)
    assert weekday.weekday == 3
    assert same_day(days("on 8 May", PUBLISHED)[0], yesterday)
    assert not same_day(days("on 9 May", PUBLISHED)[0], yesterday)


def test_a_day_of_the_same_month_takes_the_month_named_before() -> None:
    assert [(found.month, found.day) for found in days("في 18 فبراير، ثم في 24 من الشهر نفسه")] == [(2, 18), (2, 24)]


def test_a_father_is_no_august_and_may_is_a_month_only_with_a_capital() -> None:
    assert days("قال أب لثلاثة أطفال") == []
    assert days("they may march on") == []
    assert [found.month for found in days("في 9 آب، وفي أيار")] == [8, 5]


def test_a_december_named_in_january_was_the_last_one() -> None:
    assert days("في ديسمبر", date(2025, 1, 20))[0].year == 2024


def test_bounds_and_set_phrases_are_no_denials() -> None:
    assert denials(read_words("لا يقل عن 95 في المئة، وما زالت، ولا تزال الحملة")) == []
    assert len(denials(read_words("لم تقبل كييف، ولن توقع"))) == 2


@given(st.integers(min_value=0, max_value=10**12))
def test_a_whole_number_is_read_with_and_without_thousands(number: int) -> None:
    plain, grouped = quantities(f"{number} طن"), quantities(f"{number:,} طن")
    assert [found.value for found in plain] == [found.value for found in grouped] == [float(number)]


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 12, 31)))
def test_every_date_is_read_in_both_languages(day: date) -> None:
    for text in (f"{day.day} {MONTHS[day.month - 1]} {day.year}", f"{day:%B} {day.day}, {day.year}", day.isoformat()):
        (found,) = days(text)
        assert (found.year, found.month, found.day, found.weekday) == (day.year, day.month, day.day, day.weekday())


_NEWS = st.text(st.sampled_from("١٢3 45.,%$-/ونصفمئةألفمليونخمسعشر andhlf مايو May«»()\u064b\u0640\n"), max_size=60)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), _NEWS))
def test_any_text_is_read_and_every_offset_lies_in_it(text: str) -> None:
    spans = [(found.start, found.end) for found in quantities(text)]
    spans += [(found.start, found.end) for found in days(text, PUBLISHED)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert names(text) == names(text)
    assert denials(read_words(text)) == denials(read_words(text))


def heard(name: str, source: str) -> bool:
    return NameSource(source).nearly(name, 0) == 1


@pytest.mark.parametrize(
    ("name", "source"), [("essaouira", "الصويرة"), ("nawat", "نواة"), ("ain", "العين"), ("oujda", "وجدة")]
)
def test_an_article_that_melts_into_a_name_and_a_spoken_ta_marbuta_are_heard(name: str, source: str) -> None:
    assert heard(name, source)
    assert not heard(name, "بيروت")


def test_surely_names_are_what_is_listed_quoted_or_strange_behind_a_kind_of_place() -> None:
    source = NameSource("تكفلت منظمة «نبع» بأربعين بئرا في ولاية تيميمون")
    assert {source.words[place].text for place in source.places} == {"نبع", "تيميمون"}


def test_a_denial_of_saying_reaches_the_clause_behind_it() -> None:
    words = read_words("لا نستطيع القول إن السهر يسبب السكري")
    (denial,) = denials(words)
    assert [words[place].text for place in denial.reach] == ["السهر", "يسبب", "السكري"]
    words = read_words("there is no evidence that coffee causes harm")
    assert "coffee" in {words[place].text for denial in denials(words) for place in denial.reach}
