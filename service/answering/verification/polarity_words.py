"""Words that deny, and words that are each other's opposite, in Arabic and English; data for ``polarity``."""

from __future__ import annotations

from typing import Final

from indexer.arabic import fold_text


def _folded(*rows: str) -> frozenset[str]:
    return frozenset(fold_text(" ".join(rows)).split())


#: They deny what follows.
PARTICLES: Final = _folded(
    "لم لن لا ليس ليست ليسوا لست لسنا ألا دون بدون بلا عدم غير",
    "not no never without neither nor none nobody nothing cannot",
)
#: They deny with a t behind: don't, won't.
CLIPPED: Final = _folded("don didn doesn isn aren wasn weren won wouldn hasn haven hadn couldn can shouldn")
#: Verbs and nouns that say that something did not or shall not happen.
VERBS: Final = _folded(
    "نفى نفت ينفي تنفي نفي رفض رفضت يرفض ترفض رفضوا امتنع امتنعت يمتنع تمتنع امتناع منع منعت يمنع تمنع حظر حظرت يحظر",
    "يخلو تخلو خلا خلت يغيب تغيب غاب ألغى ألغت ألغي يلغى تلغى يلغي تلغي يلغ تلغ إلغاء استبعد استبعدت يستبعد تستبعد",
    "تجنب توقف بطل حجب حجبت تعذر أخفق فشل فشلت",
    "deny denied denies denying refuse refused refuses refusing reject rejected rejects rejecting rejection banned",
    "bans ban",
    "prevent prevents prevented lack lacks lacking absent absence excluded excludes rule ruled cancelled canceled",
    "cancel",
    "decline declined fail failed fails failing unable prohibited forbidden avoid avoided except stopped",
)
#: «لا تزال», «ما زال», «لا يقل عن», "no more than": no denial.
NO_DENIAL: Final = tuple(
    phrase.split()
    for row in (
        "لا تزال|لا يزال|لم تزل|لم يزل|لا يقل|لا تقل|لم تقل|لا يزيد|لا تزيد|لا تتجاوز|لا يتجاوز|لم يتجاوز",
        "لم تتجاوز|لا سيما|لا بد|لا شك|غير أن|غير أنه|غير أنها|لا بل|دون الخامسة",
        "no more than|no less than|no fewer than|not only|no later than|not more|not exceed|not exceeding|no doubt",
    )
    for phrase in fold_text(row).split("|")
)
#: Behind a denial these take it back: «لن تعلن إلا بعد».
ONLY: Final = _folded("إلا سوى except until unless but only")

#: What is denied of these is denied of the clause behind them: «لا نستطيع القول إن», "no evidence that".
SAYING: Final = _folded(
    "القول الجزم التأكيد الزعم الادعاء دليل أدلة صحيحا صحيح يثبت تثبت",
    "say claim conclude prove proves evidence proof true",
)
THAT: Final = _folded("إن أن إنه إنها أنه أنها بأن على that")

#: Rise and fall: two rows of words (beginnings of folded words with * behind) that contradict each other.
_OPPOSITES: Final = (
    (
        "rise rises rose risen rising increase* grew grow grows grown climb* jump* up raise* ارتفع* يرتفع ترتفع"
        " ارتفاع* زاد* يزيد تزيد"
        " زياده* صعد* نما نمو قفز*",
        "fall falls fell fallen falling drop* decreas* decline* shrank down lower* انخفض* ينخفض تنخفض انخفاض*"
        " تراجع* هبط* يهبط"
        " تهبط هبوط خفض* تقلص* نقص*",
    ),
    (
        "accept* agree* approve* welcome* قبلت يقبل تقبل وافق* موافقه رحب* صدق* صادق*",
        "reject* refus* declin* oppose* رفض* يرفض ترفض امتنع* يمتنع عارض* يعارض",
    ),
    (
        "win wins won winning beat beats beating فاز* يفوز تفوز تغلب* فوز",
        "lose loses lost losing خسر* يخسر تخسر خساره* هزم*",
    ),
    ("open opens opened opening فتح* افتتح* يفتتح افتتاح*", "clos* shut اغلق* يغلق تغلق اغلاق* اقفل*"),
    (
        "begin* began start* launch* بدا بدات يبدا تبدا انطلق* باشر* بدء",
        "end ends ended finish* انتهي انتهت ينتهي تنتهي انهي انهت ختام",
    ),
    ("arriv* وصل* يصل تصل", "left leave* depart* غادر* يغادر مغادره"),
    ("confirm* admit* اكد* يوكد توكد اقر* اعترف*", "deny denied denies denial نفي نفت ينفي تنفي"),
    ("support* back backed ايد* يويد دعم* تاييد", "oppose* عارض* يعارض معارض*"),
    ("postpon* delay* اجل اجلت تاجيل* تاخر* ارجا*", "advance* brought قدم موعد تقديم"),
    ("highest most largest biggest maximum اعلي اكبر اكثر", "lowest least smallest minimum ادني اصغر اقل"),
    ("first اول اولي الاول الاولي", "last final اخير* الاخير*"),
    ("more اكثر ازيد", "less fewer اقل"),
    ("profit* gain* ربح* ارباح*", "loss losses خساير خساره*"),
    ("male men man رجال رجل ذكور", "women woman نساء امراه اناث"),
    ("north* شمال*", "south* جنوب*"),
    ("east* شرق*", "west* غرب*"),
)

Side = tuple[frozenset[str], tuple[str, ...]]


def _side(row: str) -> Side:
    words = row.split()
    return frozenset(word for word in words if word[-1] != "*"), tuple(word[:-1] for word in words if word[-1] == "*")


OPPOSITES: Final[tuple[tuple[Side, Side], ...]] = tuple((_side(one), _side(other)) for one, other in _OPPOSITES)
