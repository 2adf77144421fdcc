"""What the bot says, in Arabic and English."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from indexer.arabic import question_language
from service.slack.markup import mrkdwn, said, typed

_ENGLISH: Final = {
    "searching": "is searching the articles…",
    "waiting": "is waiting for the archive, which is restarting…",
    "placeholder": "Searching the articles…",
    "quoted": "*Word for word* from the articles",
    "checked": "*Checked* sentence by sentence against the articles",
    "doubtful": "*In part*: the articles do not support every sentence",
    "related": "*Related only*: what you asked is not in the closest sentences",
    "none": "*No evidence* in the articles",
    "missing": "Not in the articles: {what}",
    "leads": "*The nearest articles*, which do not answer it:",
    "narrower": "Other words may help: a name, a place or a date. I only say what the articles say.",
    "degraded": "The language model did not answer, so these are quotes.",
    "sources": "Sources ({count})",
    "sources_title": "Sources",
    "loading": "One moment…",
    "sources_gone": "This article has changed or is no longer in the archive.",
    "more": "{count} more behind the button",
    "copies": "also in {sources}",
    "untitled": "Untitled",
    "helpful": "Helpful",
    "unhelpful": "Not helpful",
    "why": "What is wrong?",
    "reason_wrong": "The answer is wrong",
    "reason_off": "The quotes are about something else",
    "reason_missed": "An article with the answer is missing",
    "reason_old": "Out of date",
    "reason_other": "Something else",
    "comment": "In your own words",
    "send": "Send",
    "cancel": "Cancel",
    "close": "Close",
    "consent": "This is a private conversation. Question and answer are kept only if you say so; your word counts "
    "either way.",
    "consent_yes": "Keep the question and the answer with it",
    "thanks": "Thank you, noted.",
    "not_noted": "I could not keep that just now. Please try again in a minute.",
    "ask_title": "Ask about this",
    "ask_label": "Your question",
    "ask": "Ask",
    "asks": "{user} asks: {question}",
    "empty": "Ask me a question, in Arabic or English. I answer with quotes from the articles.",
    "too_long": "That is too long for a question. Please ask in fewer than 2,000 characters.",
    "hushed": "I will stay quiet in this thread until somebody mentions me.",
    "away": "I cannot reach the archive just now. Your question is not lost: press the button in a minute.",
    "refused": "I could not ask the archive. The people who run me find the reason in my log.",
    "lost": "I was restarted before I could answer this. Press the button if you still want to know.",
    "unsent": "I could not finish writing this answer. Please press the button.",
    "again": "Try again",
    "elsewhere": "I am not set up to answer in this channel. {where}",
    "elsewhere_named": "You can ask me in {channels}.",
    "elsewhere_direct": "You can ask me in a direct message.",
    "cannot_post": "I cannot write in this channel: invite me first, with /invite.",
    "greeting": "Ask me about the news, in Arabic or English. I answer with quotes and say where each one stands.",
    "prompts_title": "For example",
    "edited": "Answered again after the question was edited",
    "followed": "I will post new articles on “{topic}” here {every}. `/masdar unfollow {topic}` ends it.",
    "already": "This channel follows “{topic}” already.",
    "unfollowed": "This channel no longer follows “{topic}”.",
    "not_followed": "This channel does not follow “{topic}”. `/masdar list` shows what it follows.",
    "nothing_followed": "This channel follows nothing yet. Begin with `/masdar follow TOPIC`.",
    "following": "*This channel follows:*",
    "which_topic": "Which topic? For example: `/masdar follow olive oil exports daily`",
    "hourly": "every hour",
    "daily": "every day",
    "weekly": "every week",
    "item": "“{topic}”, {every}",
    "digest": "*New on “{topic}”*",
    "help": "`/masdar QUESTION` asks the articles.\n`/masdar follow TOPIC [hourly|daily|weekly]` posts new articles "
    "here, `/masdar unfollow TOPIC` ends that, `/masdar list` shows what this channel follows.\nMention me to ask in "
    "a thread; "
    "I answer what follows there until somebody writes `stop`.",
}
_ARABIC: Final = {
    "searching": "يبحث في المقالات…",
    "waiting": "ينتظر الأرشيف ريثما يعود إلى العمل…",
    "placeholder": "أبحث في المقالات…",
    "quoted": "*منقول حرفيًا* من المقالات",
    "checked": "*جرى التحقق* من كل جملة بنصوص المقالات",
    "doubtful": "*مدعوم جزئيًا*: بعض الجمل لا تدعمه المقالات كاملًا",
    "related": "*ذو صلة فقط*: ما سألت عنه ليس في أقرب الجمل",
    "none": "*لا دليل* في المقالات",
    "missing": "ليس في المقالات: {what}",
    "leads": "*أقرب المقالات*، وليس فيها جواب:",
    "narrower": "قد تفيد كلمات أخرى: اسم أو مكان أو تاريخ. ولا أقول إلا ما تقوله المقالات.",
    "degraded": "لم يُجب النموذج اللغوي، فهذه اقتباسات.",
    "sources": "المصادر ({count})",
    "sources_title": "المصادر",
    "loading": "لحظة من فضلك…",
    "sources_gone": "تغيّر هذا المقال أو لم يعد في الأرشيف.",
    "more": "وخلف الزر مصادر أخرى عددها {count}",
    "copies": "ونشره أيضًا {sources}",
    "untitled": "بلا عنوان",
    "helpful": "مفيد",
    "unhelpful": "غير مفيد",
    "why": "ما الخطأ؟",
    "reason_wrong": "الجواب خطأ",
    "reason_off": "الاقتباسات عن أمر آخر",
    "reason_missed": "ينقصه مقال فيه الجواب",
    "reason_old": "معلومات قديمة",
    "reason_other": "أمر آخر",
    "comment": "بكلماتك",
    "send": "إرسال",
    "cancel": "إلغاء",
    "close": "إغلاق",
    "consent": "هذه محادثة خاصة. لا يُحفظ السؤال والجواب إلا بإذنك، ويُحتسب رأيك في الحالتين.",
    "consent_yes": "احفظوا السؤال والجواب معه",
    "thanks": "شكرًا، سُجّل رأيك.",
    "not_noted": "لم أستطع تسجيل ذلك الآن. أعد المحاولة بعد دقيقة من فضلك.",
    "ask_title": "اسأل عن هذا",
    "ask_label": "سؤالك",
    "ask": "اسأل",
    "asks": "يسأل {user}: {question}",
    "empty": "اسألني بالعربية أو الإنجليزية، وأجيبك باقتباسات من المقالات.",
    "too_long": "هذا أطول من أن يكون سؤالًا. اسأل في أقل من 2000 حرف من فضلك.",
    "hushed": "سألتزم الصمت في هذه السلسلة إلى أن يذكرني أحد.",
    "away": "لا أستطيع الوصول إلى الأرشيف الآن. لم يضع سؤالك: اضغط الزر بعد دقيقة.",
    "refused": "لم أستطع سؤال الأرشيف. يجد القائمون عليّ السبب في السجل.",
    "lost": "أُعيد تشغيلي قبل أن أجيب عن هذا. اضغط الزر إن كنت ما زلت تريد الجواب.",
    "unsent": "لم أستطع إتمام كتابة الجواب. اضغط الزر من فضلك.",
    "again": "إعادة المحاولة",
    "elsewhere": "لم أُهيَّأ للإجابة في هذه القناة. {where}",
    "elsewhere_named": "يمكنك أن تسألني في {channels}.",
    "elsewhere_direct": "يمكنك أن تسألني في رسالة مباشرة.",
    "cannot_post": "لا أستطيع الكتابة في هذه القناة: ادعني إليها أولًا بالأمر /invite.",
    "greeting": "اسألني عن الأخبار بالعربية أو الإنجليزية. أجيب باقتباسات وأذكر موضع كل منها.",
    "prompts_title": "مثلًا",
    "edited": "أُجيب من جديد بعد تعديل السؤال",
    "followed": "سأنشر هنا ما يستجد عن «{topic}» {every}. وينهي ذلك الأمر `/masdar إلغاء {topic}`.",
    "already": "تتابع هذه القناة «{topic}» من قبل.",
    "unfollowed": "لم تعد هذه القناة تتابع «{topic}».",
    "not_followed": "لا تتابع هذه القناة «{topic}». يعرض `/masdar قائمة` ما تتابعه.",
    "nothing_followed": "لا تتابع هذه القناة شيئًا بعد. ابدأ بالأمر `/masdar تابع الموضوع`.",
    "following": "*تتابع هذه القناة:*",
    "which_topic": "أي موضوع؟ مثلًا: `/masdar تابع صادرات زيت الزيتون يوميا`",
    "hourly": "كل ساعة",
    "daily": "كل يوم",
    "weekly": "كل أسبوع",
    "item": "«{topic}»، {every}",
    "digest": "*جديد عن «{topic}»*",
    "help": "`/masdar السؤال` يسأل المقالات.\n`/masdar تابع الموضوع [كل ساعة|يوميا|أسبوعيا]` ينشر هنا ما يستجد، "
    "و`/masdar إلغاء الموضوع` ينهي ذلك، و`/masdar قائمة` يعرض ما تتابعه القناة.\nاذكرني لتسأل في سلسلة، "
    "وأجيب عما يليه فيها إلى أن يكتب أحد «توقف».",
}
REASONS: Final = ("wrong", "off", "missed", "old", "other")
#: Questions for assistant threads where the settings name none.
PROMPTS: Final = (
    "ما آخر ما نُشر عن أسعار النفط؟",
    "ماذا قالت الحكومة عن الموازنة الجديدة؟",
    "What is new about the peace talks?",
    "Which agreements were signed this month?",
)
_MONTHS: Final = (
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
)


def say(language: str, name: str, **values: str) -> str:
    """A sentence in a language, Arabic or English; values are escaped where it is written, not here."""
    sentence = (_ARABIC if language == "ar" else _ENGLISH)[name]
    return sentence.format(**values) if values else sentence


def asked_of(text: str) -> str:
    """The question in a message that the bot wrote in somebody's name ("asks"), as it was; empty for other messages."""
    for sentences in (_ENGLISH, _ARABIC):
        frame = re.escape(sentences["asks"]).replace(r"\{user\}", r"<@\w+>").replace(r"\{question\}", "(.+)")
        if found := re.fullmatch(frame, text, re.DOTALL):
            return said(typed(found[1]))
    return ""


def both(name: str) -> str:
    """A sentence in both languages, a line each."""
    return f"{_ENGLISH[name]}\n{_ARABIC[name]}"


def language_of(text: str) -> str:
    """The language to answer a text in."""
    return question_language(text)


def day(language: str, moment: datetime | None) -> str:
    """A date as people write it; empty where there is none."""
    if moment is None:
        return ""
    if language == "ar":
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{moment.day} {moment:%B %Y}"


def topic(language: str, name: str, **values: str) -> str:
    """A sentence with values that people typed, in Slack's markup."""
    return say(language, name, **{key: mrkdwn(value) for key, value in values.items()})
