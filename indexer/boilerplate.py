"""Lines that pages carry beside their article: links to others, invitations to follow, rights, cookies."""

from __future__ import annotations

import re
from typing import Final

from indexer.arabic import fold_text

#: Openings of lines that belong to the page, not to the article, folded.
_OPENINGS: Final = (
    "اقرا ايضا", "اقرا المزيد", "اقرا كذلك", "اقرئي ايضا", "طالع ايضا", "شاهد ايضا", "مواضيع ذات صله",
    "اخبار ذات صله", "موضوعات ذات صله", "ذات صله", "المزيد من الاخبار", "تابعونا", "تابعنا", "تابع صفحتنا",
    "تابعوا", "اشترك في", "اشتركوا", "حمل تطبيق", "حمل تطبيقنا", "حملوا تطبيق", "انضم الي قناتنا", "شارك الخبر",
    "شارك المقال", "شارك هذا", "انقر هنا", "اضغط هنا", "جميع الحقوق محفوظه", "حقوق النشر", "كلمات مفتاحيه",
    "كلمات دلاليه",
    "الوسوم:", "المصدر:", "لمتابعه اخر", "للمزيد من", "نشرتنا البريديه", "read also", "read more", "related articles",
    "related stories", "also read", "see also", "follow us", "subscribe to", "sign up for", "share this",
    "download our app", "join our channel", "click here", "all rights reserved", "copyright", "tags:", "keywords:",
    "source:",
)  # fmt: skip
_OPENING: Final = re.compile(r"\W*(?:" + "|".join(map(re.escape, map(fold_text, _OPENINGS))) + r")(?!\w)")
#: More words than a link or an invitation has; a sentence with its full stop is one of the article's sooner.
_MOST_WORDS, _MOST_IN_SENTENCE = 25, 9


def is_page_line(line: str) -> bool:
    """Whether a line belongs to the page around an article."""
    most = _MOST_IN_SENTENCE if line.rstrip().endswith((".", "!", "؟", "?")) else _MOST_WORDS
    return len(line.split()) <= most and _OPENING.match(fold_text(line)) is not None


def article_end(lines: list[str]) -> int:
    """How many of the lines belong to the article: what follows a heading of links at the end does not.

    A line of the page ends the article where no line of more than ``_MOST_WORDS`` words comes after it.
    """
    for at, line in enumerate(lines):
        if is_page_line(line) and all(len(after.split()) <= _MOST_WORDS for after in lines[at:]):
            return at
    return len(lines)
