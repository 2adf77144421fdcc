"""Text in Slack: nothing that an article says is a command, and both directions read right."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.slack.commands import verb_of
from service.slack.digest import topic_and_period
from service.slack.direction import END, ISOLATE, LEFT, RIGHT, Marker, without_marks
from service.slack.markup import clipped, link, markdown, mrkdwn, typed, unescaped
from service.slack.words import asked_of, say

TEXTS = st.text(st.sampled_from("اب جد,.»«“”\n*_~`<>&|#\\[]()1٣ aZé@!:/" + LEFT + RIGHT), max_size=60)


@given(TEXTS, st.sampled_from(["ar", "en"]))
def test_marks_and_escapes_change_nothing_that_is_read(text: str, language: str) -> None:
    assert unescaped(Marker(language).add(markdown(text))) == without_marks(text)


@given(TEXTS.filter(lambda text: without_marks(text).strip()), st.sampled_from(["ar", "en"]))
def test_the_question_of_a_command_is_read_back_as_it_was(text: str, language: str) -> None:
    written = say(language, "asks", user="<@U0SALMA>", question=mrkdwn(text))
    assert asked_of(written) == " ".join(without_marks(text).split())


@given(TEXTS, st.sampled_from(["ar", "en"]))
def test_no_text_is_a_link_in_markdown(text: str, language: str) -> None:
    assert not re.search(r"\][(:]", Marker(language).add(markdown(text)))


@pytest.mark.parametrize("mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_no_text_turns_what_stands_around_it(mark: str) -> None:
    assert mark not in markdown(f"أ{mark}ب")
    assert mark not in mrkdwn(f"أ{mark}ب")


@given(TEXTS, st.sampled_from(["ar", "en"]), st.integers(0, 60))
def test_a_text_in_pieces_gets_the_same_marks_as_the_whole(text: str, language: str, cut: int) -> None:
    pieces = Marker(language)
    assert pieces.add(text[:cut]) + pieces.add(text[cut:]) == Marker(language).add(text)


@given(TEXTS, st.sampled_from(["ar", "en"]))
def test_no_isolate_is_ended_that_was_not_begun(text: str, language: str) -> None:
    for line in Marker(language).add(text).split("\n"):
        depth = 0
        for char in line:
            depth += (char == ISOLATE) - (char == END)
            assert depth >= 0


@given(TEXTS)
def test_nothing_in_a_text_is_a_command_to_slack(text: str) -> None:
    for made in (markdown(text), mrkdwn(text), link("https://x.example/?a=1&b=2", text).partition("|")[2][:-1]):
        assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", made)


@given(TEXTS, st.integers(1, 40))
def test_a_clipped_text_keeps_to_the_limit_and_cuts_no_entity(text: str, limit: int) -> None:
    made = clipped(mrkdwn(text), limit)
    assert len(made) <= limit
    assert not re.search(r"&[a-z]*(?![a-z;])", made)


def test_an_english_line_that_begins_with_an_arabic_name_keeps_its_date_in_order() -> None:
    made = Marker("en").add("منصة رواق, 31 March 2025: «قال»")
    assert made == f"{LEFT}منصة رواق{LEFT}, 31 March 2025: {ISOLATE}«قال»{END}"


def test_an_arabic_line_that_begins_with_latin_letters_runs_from_the_right() -> None:
    made = Marker("ar").add("NATO (G 20) أعلن، ثم")
    assert made == f"{RIGHT}NATO {RIGHT}(G 20{RIGHT}) أعلن، ثم"


def test_a_link_is_one_only_for_a_web_address() -> None:
    assert link("javascript:alert(1)", "أحمر") == "أحمر"
    assert link("https://a.example/x|<!channel>", "أحمر") == "أحمر"
    assert link("https://a.example/?a&b", "أ|ب") == "<https://a.example/?a&amp;b|أ¦ب>"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("<@U0MASDAR> من وقّع &lt;الاتفاق&gt;؟", "من وقّع <الاتفاق>؟"),
        ("ما رأي <https://a.example|الموقع> و<https://b.example>؟", "ما رأي الموقع وhttps://b.example؟"),
        ("<#C123|desk> <!here> <@U0MASDAR|masdar>  سؤال\n", "desk سؤال"),
        ("<@U0OTHER> قال", "<@U0OTHER> قال"),
    ],
)
def test_what_a_person_typed_is_found_in_slacks_markup(sent: str, meant: str) -> None:
    assert typed(sent, "U0MASDAR") == meant


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", ("help", "")),
        ("help", ("help", "")),
        ("help me understand the strike", ("ask", "help me understand the strike")),
        ("follow olive oil", ("follow", "olive oil")),
        ("تابع زيت الزيتون يوميا", ("follow", "زيت الزيتون يوميا")),
        ("إلغاء زيت الزيتون", ("unfollow", "زيت الزيتون")),
        ("الغاء زيت الزيتون", ("unfollow", "زيت الزيتون")),
        ("list", ("list", "")),
        ("list the ports on strike", ("ask", "list the ports on strike")),
        ("قائمة", ("list", "")),
        ("من وقّع الاتفاق؟", ("ask", "من وقّع الاتفاق؟")),
    ],
)
def test_commands_are_read_in_both_languages(text: str, meaning: tuple[str, str]) -> None:
    assert verb_of(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("olive oil exports weekly", ("olive oil exports", "weekly")),
        ("olive oil every hour", ("olive oil", "hourly")),
        ("زيت الزيتون كل ساعة", ("زيت الزيتون", "hourly")),
        ("زيت الزيتون أسبوعيًا", ("زيت الزيتون", "weekly")),
        ("daily", ("daily", "daily")),
        ("رسوم القناة", ("رسوم القناة", "daily")),
    ],
)
def test_a_topic_ends_with_how_often_it_is_wanted(text: str, meaning: tuple[str, str]) -> None:
    assert topic_and_period(text) == meaning
