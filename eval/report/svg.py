"""Charts as SVG with nothing outside it: no font, no style sheet, no address.

Words stay words (``svg.fonttype: none``): they can be searched and read aloud.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from eval.extras import library

_ID = re.compile(r'(\bid="|url\(#|href="#)')
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "masdar",  # the same chart gives the same file
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": "#24292f",
    "axes.edgecolor": "#8c959f",
    "axes.labelcolor": "#24292f",
    "xtick.color": "#57606a",
    "ytick.color": "#24292f",
}
STRONG, PALE = "#0b6e4f", "#9cc5b4"
#: Metadata that matplotlib writes by default: addresses, the date, its own name.
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def bare(axes: Any, *, grid: bool) -> None:
    """Take away the frame and the ticks; ``grid`` adds thin upright lines."""
    axes.tick_params(length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    if grid:
        axes.grid(axis="x", color="#d0d7de", linewidth=0.6)
        axes.set_axisbelow(True)


def svg_of(name: str, draw: Callable[[Any], None], width: float, height: float) -> str:
    """A figure of ``width`` by ``height`` inches as an SVG element, without what stands before it in a file.

    Its ids begin with ``name``: several charts stand in one page, where an id must be there once.
    """
    with library("matplotlib").rc_context(_STYLE):
        figure = library("matplotlib.figure").Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata=_NO_METADATA)
    content = file.getvalue()
    return _ID.sub(rf"\1{name}-", content[content.index("<svg") :])
