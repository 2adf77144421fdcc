"""The article model: building one from a record, its hash, and its stored form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import (
    Article,
    ArticleLimits,
    FieldMap,
    article_from_record,
    from_payload,
    guess_language,
    to_payload,
)
from indexer.errors import BadInput, BadRecord

NOW = datetime(2024, 4, 14, 12, tzinfo=UTC)
TEXT = "افتتح الوزيرُ المعرضَ صباح اليوم."


def build(
    record: Mapping[str, object],
    *,
    fields: FieldMap | None = None,
    limits: ArticleLimits | None = None,
    warnings: list[str] | None = None,
) -> Article:
    return article_from_record(
        record,
        fields or FieldMap(),
        path="news.jsonl",
        line=7,
        now=NOW,
        warn=(warnings if warnings is not None else []).append,
        limits=limits or ArticleLimits(),
    )


def refusal(
    record: Mapping[str, object], *, fields: FieldMap | None = None, limits: ArticleLimits | None = None
) -> str:
    with pytest.raises(BadRecord) as caught:
        build(record, fields=fields, limits=limits)
    assert str(caught.value).startswith("news.jsonl:7: ")
    return caught.value.reason


zones = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(lambda minutes: timezone(timedelta(minutes=minutes)))
articles = st.builds(
    Article,
    id=st.text(),
    title=st.text(),
    text=st.text(),
    source=st.text(),
    url=st.text(),
    published_at=st.none() | st.datetimes(timezones=zones),
    language=st.sampled_from(["ar", "en", "und"]),
    tags=st.lists(st.text()).map(tuple),
    author=st.text(),
)


@given(articles)
def test_the_stored_form_gives_the_article_back(article: Article) -> None:
    restored = from_payload(json.loads(json.dumps(to_payload(article))))
    assert restored == article
    assert restored.content_hash == article.content_hash
    assert to_payload(restored) == to_payload(article)


@given(articles, articles)
def test_the_hash_tells_apart_what_differs(one: Article, other: Article) -> None:
    same = to_payload(one) | {"id": ""} == to_payload(other) | {"id": ""}
    assert (one.content_hash == other.content_hash) == same


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "عنوان آخر"),
        ("text", TEXT + " "),
        ("source", "وكالة"),
        ("url", "https://example.org/2"),
        ("published_at", NOW),
        ("language", "en"),
        ("tags", ("سياسة",)),
        ("author", "كاتب"),
    ],
)
def test_every_field_but_the_id_is_in_the_hash(name: str, value: object) -> None:
    article = Article(id="1", title="عنوان", text=TEXT, language="ar")
    changed = from_payload(to_payload(article) | {name: str(value) if isinstance(value, datetime) else value})
    assert getattr(changed, name) == value
    assert changed.content_hash != article.content_hash
    assert replace(article, id="2").content_hash == article.content_hash


def test_the_hash_does_not_confuse_neighbouring_fields() -> None:
    one = Article(id="1", title="ab", text="c", tags=("d", "e"))
    assert one.content_hash != Article(id="1", title="a", text="bc", tags=("d", "e")).content_hash
    assert one.content_hash != Article(id="1", title="ab", text="c", tags=("de",)).content_hash


def test_a_date_without_a_zone_cannot_be_put_in_an_article() -> None:
    with pytest.raises(BadInput, match="no zone"):
        Article(id="1", title="", text=TEXT, published_at=datetime(2024, 1, 1))


@pytest.mark.parametrize(
    ("name", "value"),
    [("tags", "سياسة"), ("tags", [1]), ("published_at", "yesterday"), ("text", None), ("id", 3)],
)
def test_a_damaged_stored_form_names_the_field(name: str, value: object) -> None:
    payload = to_payload(Article(id="1", title="", text=TEXT)) | {name: value}
    with pytest.raises(BadInput, match=f"stored article: {name} "):
        from_payload(payload)


def test_the_text_is_kept_to_the_character() -> None:
    text = "\n  قال:\u200f «نَعَمْ»\r\n\tـــ ١٢٣ \ufeff "
    assert build({"text": text}).text == text


def test_other_fields_lose_only_the_spaces_around_them() -> None:
    article = build({"text": TEXT, "title": "  عنوان  مزدوج \n", "source": " وكالة ", "id": " 5 "})
    assert (article.title, article.source, article.id) == ("عنوان  مزدوج", "وكالة", "5")


@pytest.mark.parametrize(
    ("record", "name", "expected"),
    [
        ({"body": TEXT}, "text", TEXT),
        ({"text": " ", "content": TEXT}, "text", TEXT),
        ({" Text ": TEXT}, "text", TEXT),
        ({"text": TEXT, "HeadLine": "عنوان"}, "title", "عنوان"),
        ({"النص": TEXT, "العنوان": "خبر"}, "title", "خبر"),
        ({"text": TEXT, "pubDate": "2024-04-13"}, "published_at", datetime(2024, 4, 13, tzinfo=UTC)),
        ({"text": TEXT, "publisher": "وكالة"}, "source", "وكالة"),
        ({"text": TEXT, "title": 2024}, "title", "2024"),
        ({"text": TEXT, "authors": ["سارة", " علي"]}, "author", "سارة, علي"),
        ({"text": TEXT, "tags": ["سياسة", " سياسة ", "اقتصاد", ""]}, "tags", ("سياسة", "اقتصاد")),
        ({"text": TEXT, "category": "سياسة، اقتصاد|رياضة"}, "tags", ("سياسة", "اقتصاد", "رياضة")),
        ({"text": TEXT, "language": "AR-eg"}, "language", "ar"),
        ({"text": TEXT, "language": "Arabic"}, "language", "ar"),
        ({"text": TEXT}, "language", "ar"),
        ({"text": "plain words"}, "language", "en"),
        ({"text": "2024"}, "language", "und"),
        ({"text": TEXT, "id": 17, "url": "https://example.org/1"}, "id", "17"),
        ({"text": TEXT, "id": "", "url": "https://example.org/1"}, "id", "https://example.org/1"),
    ],
)
def test_fields_are_found_under_their_usual_keys(record: dict[str, object], name: str, expected: object) -> None:
    warnings: list[str] = []
    assert getattr(build(record, warnings=warnings), name) == expected
    assert warnings == []


def test_an_id_made_from_content_depends_on_source_title_and_text_alone() -> None:
    record = {"text": TEXT, "title": "عنوان", "source": "وكالة"}
    made = build(record).id
    assert made.startswith("sha-")
    assert build(record | {"author": "كاتب", "date": "2024-01-01"}).id == made
    assert len({made, *(build(record | {key: "x"}).id for key in record)}) == 4


def test_a_url_too_long_for_an_id_does_not_lose_the_article() -> None:
    article = build({"text": TEXT, "url": "https://example.org/" + "a" * 600})
    assert article.id.startswith("sha-")
    assert len(article.url) == 620


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"title": "عنوان"}, ["no text", "'title'", "--field text="]),
        ({"text": " \n\u00a0"}, ["no text"]),
        ({"text": ["جملة"]}, ["a list of 1", "not a string"]),
        ({"text": 5}, ["5", "not a string"]),
        ({"text": "قبل\0بعد"}, ["NUL", "character 4"]),
        ({"text": "قبل \ud83d بعد"}, ["U+D83D", "character 5"]),
        ({"text": TEXT, "title": "\udce3"}, ["title", "U+DCE3"]),
        ({"text": TEXT, "tags": ["a\0"]}, ["tags", "NUL"]),
        ({"text": TEXT, "id": "x" * 513}, ["513", "512"]),
        ({"text": TEXT, "id": "a\nb"}, ["control character U+000A"]),
        ({"text": TEXT, "id": True}, ["True"]),
        ({"text": TEXT, "id": {"$oid": "1"}}, ["a dict of 1", "--field id="]),
        ({"text": TEXT, "date": "2024-04-16"}, ["2024-04-16", "--allow-future"]),
    ],
)
def test_a_refusal_names_the_value_and_the_next_step(record: dict[str, object], words: list[str]) -> None:
    reason = refusal(record)
    assert [word for word in words if word not in reason] == []
    reason.encode()  # whatever was in the record, the message can be printed


def test_a_text_over_the_limit_is_refused_and_the_limit_can_be_moved() -> None:
    reason = refusal({"text": "ا" * 2_500_000})
    assert "2,500,000" in reason
    assert "2,000,000" in reason
    assert build({"text": "ا" * 11}, limits=ArticleLimits(max_chars=11)).text == "ا" * 11
    refusal({"text": "ا" * 12}, limits=ArticleLimits(max_chars=11))


def test_a_date_up_to_a_day_ahead_or_with_leave_is_accepted() -> None:
    assert build({"text": TEXT, "date": "2024-04-15 11:59"}).published_at is not None
    later = build({"text": TEXT, "date": "2030-01-01"}, limits=ArticleLimits(allow_future=True))
    assert later.published_at == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("record", "name", "word"),
    [
        ({"date": "أمس"}, "published_at", "'أمس'"),
        ({"date": "13/25/2024"}, "published_at", "13/25/2024"),
        ({"published": True}, "published_at", "True"),
        ({"date": "9" * 5_000}, "published_at", "999"),
        ({"language": "لغة الضاد"}, "language", "لغة الضاد"),
        ({"tags": ["سياسة", 3]}, "tags", "3"),
        ({"title": {"ar": "عنوان"}}, "title", "dict"),
    ],
)
def test_what_the_article_can_do_without_is_a_warning(record: dict[str, object], name: str, word: str) -> None:
    warnings: list[str] = []
    article = build({"text": TEXT} | record, warnings=warnings)
    assert article.text == TEXT
    assert len(warnings) == 1
    assert word in warnings[0]
    assert getattr(article, name) in (None, "", "ar", ("سياسة",))


@given(
    st.dictionaries(
        st.sampled_from([*"abc", "text", "id", "url", "date", "lang", "tags", "title"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=4,
        ),
    )
)
def test_any_record_gives_an_article_that_can_be_stored_or_a_refusal(record: dict[str, object]) -> None:
    warnings: list[str] = []
    try:
        article = build(record, warnings=warnings)
    except BadRecord as refused:
        warnings.append(str(refused))
    else:
        assert from_payload(json.loads(json.dumps(to_payload(article)).encode())) == article
        json.dumps(to_payload(article), ensure_ascii=False).encode()
        assert article.id
        assert article.text.strip()
    "".join(warnings).encode()


def test_an_override_is_the_only_key_looked_for() -> None:
    fields = FieldMap.from_flags(["text=Story Body", "tags=desk"])
    article = build({"story body": TEXT, "text": "ملخص", "tags": ["x"], "desk": "رياضة"}, fields=fields)
    assert article.text == TEXT
    assert article.tags == ("رياضة",)
    assert "no text" in refusal({"text": TEXT}, fields=fields)


def test_several_overrides_of_one_field_are_tried_in_order() -> None:
    fields = FieldMap.from_flags(["text=full", "text=short"])
    assert build({"short": "قصير", "full": TEXT}, fields=fields).text == TEXT
    assert build({"short": "قصير", "full": ""}, fields=fields).text == "قصير"


@pytest.mark.parametrize("flag", ["body", "=body", "text=", ""])
def test_an_override_has_two_sides(flag: str) -> None:
    with pytest.raises(BadInput, match="not FIELD=KEY"):
        FieldMap.from_flags([flag])


def test_an_override_of_no_field_lists_the_fields() -> None:
    with pytest.raises(BadInput, match="'txt' is no field; the fields are id, title, text, source, url"):
        FieldMap.from_flags(["txt=body"])


@pytest.mark.parametrize(
    ("text", "language"),
    [("هذا خبر عن Apple", "ar"), ("An item about مصر", "en"), ("١٢٣ !", "und"), ("", "und"), ("Ещё", "und")],
)
def test_the_language_is_guessed_by_the_letters(text: str, language: str) -> None:
    assert guess_language(text) == language
