"""Tell what is no article: menus, error pages, consent banners, teasers, lists of links, empty shells.

Rules over the plain text, each with its reason, since a reason can be checked by the person who reads the report. They
look for what such pages have and articles have not, not for good writing: a flash of one sentence is an article.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from indexer.arabic import fold_text
from indexer.boilerplate import is_page_line

#: Fewer words are no article, nor are so many without a full stop.
_FEWEST_WORDS, _SHELL_OF_WORDS = 3, 4
_FULL_STOP: Final = re.compile(r"[.!?؟][\"»”')\]]*\s*$")
#: Phrases of pages that stand for an article, folded; a text of more words is about them instead.
_SHELL_WORDS: Final = 60
_SHELLS: Final = {
    "an error page": (
        "صفحه التي تبحث عنها", "الصفحه المطلوبه غير", "حدث خطا ما", "خطا في الخادم", "غير مصرح لك", "لا توجد نتائج",
        "لا يوجد محتوي", "الرابط منتهي",
        "not available in your region", "page you are looking for", "page you requested",
        "404 not found", "access denied",
        "permission to access", "internal server error", "something went wrong", "no results found",
    ),
    "a consent banner": (
        "نستخدم ملفات تعريف الارتباط", "يستخدم هذا الموقع ملفات تعريف", "توافق علي استخدام ملفات",
        "توافق علي سياسه الخصوصيه",         "partners store cookies", "we use cookies",
        "this site uses cookies", "our use of cookies",
    ),
    "a check of the browser": (
        "تفعيل جافا", "المتصفح الي تحديث", "تفعيل javascript", "enable javascript", "checking your browser",
        "verify you are human",
    ),
    "a page before the article": (
        "للمشتركين فقط", "اشترك الان لمتابعه", "اشترك للمتابعه", "الحد الاقصي من المقالات", "subscribe to continue",
        "already a subscriber", "free articles",
    ),
    "a page that is still loading": ("جار التحميل", "جاري التحميل", "تحميل...", "اعاده تحميل الصفحه", "loading..."),
}  # fmt: skip
#: A teaser has at most so many words and ends in one of these.
_TEASER_WORDS: Final = 45
_TEASER_END: Final = re.compile(
    r"(?:(?:\.{2,}|…|\[\.{3}\]|\[…\])|\b"
    r"(?:اقرا|لقراءه|للتفاصيل|شاهد|للمزيد|المزيد|اضغط هنا|التقرير التالي|read more|continue reading)\b"
    r"[^.!?؟]{0,20})\W*$"
)
#: Words of an invitation or a heading with its links, where no sentence is among them.
_INVITATION_WORDS: Final = 25
_INVITED: Final = re.compile(r"^\W*(?:للاطلاع|لقراءه|لمشاهده|اقرا|شاهد|انقر|اضغط|read|click)\b")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_PAGE_NUMBERS: Final = re.compile(r"(?:\b\d+\s+){3,}\d+\b")
_STAMP: Final = re.compile(r"(?:تم النشر|اخر تحديث|تاريخ النشر|published|last updated|updated)\s*:?\s*\d")
_URL: Final = re.compile(r"(?:https?://|www\.)\S+|[#@]\w+")
_SENTENCE_END: Final = re.compile(r"[.!?؟:…؛،][\"»”')\]]*\s*$")
#: A line of a menu or a headline of a list has at most so many words; more lines than that are a list.
_LINE_WORDS, _LIST_LINES = 10, 4
#: Words of an entry of a menu, at most.
_ENTRY_WORDS: Final = 5
#: A line of so many words is prose: with one, results and poems that follow it belong to an article.
_PROSE_WORDS: Final = 15
_SEPARATOR: Final = re.compile(r"\s[|•·»>]\s|\t")


@dataclass(frozen=True)
class _Page:
    """A text, in the parts that rules look at."""

    text: str

    @cached_property
    def lines(self) -> list[str]:
        """What stands between line ends and between the bars of a menu, without empty ones."""
        lines = [part.strip() for line in self.text.splitlines() for part in _SEPARATOR.split(line)]
        return [line for line in lines if line]

    @cached_property
    def words(self) -> int:
        """Words of letters, without addresses and hashtags."""
        return len(_WORD.findall(_URL.sub(" ", self.text)))

    @cached_property
    def folded(self) -> str:
        """The text, folded."""
        return fold_text(self.text)

    @property
    def unfinished(self) -> list[str]:
        """Lines that are short and end without a mark, as entries of menus and headlines do."""
        return [line for line in self.lines if len(line.split()) <= _LINE_WORDS and not _SENTENCE_END.search(line)]


def fault_of(text: str) -> str | None:
    """Why a text is no article, in words that follow "it is"; None where it may be one."""
    page = _Page(text)
    for rule in (_shell, _teaser, _repeated, _page_lines, _list, _empty):
        if reason := rule(page):
            return reason
    return None


def _empty(page: _Page) -> str | None:
    if page.words >= _FEWEST_WORDS and (page.words > _SHELL_OF_WORDS or _FULL_STOP.search(page.text)):
        return None
    addresses = " but addresses and hashtags" if _URL.search(page.text) else ""
    return f"an empty shell: it has {page.words} words{addresses}"


def _shell(page: _Page) -> str | None:
    if page.words > _SHELL_WORDS:
        return None
    if page.words < _LINE_WORDS and _STAMP.search(page.folded):
        return "the date of an article without the article"
    if page.words < _LINE_WORDS and _PAGE_NUMBERS.search(page.text):
        return "a row of page numbers"
    for kind, phrases in _SHELLS.items():
        for phrase in phrases:
            if fold_text(phrase) in page.folded:
                return f"{kind}: it says {phrase!r}"
    return None


def _teaser(page: _Page) -> str | None:
    if page.words > _TEASER_WORDS or not (end := _TEASER_END.search(page.folded)):
        return None
    return f"a teaser: it has {page.words} words and ends in {end[0].strip()!r}"


def _repeated(page: _Page) -> str | None:
    again = len(page.lines) - len(Counter(page.lines))
    if len(page.lines) >= 3 and again * 2 >= len(page.lines):
        return f"repetition: {again} of its {len(page.lines)} lines were there before"
    return None


def _page_lines(page: _Page) -> str | None:
    around = [line for line in page.lines if is_page_line(line) or _invites(line)]
    rest = sum(len(line.split()) for line in page.lines if line not in around and _SENTENCE_END.search(line))
    if around and rest < 5 and (len(around) * 2 >= len(page.lines) or page.words <= _INVITATION_WORDS):
        return f"what stands around an article: {around[0][:60]!r}"
    return None


def _invites(line: str) -> bool:
    """Whether a line tells its reader to look elsewhere; a sentence with its full stop is an article's sooner."""
    return (
        not line.rstrip().endswith(".") and len(line.split()) <= _LINE_WORDS and bool(_INVITED.match(fold_text(line)))
    )


def _list(page: _Page) -> str | None:
    if (
        len(page.lines) >= 3
        and all(len(line.split()) <= _ENTRY_WORDS for line in page.unfinished)
        and (len(page.unfinished) == len(page.lines))
    ):
        return f"a menu: its {len(page.lines)} lines have a few words each"
    prose = any(len(line.split()) >= _PROSE_WORDS for line in page.lines)
    if not prose and len(page.lines) > _LIST_LINES and len(page.unfinished) >= 0.8 * len(page.lines):
        return f"a menu or a list of links: {len(page.unfinished)} of its {len(page.lines)} lines are no sentences"
    return None
