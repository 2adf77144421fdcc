"""Words that make a span of a sentence an amount, a date, a person and so on; data for ``spans``, in any spelling."""

from __future__ import annotations

import re
from typing import Final

from indexer.arabic import fold_text
from indexer.lexical import stem


def _words(*rows: str) -> frozenset[str]:
    """The folded words of some rows."""
    return frozenset(fold_text(" ".join(rows)).split())


NUMBER_WORDS: Final = _words(
    "واحد واحدة اثنان اثنين اثنتين ثلاثة ثلاث أربعة أربع خمسة خمس ستة ست سبعة سبع ثمانية ثماني ثمان تسعة تسع عشرة عشر",
    "عشرون عشرين ثلاثون ثلاثين أربعون أربعين خمسون خمسين ستون ستين سبعون سبعين ثمانون ثمانين تسعون تسعين مئة مائة مئتي",
    "مئتين ألف ألفي ألفين آلاف مليون مليونا مليوني ملايين مليار مليارا مليارات نصف ربع ثلث ثلثا ثلثي عشرات مئات عدة",
    "مئتا مئتان ألفا ألفان مليونان ملياران",
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million",
    "billion half quarter third dozens hundreds thousands",
)
SCALES: Final = _words(
    "ألف آلاف مليون مليونا ملايين مليار مليارا مليارات تريليون thousand million billion trillion bn mn"
)
PERCENT: Final = _words("المئة بالمئة المائة بالمائة مئوية percent")
CURRENCIES: Final = _words(
    "دولار دولارا دولارات دينار دينارا دنانير درهم درهما دراهم ريال ريالا ريالات جنيه جنيها جنيهات يورو ليرة "
    "ليرات روبل",
    "شيكل أوقية فرنك روبية يوان ين قرشا قروش dollar dollars euro euros dinar dirham riyal pound pounds",
)
TIMES: Final = _words(
    "ساعة ساعات يوم يوما أيام أسبوع أسبوعا أسابيع شهر شهرا أشهر شهور سنة سنوات سنين عام عاما أعوام دقيقة "
    "دقائق ثانية ثوان",
    "قرن قرون عقد عقود عقدا hour hours day days week weeks month months year years minute minutes second "
    "seconds decades",
)
DUALS: Final = _words(
    "ساعتين ساعتان يومين يومان أسبوعين أسبوعان شهرين شهران عامين عامان سنتين سنتان دقيقتين قرنين عقدين"
)
AGES: Final = _words("عمره عمرها عمر العمر البالغ البالغة أعمارهم سنه aged age old")
MEASURES: Final = _words(
    "متر مترا أمتار مترين كيلومتر كيلومترا كيلومترات كم كلم سم ملم طن طنا أطنان كيلوغرام كيلوغراما كغ كلغ "
    "غرام غراما لتر",
    "لترا هكتار هكتارا درجة ميغاواط كيلوواط ميل ميلا أميال قدم برميل برميلا فدان ton tons tonnes km "
    "kilometres metres meters",
    "kilometers miles litres liters hectares degrees kg barrels feet",
)
#: Right before a number they make it a year.
DATED: Final = _words("عام العام سنة السنة منذ حتى موسم خريف صيف شتاء ربيع في year since until season in by")
MONTHS: Final = _words(
    "يناير فبراير مارس أبريل إبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر شباط آذار نيسان أيار "
    "حزيران تموز آب",
    "أيلول تشرين كانون جانفي فيفري أفريل ماي جوان جويلية أوت غشت شتنبر نونبر دجنبر رمضان شوال",
    "january february march april june july august september october november december",
)
DAYS: Final = _words(
    "السبت الأحد الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة أمس غدا اليوم monday tuesday wednesday "
    "thursday friday",
    "saturday sunday yesterday today tomorrow",
)
#: Beside a span of time they make it a date.
NEXT: Final = _words("المقبل المقبلة القادم القادمة الماضي الماضية الفائت الجاري الجارية المنصرم next last this")
TITLES: Final = _words(
    "الرئيس رئيس رئيسة وزير وزيرة الوزير الوزيرة السيد السيدة الدكتور الدكتورة د م المهندس المهندسة الأمير "
    "الملك الملكة",
    "الشيخ مدير مديرة المدير المديرة السفير سفير النائب النائبة نائب المتحدث المتحدثة الناطق المحلل المحللة "
    "الباحث الباحثة",
    "الخبير الخبيرة المدرب مدرب اللاعب لاعب الكاتب الكاتبة المخرج المخرجة المبعوث القاضي المحامي المحامية "
    "الجنرال العقيد",
    "اللواء الأمين أمين قائد زعيم البابا الفنان الفنانة المغني المغنية الممثل الممثلة بطل العداء المهاجم "
    "الحارس المدافع",
    "مؤسس المؤسس سلطان ولي الإمبراطور القائد ابن بن بنت president minister mr mrs ms dr prince king queen director",
    "professor judge ambassador general captain coach",
)
SAYING: Final = _words(
    "قال قالت يقول تقول وقال وقالت صرح صرحت أضاف أضافت وأضاف وأضافت أكد أكدت وأكد أوضح أوضحت وأوضح ذكر ذكرت أعلن أعلنت",
    "كتب كتبت اعتبر يرى ترى ويرى وترى أشار أشارت كشف كشفت said says told added announced wrote",
)
PLACE_NOUNS: Final = _words(
    "مدينة محافظة ولاية منطقة قرية بلدة حي شارع ملعب قصر فندق مبنى مطار ميناء إقليم مقاطعة جزيرة قضاء إمارة "
    "مقر قاعة مخيم",
    "عاصمة العاصمة جامعة جبل نهر بحر خليج ساحة city town village district province stadium palace hotel airport port",
)
#: Looked up in the lexicon for their Arabic names.
PLACES: Final = (
    "united states", "britain", "england", "saudi arabia", "russia", "ukraine", "china", "france", "germany", "italy",
    "spain", "netherlands", "belgium", "switzerland", "turkey", "iran", "iraq", "syria", "lebanon", "jordan", "egypt",
    "sudan", "libya", "tunisia", "algeria", "morocco", "mauritania", "yemen", "oman", "qatar", "kuwait", "bahrain",
    "uae",
    "israel", "palestine", "gaza", "japan", "india", "pakistan", "afghanistan", "canada", "mexico", "brazil",
    "argentina",
    "australia", "south africa", "nigeria", "kenya", "ethiopia", "somalia", "poland", "sweden", "norway", "greece",
    "portugal", "south korea", "north korea", "taiwan", "indonesia", "malaysia", "washington", "new york", "london",
    "paris", "berlin", "moscow", "kyiv", "beijing", "tokyo", "cairo", "riyadh", "dubai", "abu dhabi", "doha", "baghdad",
    "damascus", "beirut", "amman", "jerusalem", "tripoli", "tunis", "algiers", "rabat", "khartoum", "istanbul",
    "ankara",
    "tehran", "rome", "madrid", "geneva", "vienna", "brussels", "europe", "asia", "africa", "jeddah", "basra", "aden",
)  # fmt: skip
ORGANISATIONS: Final = _words(
    "شركة منظمة وزارة بنك مصرف حزب جامعة نادي وكالة صحيفة مؤسسة هيئة محكمة فريق منتخب جماعة معهد مركز قناة اتحاد نقابة",
    "جمعية لجنة مجلس صندوق تعاونية الاتحاد الحلف حلف شبكة موقع جيش شرطة مجموعة البرلمان الحكومة الكونغرس دار البيت",
    "الشركة المنظمة الوزارة البنك المصرف الحزب الجامعة النادي الوكالة الصحيفة المؤسسة الهيئة المحكمة",
    "company bank ministry party university club agency group committee council court team union",
)
REASONS: Final = _words(
    "بسبب لأن لأنه لأنها لأنهم لأننا نتيجة بهدف بفعل بغرض جراء بفضل لذلك لهذا كي لكي إثر سببه السبب أسباب "
    "خشية تحسبا نظرا",
    "إذ يعود يعزو وعزا عزا وعلل علل أرجع وأرجع ويعود حتى بدعوى بحجة نتجت ونتج ناتج ناتجة ناجم ناجمة أجل "
    "ليتمكن حيث تجنبا",
    "because due since caused owing thanks therefore",
)
NEGATIONS: Final = _words(
    "لم لن ليس ليست ليسوا نفى نفت ونفى ونفت نفي ينفي تنفي رفض رفضت ورفض يرفض امتنع امتنعت عدم دون غير لا ولم "
    "ولن وليس ولا فلم",
    "استبعد ألغي ألغيت ألغى تأجل تأجيل خلافا بدلا أنكر أنكرت تراجع فلن فلا",
    "not no never denied denies refused rejected neither nor without cancelled",
)
#: Right behind a negation they make it none («لا يزال», "no less"); anywhere in its reach the next turn it round.
NO_DENIAL: Final = _words("يزال تزال يزالون يزالان سيما شك بد بأس يقل تقل less fewer later doubt wonder")
BUT_FOR: Final = _words("فقط فحسب وحسب إلا سوى only except but")
#: Phrases whose words have no opposite: «من أجل», «وقع الانفجار» unlike «وقع الاتفاق»; a pattern of folded text.
IDIOMS: Final = re.compile(
    fold_text(
        r"\b(?:من أجل|حركة فتح|وقعت? (?:ال)?(?:انفجار|حادث|زلزال|هجوم|اشتباك|هزة|غارة|قصف|تصادم|كارثة|خلاف|جريمة)"
        r"|(?:the|at|in) (?:end|start|close) of|in the end|close to)"
    )
)
#: Stems of verbs and nouns of which one denies the other, Arabic and English in one row.
ANTONYMS: Final[tuple[tuple[frozenset[str], frozenset[str]], ...]] = tuple(
    (frozenset(map(stem, _words(left))), frozenset(map(stem, _words(right))))
    for left, right in (
        (
            "ارتفع ارتفعت ارتفاع زاد زادت زيادة صعد نما نمو يرتفع ترتفع تعافى rise rose rises increase "
            "increased grow grew raise",
            "انخفض انخفضت انخفاض تراجع تراجعت هبط هبطت هبوط نقص يخفض خفض تخسر خسارة خسرت fall fell drop "
            "decline decreased",
        ),
        (
            "فاز فازت فوز يفوز أحرز حصد توج تغلب win won wins victory",
            "خسر خسرت خسارة هزيمة هزم lose lost defeat",
        ),
        (
            "قبل قبلت وافق وافقت موافقة وقع وقعت صدق يصدق صادق accept accepted agree agreed approve ratify sign signed",
            "رفض رفضت امتنع يمتنع اعترض معارضة refuse refused reject rejected oppose opposed",
        ),
        (
            "افتتح افتتحت افتتاح فتح فتحت يفتح open opened reopen",
            "أغلق أغلقت إغلاق تأجيل أجل close closed shut postponed",
        ),
        ("أكد أكدت تأكيد confirm confirmed", "نفى نفت أنكر deny denied"),
        ("بدأ بدأت انطلق start started begin began", "انتهى انتهت توقف stop stopped end ended cancelled ألغي"),
        ("نجح نجحت نجاح succeed succeeded", "فشل فشلت fail failed"),
        ("نجا نجت سالمين survive survived", "مات توفي قتل قتلت مقتل die died killed"),
        ("خسر بيع باع sell sold", "اشترى شراء buy bought"),
    )
)
