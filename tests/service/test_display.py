"""Text on a terminal: visual order, joined letters, mirrored brackets, and nothing that acts on the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from indexer.errors import BadInput
from service.cli.display import bidi_mode, printable, reorders_itself, visual_lines


def plain(line: str) -> str:
    """Letters back from their joined forms, still in visual order."""
    return unicodedata.normalize("NFKC", line).strip()


@pytest.mark.parametrize(
    ("logical", "visual"),
    [
        # The right-hand column as a terminal draws it, from left to right; lam and alef are one sign (ﻻ).
        ("سلام", "مﻻس"),
        ("قال الوزير", "ريزولا لاق"),
        ("قال (الوزير) أمس", "سمأ (ريزولا) لاق"),
        ("قال «نعم» أمس", "سمأ «معن» لاق"),
        ("مقر [الأمم] هنا", "انه [ممﻷا] رقم"),
        ("في عام 2025 بلغ 1,234", "1,234 غلب 2025 ماع يف"),
        ("بنسبة 12.5% أمس", "سمأ %12.5 ةبسنب"),
        ("زار قناة BBC News أمس صباحا", "احابص سمأ BBC News ةانق راز"),
        ("ذكرت قناة BBC (London) أمس صباحا", "احابص سمأ BBC (London) ةانق تركذ"),
        ("عدد ١٢٣ فقط", "طقف ١٢٣ ددع"),
        ("أهلاً.", ".ﻻًهأ"),
    ],
)
def test_arabic_lines_are_put_in_visual_order(logical: str, visual: str) -> None:
    assert [plain(line) for line in visual_lines(logical, 60)] == [plain(visual)]


def test_an_english_line_keeps_its_direction_and_its_left_edge() -> None:
    assert [plain(line) for line in visual_lines("He said مرحبا (hello) to all of them", 60)] == [
        "He said ابحرم (hello) to all of them"
    ]
    assert visual_lines("He said مرحبا to all", 60)[0].startswith("He said")


def test_letters_are_joined() -> None:
    # Initial, medial and final form; lam and alef as one character.
    assert visual_lines("سلم", 3) == ["\ufee2\ufee0\ufeb3"]
    assert visual_lines("لا", 1) == ["\ufefb"]


def test_vowel_marks_follow_their_letter() -> None:
    assert plain(visual_lines("مُحَمَّد", 10)[0]) == plain("دمَّحَمُ")


def test_lines_stand_at_the_right_edge_and_read_from_the_top() -> None:
    lines = visual_lines("وقّعت أوكرانيا والولايات المتحدة اتفاق المعادن في واشنطن", 24)
    assert len(lines) > 2
    assert {cell_len(line) for line in lines} == {24}
    assert plain(lines[0]).endswith("تعقّو")
    assert plain(lines[-1]).startswith("نطنشاو")


@pytest.mark.parametrize("width", [1, 2, 8, 200])
def test_any_width_will_do(width: int) -> None:
    lines = visual_lines("المفوضية الأوروبية (بروكسل)", width)
    assert all(cell_len(line) <= width for line in lines)


PIECES = st.sampled_from(
    [*"ابتجدرسعفقلمنهوي", "ً", "َ", "ّ", *"abcXYZ", *"0159", "١", "٥", *"()[]«»<>", " ", " ", ".", "،", "-"]
)


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(8, 50))
def test_reordering_loses_and_adds_nothing_but_spaces(text: str, width: int) -> None:
    unfaced = str.maketrans(")]}>»", "([{<«")
    shown = "".join(visual_lines(text, width))

    def kept(value: str) -> list[str]:
        return sorted("".join(unicodedata.normalize("NFKD", value).translate(unfaced).split()))

    assert kept(shown) == kept(text)


@given(st.text(max_size=80))
def test_what_is_shown_cannot_act_on_the_terminal(text: str) -> None:
    shown = printable(text)
    categories = {unicodedata.category(char) for char in shown if char not in "\n\t\u200c\u200d"}
    assert not categories & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mأحمر\x07", "\ufffd[31mأحمر\ufffd"),
        ("قبل\u202eبعد\u202c", "قبلبعد"),
        ("مسافة\u00a0ضيقة\u2009جدا", "مسافة ضيقة جدا"),
        ("سطر\r\nسطر\rسطر\u2028سطر", "سطر\nسطر\nسطر\nسطر"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("نصف \ud83d", "نصف \ufffd"),
        ("مُحَمَّد 🙂 é", "مُحَمَّد 🙂 é"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("environment", "itself"),
    [
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, True),  # GNOME Terminal
        ({"TERM": "xterm-256color", "VTE_VERSION": "5801"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "5402"}, False),  # VTE before it could
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "230800"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, True),
        ({"TERM": "xterm", "TERM_PROGRAM": "mintty"}, True),
        ({"TERM": "mlterm"}, True),
        ({"TERM": "xterm-kitty"}, True),  # sets each word from right to left
        ({"TERM": "xterm-256color"}, True),  # unknown, as over ssh
        ({}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode", "VTE_VERSION": "7600"}, False),  # inherited
        ({"TERM": "alacritty", "VTE_VERSION": "7600"}, False),  # inherited
        ({"TERM": "foot"}, False),
        ({"TERM": "st-256color"}, False),
        ({"TERM": "rxvt-unicode-256color"}, False),
        ({"TERM": "xterm-ghostty"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(379)"}, False),
        ({"TERM": "xterm-256color", "WT_SESSION": "4a3c"}, False),  # Windows Terminal
        # tmux passes text through to the terminal around it.
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "VTE_VERSION": "7600"}, True),
        ({"TERM": "screen", "XTERM_VERSION": "XTerm(379)"}, False),
    ],
)
def test_terminals(environment: dict[str, str], itself: bool) -> None:
    assert reorders_itself(environment) is itself
    assert bidi_mode(environment, terminal=True) == ("logical" if itself else "visual")


def test_what_is_no_terminal_is_never_reordered_unless_that_is_asked_for() -> None:
    assert bidi_mode({"TERM": "alacritty"}, terminal=False) == "logical"
    assert bidi_mode({"MASDAR_BIDI": "visual"}, terminal=False) == "visual"
    assert bidi_mode({"TERM": "alacritty", "MASDAR_BIDI": "logical"}, terminal=True) == "logical"
    assert bidi_mode({"TERM": "alacritty", "MASDAR_BIDI": ""}, terminal=True) == "visual"
    with pytest.raises(BadInput, match=r"MASDAR_BIDI is 'rtl'.*auto, logical, visual"):
        bidi_mode({"MASDAR_BIDI": "rtl"}, terminal=True)
