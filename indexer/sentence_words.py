"""Words and signs that decide whether a point ends a sentence; data for `indexer.sentences`.

All words are in folded spelling (`indexer.arabic.fold_text`), without their points.
"""

from __future__ import annotations

from typing import Final


def _words(*rows: str) -> frozenset[str]:
    """The words of some rows of text."""
    return frozenset(" ".join(rows).split())


# A point after these belongs to the word: a name, a number or the thing itself follows.
LEADING_ABBREVIATIONS: Final = _words(
    "مج تح هات تلف وم ود",  # volume, editor, telephone, "and Eng.", "and Dr."
    "mr mrs ms dr prof rev hon gov sen rep gen lt col capt sgt maj st mt messrs",
    "e.g i.e cf vs viz approx fig figs vol vols pp ed eds est dept ص.ب ا.د ا.م.د",
)
# These need a number behind them to be abbreviations: "No. 5", "Jan. 3".
NUMBERED_ABBREVIATIONS: Final = _words("no nos art sec ch jan feb mar apr jun jul aug sep sept oct nov dec")
# These may stand last: the point ends the sentence when a word follows that opens one.
CLOSING_ABBREVIATIONS: Final = _words("etc inc ltd co corp jr sr bros al dc ph.d")
# Units and "and so on" are mostly written without a point, so a point after them ends the sentence unless
# what follows continues the phrase (15 كلم. شمال بغداد).
UNIT_ABBREVIATIONS: Final = _words("الخ كلم كم سم مم ملم كغ كلغ كجم غم ملغ مل")
UNIT_CONTINUATIONS: Final = _words(
    "من عن في الي علي شمال جنوب شرق غرب شمالي جنوبي شرقي غربي داخل خارج تقريبا مربع مربعه مكعب و فوق تحت بين حول قرب"
)
# After a digit these letters are eras: 1990 م, 1411 هـ.
ERA_LETTERS: Final = _words("م ه")
# After these words a letter is a label, and a point after it may end the sentence: المجموعة ب.
LABELLED: Final = _words("مجموعه المجموعه فئه الفئه فقره الفقره فيتامين درجه الدرجه نقطه النقطه حرف الحرف خيار الخيار")

# Names of Latin letters, which spell foreign initials (آي.بي.إم), and last labels of site names (العربية.نت).
LETTER_NAMES: Final = _words(
    "اي ايه بي سي دي اف جي جيه اتش اتس كي كيه كاي ال ام ان او بيه كيو ار اس تي يو في فيه دبليو",
    "اكس واي زد زي",
)
# Those that are no Arabic words: one of them is enough to tell.
SPELLED_LETTERS: Final = LETTER_NAMES - _words("اي ال ام ان او كي في")
SITE_ENDINGS: Final = _words("نت كوم اورغ اورج")

# Words that open a new sentence in news prose, for the places where a point alone does not decide. A word
# that begins with the conjunction و also does, unless the و is its own first letter.
OPENERS: Final = _words(
    "ثم كما لكن بيد غير الا اما ان انها انه انهم هذا هذه هولاء هناك لقد يذكر يشار تجدر هكذا هنا لماذا هل متي",
    "فقد فان فيما فلم فلا فهو فهي فهم بينما حيث كان كانت اذ اذا عندما لذلك لذا ربما نعم لا ليس ليست نحن انا",
)
OWN_WAW: Final = _words(
    "وزير وزيره وزاره وزاري وزراء وزارات وكاله وكيل وكيله وفد وفود واشنطن وسط وسطي وقت وحده وحدات وحيد ورقه",
    "ورق ورشه وليد وائل وسام وجدي وحيده وفاء وداد وثيقه وثائق وضع وجود وصول ولايه ولايات ولد والد والده وباء",
    "وجه وجهه وجهات وسيط وسائل وسيله وظيفه وظائف وعد وعود وفاه وفيات وقف وقود وقوع وكلاء ولاء ولي وهم وردي",
    "وادي وهران وارسو واحد واحده واجب واسع واسعه وطن وطني وطنيه وصف وصفه ود وديه وزن وعي وفق وفقا واقع",
)
ENGLISH_OPENERS: Final = _words(
    "the a an he she it they we i you this that these those there in on at but and or if when while after"
    " before for from as his her its their our my what who why how where however so then also meanwhile"
)

# Words that go on with the sentence after a quotation that closes with its own full stop.
ATTRIBUTIONS: Final = _words(
    "قال قالت قالوا يقول تقول اضاف اضافت يضيف تضيف صرح صرحت اكد اكدت يؤكد يوكد توكد تابع تابعت يتابع",
    "اوضح اوضحت",
    "يوضح كتب كتبت يكتب ذكر ذكرت سال سالت يسال تساءل تساءلت اجاب اجابت يجيب رد ردت يرد هتف هتفت صاح صاحت علق",
    "علقت اعلن اعلنت ختم ختمت شدد شددت اشار اشارت بحسب حسب حسبما وفق وفقا طبقا مضيفا مضيفه مؤكدا موكدا موكده",
    "قائلا قايلا قايله مشيرا مشيره موضحا موضحه متسائلا متسايلا معلقا معتبرا لافتا علي كما هكذا نقلا بهذه",
)

# What ends a sentence without a space behind it: ideographic full stops and full-width signs.
IDEOGRAPHIC_STOPS: Final = frozenset("。｡！？")
STOPS: Final = ".!?؟…۔‼⁇⁈⁉‽" + "".join(sorted(IDEOGRAPHIC_STOPS))
QUESTIONS: Final = frozenset(STOPS) - frozenset(".…۔") - IDEOGRAPHIC_STOPS
OPENING: Final = "«“„‘‹([{"
CLOSING: Final = "»”’›)]}"
BULLETS: Final = "•●▪■◆◾►▶▸‣⁃"
