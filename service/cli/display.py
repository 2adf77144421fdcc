"""Text for people on a terminal: colour, width, and Arabic the way the terminal expects it.

Terminals differ. Some order and join right-to-left text themselves (those on VTE 0.58 or later such as GNOME Terminal,
Konsole, Apple Terminal, mintty, PuTTY, mlterm); text must reach them as it is. Others put characters from left to right
as they come; for those, lines are wrapped, joined and reordered here (Unicode bidirectional algorithm, UAX #9, by
python-bidi). Nothing tells for certain which one it is, above all over ssh, so ``MASDAR_BIDI`` overrides the guess:
``logical`` or ``visual``. Output that is not a terminal is never reordered: a quote that is copied or piped must stay
verbatim.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from indexer.arabic import is_arabic
from indexer.articles import guess_language
from indexer.errors import BadInput

if TYPE_CHECKING:
    from arabic_reshaper import ArabicReshaper

_MODES = ("auto", "logical", "visual")
#: VTE orders text since 0.58; VTE_VERSION is major * 10,000 + minor * 100 + micro.
_VTE_WITH_BIDI = 5_800
#: Terminals without bidirectional text, by the beginning of TERM and by TERM_PROGRAM. kitty is not among them: it sets
#: the letters of each word from right to left and would undo ours. iTerm2 and WezTerm can, as an option that is off.
_PLAIN_TERMS = ("linux", "alacritty", "foot", "rio", "rxvt", "st-", "wezterm", "xterm-ghostty")
_PLAIN_PROGRAMS = frozenset({"Hyper", "Tabby", "WarpTerminal", "WezTerm", "ghostty", "iTerm.app", "rio", "vscode"})
_WIDEST = 120
_NARROWEST = 8
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
#: A mark without a glyph. Set behind a bracket it takes the bracket's level, and shows afterwards which way that runs.
_PROBE = "\u034f"
_BRACKET = re.compile(r"[()\[\]{}<>«»‹›]")
_PROBED = re.compile(f"{_PROBE}({_BRACKET.pattern})|({_BRACKET.pattern}){_PROBE}")
_JOINERS = "\u200c\u200d"
_ARABIC_FIRST, _ARABIC_LAST = "\u0600", "\u08ff"


def reorders_itself(environment: Mapping[str, str]) -> bool:
    """Whether the terminal of this environment orders right-to-left text itself; unknown ones count as such.

    tmux and screen pass text through, so what counts is the terminal around them, as far as its variables show.
    """
    if environment.get("TERM", "").startswith(_PLAIN_TERMS) or environment.get("TERM_PROGRAM") in _PLAIN_PROGRAMS:
        return False
    if environment.get("VTE_VERSION", "").isdigit():
        return int(environment["VTE_VERSION"]) >= _VTE_WITH_BIDI
    return not (environment.get("WT_SESSION") or environment.get("XTERM_VERSION"))


def bidi_mode(environment: Mapping[str, str], *, terminal: bool) -> str:
    """``logical`` or ``visual`` for this output.

    Raises:
        BadInput: MASDAR_BIDI has another value.
    """
    wanted = environment.get("MASDAR_BIDI") or "auto"
    if wanted not in _MODES:
        raise BadInput(f"MASDAR_BIDI is {wanted!r}; choose one of: {', '.join(_MODES)}")
    if wanted != "auto":
        return wanted
    return "visual" if terminal and not reorders_itself(environment) else "logical"


def visual_lines(text: str, width: int) -> list[str]:
    """Wrap text to ``width`` cells and put each line into the order in which it is seen, letters joined.

    Mostly Arabic text runs from right to left and stands at the right edge; a tab or line end in it is a space.
    """
    # Joined first: joined forms are as wide as they will be seen.
    joined = _reshaper().reshape(" ".join(text.split()))
    lines = [line.plain.rstrip() for line in Text(joined).wrap(Console(width=width), width)] or [""]
    right = guess_language(text) == "ar"
    seen = [_seen(line, "R" if right else "L") for line in lines]
    return [" " * (width - cell_len(line)) + line if right else line for line in seen]


@cache
def _reshaper() -> ArabicReshaper:
    from arabic_reshaper import ArabicReshaper

    # Vowel marks stay, so that nothing is lost to the eye.
    return ArabicReshaper({"delete_harakat": False, "support_ligatures": True})


def _seen(line: str, base: str) -> str:
    """One line in visual order. python-bidi leaves rules L3 (marks) and L4 (mirrored brackets) to its caller."""
    from bidi import get_display

    probed = _BRACKET.sub(rf"\g<0>{_PROBE}", line)
    ordered = _PROBED.sub(_facing, str(get_display(probed, base_dir=base)))
    return _marks_behind_letters(ordered)


def _facing(found: re.Match[str]) -> str:
    """A bracket in a run from right to left has its probe before it, and shows its other face."""
    leftward, rightward = found.groups()
    return leftward.translate(_MIRRORED) if leftward else rightward


def _marks_behind_letters(ordered: str) -> str:
    """Put combining marks that reordering left before their Arabic letter behind it, where a terminal joins them."""
    result: list[str] = []
    waiting: list[str] = []
    for char in ordered:
        if unicodedata.combining(char) and _ARABIC_FIRST <= char <= _ARABIC_LAST:
            waiting.append(char)
            continue
        result.append(char)
        if waiting:
            result.extend(reversed(waiting))
            waiting.clear()
    return "".join(result + waiting)


class Page:
    """Writes lines to standard output, coloured on a terminal."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._mode = bidi_mode(os.environ, terminal=sys.stdout.isatty())

    def line(self, text: str, *, style: str = "", label: str = "") -> None:
        """One paragraph; the label stands before it, at the left edge."""
        text = printable(text)
        if self._mode == "logical" or not any(map(is_arabic, text)):
            self._console.print(Text(f"{label} {text}" if label else text, style=style))
            return
        indent = len(label) + 1 if label else 0
        width = max(_NARROWEST, min(self._console.width, _WIDEST) - indent)
        for number, line in enumerate(visual_lines(text, width)):
            before = label if number == 0 else " " * len(label)
            self._console.print(Text(f"{before} {line}" if label else line, style=style))

    def blank(self) -> None:
        """An empty line."""
        self._console.print()


def printable(text: str) -> str:
    """Without what could act on the terminal: an article must not move the cursor, recolour or reverse other text.

    Control characters become U+FFFD; marks that reverse or hide text (U+202A-U+202E, U+2066-U+2069, ...) are left out.
    Spaces of every width become plain ones, and any line end becomes one newline.
    """
    return "".join(map(_shown, re.sub("\r\n?|[\u2028\u2029\x85]", "\n", text)))


def _shown(char: str) -> str:
    if char in "\n\t" or char in _JOINERS or char.isprintable():
        return char
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    if category == "Cf":
        return ""
    return char if category in {"Co", "Cn"} else "\ufffd"
