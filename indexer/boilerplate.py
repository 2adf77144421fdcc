"""Lines that pages carry beside their article: links to others, invitations to follow, rights, cookies."""

from __future__ import annotations

import re
from typing import Final

from indexer.arabic import fold_text

#: What lines begin with that lead to other articles.
LEADS_ELSEWHERE: Final = (
    *("اقرأ أيضا", "اقرئي أيضا", "اقرأ المزيد", "اقرأ كذلك", "طالع أيضا", "شاهد أيضا"),
    *("مواضيع ذات صلة", "موضوعات ذات صلة", "أخبار ذات صلة", "ذات صلة"),
    *("read also", "also read", "read more", "see also", "related articles", "related stories"),
)
#: Openings of lines that belong to the page, not to the article.
_OPENINGS: Final = (
    *LEADS_ELSEWHERE,
    *(
        "المزيد من الأخبار",
        "تابعونا",
        "تابعنا",
        "تابع صفحتنا",
        "تابعوا",
        "اشترك في",
        "اشتركوا",
        "حمل تطبيق",
        "حمل تطبيقنا",
    ),
    *("حملوا تطبيق", "انضم إلى قناتنا", "شارك الخبر", "شارك المقال", "شارك هذا", "انقر هنا", "اضغط هنا"),
    *("جميع الحقوق محفوظة", "حقوق النشر", "كلمات مفتاحية", "كلمات دلالية", "الوسوم:", "المصدر:", "لمتابعة آخر"),
    *("للمزيد من", "نشرتنا البريدية", "follow us", "subscribe to", "sign up for", "share this", "download our app"),
    *("join our channel", "click here", "all rights reserved", "copyright", "tags:", "keywords:", "source:"),
)
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
