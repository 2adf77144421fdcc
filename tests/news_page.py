"""A page of a newspaper, written for the tests, with a menu, an article and a footer."""

from __future__ import annotations

FIRST = "افتتح وزير النقل يوم السبت ميناء جديدا في مدينة دمياط بعد ثلاث سنوات من العمل المتواصل."
SECOND = "وأضاف الوزير أن المشروع كلف ملياري جنيه، وأن العمل فيه وفر خمسة آلاف فرصة عمل لأبناء المحافظة."
THIRD = "وقال خبراء إن الميناء سيخفف الضغط عن ميناء الإسكندرية الذي يستقبل معظم واردات البلاد من القمح."
TEXT = "\n\n".join((FIRST, SECOND, THIRD))


def page(body: str = "", head: str = "", lang: str = "ar") -> str:
    """A page of a newspaper: menu, article with a headline and the given body, footer."""
    body = body or f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
    return f"""<!doctype html><html lang="{lang}"><head><title>ميناء جديد في دمياط | صحيفة النهر</title>
    <meta property="og:site_name" content="صحيفة النهر">{head}</head><body>
    <header><nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/p">سياسة</a></li></ul></nav></header>
    <main><article><h1>ميناء جديد في دمياط</h1>{body}</article></main>
    <footer>جميع الحقوق محفوظة لصحيفة النهر</footer></body></html>"""
