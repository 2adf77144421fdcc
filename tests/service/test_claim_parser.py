"""Markers and claims of a streamed answer: every form of marker, any pieces, nothing leaks."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sentences import sentence_spans
from service.answering.claim_parser import Claim, ClaimParser, Text

KNOWN = 12
PARTS = [
    *"[]【】［］()†,،-–.؟! \n\t",
    *(
        "[1]",
        "[2",
        "3]",
        "[1, 2]",
        "[1-3]",
        "【4】",
        "[٢]",
        "[۳، ١]",
        "[99]",
        "[0]",
        "[source 5]",
        "[المصدر ٣]",
        "[[7]]",
    ),
    *(
        "وقّعت",
        "أوكرانيا",
        "اتفاق المعادن.",
        "وقال",
        "The deal was signed.",
        "Then",
        "U.S.",
        "3.5",
        "«نعم.»",
        "(قال.",
        "1.",
    ),
]
#: What a reader would take for a marker.
LEAKED = re.compile(r"[\[【［][ \t]*(?:source|المصدر)?[ \t]*\d{1,4}(?:[ \t]*[,،-][ \t]*\d{1,4})*[ \t]*[\]】］]")


def parsed(*pieces: str, known: int = KNOWN) -> tuple[list[Text | Claim], ClaimParser]:
    """What the parser gives, texts in a row put together."""
    parser = ClaimParser(known)
    parts = [part for piece in pieces for part in parser.feed(piece)] + list(parser.finish())
    merged: list[Text | Claim] = []
    for part in parts:
        if isinstance(part, Text) and merged and isinstance(merged[-1], Text):
            merged[-1] = Text(merged[-1].text + part.text)
        else:
            merged.append(part)
    return merged, parser


def claims(text: str, known: int = KNOWN) -> list[tuple[str, tuple[int, ...]]]:
    return [(part.text, part.numbers) for part in parsed(text, known=known)[0] if isinstance(part, Claim)]


def shown(text: str) -> str:
    return "".join(part.text for part in parsed(text)[0] if isinstance(part, Text))


@pytest.mark.parametrize(
    ("marker", "numbers"),
    [
        ("[1]", (1,)),
        ("[1][2]", (1, 2)),
        ("[1] [2]", (1, 2)),
        ("[1, 2]", (1, 2)),
        ("[1,2,1]", (1, 2)),
        ("[1-3]", (1, 2, 3)),
        ("[1–3, 7]", (1, 2, 3, 7)),
        ("【1】", (1,)),
        ("【3†L1-L4】", (3,)),
        ("［٤］", (4,)),
        ("[١، ٢]", (1, 2)),
        ("[۳]", (3,)),
        ("[١-٣]", (1, 2, 3)),
        ("[source 4]", (4,)),
        ("[Sentence 2, sentence 3]", (2, 3)),
        ("[المصدر ٣]", (3,)),
        ("[1 و 2]", (1, 2)),
        ("[[5]]", (5,)),
        ("[^6]", (6,)),
        ("[3-1]", (3, 1)),
    ],
)
def test_every_form_of_marker_is_read_and_not_shown(marker: str, numbers: tuple[int, ...]) -> None:
    for text in (
        f"وقّعت أوكرانيا الاتفاق {marker}.",
        f"وقّعت أوكرانيا الاتفاق.{marker}",
        f"وقّعت أوكرانيا الاتفاق. {marker}",
    ):
        assert claims(text) == [("وقّعت أوكرانيا الاتفاق.", numbers)]
        assert shown(text) == "وقّعت أوكرانيا الاتفاق."


@pytest.mark.parametrize("text", ["[كذا] في الأصل.", "قال: [نعم] ثم سكت.", "array[i] is text.", "قائمة [ أ ] و[ب]."])
def test_other_brackets_are_text(text: str) -> None:
    assert shown(text) == text


def test_a_claim_has_the_numbers_in_it_and_behind_it() -> None:
    text = "وقّعت أوكرانيا [1] الاتفاق في واشنطن [2]. وقال الوزير إنه مهم.[3] ويبدأ غدا."
    assert claims(text) == [
        ("وقّعت أوكرانيا الاتفاق في واشنطن.", (1, 2)),
        ("وقال الوزير إنه مهم.", (3,)),
        ("ويبدأ غدا.", ()),
    ]
    assert shown(text) == "وقّعت أوكرانيا الاتفاق في واشنطن. وقال الوزير إنه مهم. ويبدأ غدا."


def test_a_marker_on_a_line_belongs_to_what_stands_in_that_line() -> None:
    assert claims("The deal was signed.\n[1] The fund is shared.\n\n[2]\nIt starts in May.") == [
        ("The deal was signed.", ()),
        ("The fund is shared.", (1, 2)),
        ("It starts in May.", ()),
    ]
    assert claims("- [3] The deal was signed.\n1. [4] The fund is shared.") == [
        ("- The deal was signed.", (3,)),
        ("1. The fund is shared.", (4,)),
    ]


def test_numbers_that_no_sentence_has_are_dropped_and_counted() -> None:
    parts, parser = parsed("The deal was signed [1][7][8-9]. ", known=3)
    assert parts == [Text("The deal was signed."), Claim("The deal was signed.", (1,))]
    assert parser.unknown == 3


def test_nought_says_that_the_sentences_do_not_tell() -> None:
    assert parsed("The date is not given [0].")[0][-1] == Claim("The date is not given.", (), gap=True)


@pytest.mark.parametrize("end", ["[", "[1", "[1, ", "[source", "【٣"])
def test_half_a_marker_at_the_end_is_dropped_and_counted(end: str) -> None:
    parts, parser = parsed(f"The deal was signed. {end}")
    assert parts == [Text("The deal was signed."), Claim("The deal was signed.", ())]
    assert parser.broken == 1


def test_half_a_marker_in_the_text_is_dropped_and_counted() -> None:
    text = "The deal [1 was signed in Washington by both of the delegations.\nThe end [2\nis near."
    assert shown(text) == "The deal was signed in Washington by both of the delegations.\nThe end\nis near."
    assert parsed(text)[1].broken == 2


def test_a_sentence_is_given_out_before_the_next_one_ends() -> None:
    parser = ClaimParser(KNOWN)
    early = list(parser.feed("وقّعت أوكرانيا الاتفاق في واشنطن [2]. وقال"))
    assert Claim("وقّعت أوكرانيا الاتفاق في واشنطن.", (2,)) not in early
    assert Claim("وقّعت أوكرانيا الاتفاق في واشنطن.", (2,)) in list(parser.feed(" الوزير"))


def test_text_is_given_out_word_by_word() -> None:
    parser = ClaimParser(KNOWN)
    assert [list(parser.feed(piece)) for piece in ("وقّ", "عت أو", "كرانيا [", "1] ا")] == [
        [],
        [Text("وقّعت")],
        [],
        [Text(" أوكرانيا")],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. signed the deal at 3.5 percent. It said (see p. 4. or 5.) that it holds. Then it left.",
        "قال د. أحمد «سنعود غدا.» وأضاف أن النسبة 3.5 في المئة. وأعلنت الوزارة ذلك.",
        "Was it signed? Yes! The minister (who left early. He was ill) said so. Nobody knows why.",
    ],
)
def test_claims_are_the_sentences_of_the_whole_text(text: str) -> None:
    assert [claim for claim, _ in claims(text)] == [text[start:end] for start, end in sentence_spans(text)]


answers = st.lists(st.sampled_from(PARTS), max_size=30).flatmap(
    lambda parts: st.sampled_from(["".join(parts), " ".join(parts)])
) | st.text(alphabet="[]【】0123٣ab. \n،,-†", max_size=60)


@given(answers, st.data())
def test_any_pieces_give_the_same_as_the_whole(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole, parser = parsed(text)
    parts, other = parsed(*pieces)
    assert parts == whole
    assert (other.unknown, other.broken) == (parser.unknown, parser.broken)


@given(answers)
def test_no_marker_leaks_and_every_claim_ends_the_text_before_it(text: str) -> None:
    before = ""
    for part in parsed(text)[0]:
        if isinstance(part, Text):
            before += part.text
        else:
            assert before.endswith(part.text)
            assert all(1 <= number <= KNOWN for number in part.numbers)
            assert not LEAKED.search(part.text)
    assert not LEAKED.search(before)


@given(st.lists(st.sampled_from([*PARTS, "plain"]), max_size=20).map(" ".join))
def test_text_without_brackets_is_left_as_it_is(text: str) -> None:
    plain = re.sub(r"[\[\]【】［］]", "", text)
    assert shown(plain).strip() == re.sub(r"[ \t]*\n", "\n", plain).strip()
