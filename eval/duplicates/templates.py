"""Reports that a newsroom writes by a pattern: the same words every time, other facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from indexer.articles import Article

_WEATHER: Final = (
    "توقعت هيئة الأرصاد أن يسود {place} {day} طقس {sky}، وأن تبلغ درجة الحرارة العظمى {high} والصغرى {low} درجة مئوية. وتهب الرياح "
    "{wind} معتدلة السرعة تنشط أحيانا على السواحل والمناطق المكشوفة. ودعت الهيئة السائقين إلى توخي الحذر على الطرق السريعة في ساعات "
    "الصباح الأولى بسبب الشبورة المائية. وتصدر الهيئة نشرتها التالية عند السادسة مساء."
)
_GOLD: Final = (
    "سجلت أسعار الذهب في أسواق {place} {day} تغيرا طفيفا، إذ بلغ سعر الغرام من عيار 21 نحو {high} وحدة نقدية للبيع. وقال تجار إن حركة "
    "الشراء {sky} قياسا بالأسبوع الماضي، وإن الأسعار تتبع البورصة العالمية وسعر صرف العملة. وبلغ سعر الجنيه الذهب {low} وحدة. وينصح "
    "التجار المشترين بمقارنة أجور الصياغة قبل الشراء والاحتفاظ بالفاتورة."
)
_MATCH: Final = (
    "فاز فريق {one} على ضيفه {two} في المباراة التي جمعتهما {day} على ملعب {place} ضمن منافسات الدوري الممتاز. وبدأ اللقاء بحذر من "
    "الفريقين قبل أن يفرض أصحاب الأرض سيطرتهم على وسط الملعب. وافتتح {player} التسجيل بعد هجمة منظمة من الجهة اليمنى، ثم عزز زميله "
    "النتيجة قبل نهاية الشوط الأول. وقال مدرب {one} بعد المباراة إن فريقه استحق الفوز وإن الطريق إلى اللقب ما زال طويلا."
)
_ROWS: Final = (
    ("الرملة", "الأحد", "مشمس", "31", "19", "شمالية", "الاتحاد", "النجوم", "سامي كريم"),
    ("القصبة", "الاثنين", "غائم جزئيا", "28", "17", "غربية", "الهلال", "الشباب", "وليد منير"),
    ("الزهراء", "الثلاثاء", "حار", "38", "26", "جنوبية", "الأهلي", "الوحدة", "ياسين بلال"),
    ("بحران", "الأربعاء", "ماطر", "16", "9", "شرقية", "النصر", "الميناء", "خالد فهد"),
    ("المينا", "الخميس", "بارد", "12", "4", "شمالية غربية", "الترجي", "السكة", "رامز علي"),
    ("الكرمة", "الجمعة", "معتدل", "24", "14", "متقلبة", "الوداد", "الساحل", "أمين زكي"),
    ("الشاطئ", "السبت", "رطب", "33", "27", "بحرية", "الفيصلي", "البلدية", "نادر حسن"),
    ("الرملة", "الاثنين", "مشمس", "32", "19", "شمالية", "الاتحاد", "الأمل", "فادي سعد"),
    ("الرملة", "الثلاثاء", "مشمس", "30", "18", "شمالية", "الاتحاد", "الجبل", "زياد نور"),
    ("القصبة", "السبت", "غائم جزئيا", "27", "16", "غربية", "الهلال", "الرياضي", "بدر سالم"),
    ("القصبة", "الأحد", "غائم جزئيا", "29", "18", "غربية", "الهلال", "القلعة", "جمال عمر"),
)
_NAMES: Final = ("place", "day", "sky", "high", "low", "wind", "one", "two", "player")
_FIRST_DAY: Final = datetime(2025, 3, 2, 6, tzinfo=UTC)


def reports() -> Iterator[tuple[Article, Article]]:
    """Pairs of reports by one pattern: neighbours in the table, and those of one place on two days."""
    for pattern, title in ((_WEATHER, "الطقس"), (_GOLD, "أسعار الذهب"), (_MATCH, "الدوري الممتاز")):
        made = [_report(pattern, title, at) for at in range(len(_ROWS))]
        yield from pairwise(made)
        for one, two in ((0, 7), (0, 8), (7, 8), (1, 9), (1, 10), (9, 10)):
            if two - one > 1:
                yield made[one], made[two]


def _report(pattern: str, title: str, at: int) -> Article:
    words = dict(zip(_NAMES, _ROWS[at], strict=True))
    return Article(
        f"{title}/{at}",
        f"{title}: {words['place']}",
        pattern.format(**words),
        "نشرة الوادي",
        published_at=_FIRST_DAY + timedelta(days=at),
        language="ar",
    )
