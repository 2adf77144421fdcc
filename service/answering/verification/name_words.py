"""What tells names in text without capitals, and states by their capitals; data for ``names``."""

from __future__ import annotations

from typing import Final

from indexer.arabic import fold_text


def _folded(*rows: str) -> frozenset[str]:
    return frozenset(fold_text(" ".join(rows)).split())


#: Arabic given names, frequent in news, and the Arabic of foreign ones.
GIVEN: Final = _folded(
    "محمد أحمد محمود علي حسن حسين عمر عثمان إبراهيم إسماعيل يوسف موسى عيسى سليمان داود خالد وليد سعيد سعد سالم سامي",
    "سامر سمير طارق طاهر عادل عباس عبد عبدالله عبدالرحمن عدنان عماد عمار فارس فادي فراس فؤاد فهد فيصل قاسم كاظم",
    "كمال كريم",
    "مالك ماجد ماهر مازن مروان مصطفى منصور منير مهدي ناصر نبيل نزار هاني هشام هيثم ياسر ياسين يحيى زياد زكريا رامي",
    "رشيد",
    "رضا رياض جمال جمعة جابر جاسم حامد حمزة حيدر بدر بسام بشار بشير أنس أنور أيمن أيهم إياد أسامة أشرف أمين أمجد إدريس",
    "باسم بلال توفيق ثامر رائد رأفت راشد سلطان سلمان شادي صالح صبري صلاح ضياء طلال عبيد عدي عصام عقيل غسان لؤي معن",
    "فاطمة مريم زينب خديجة عائشة آمنة أمل أسماء إيمان بسمة حنان دانا دينا رنا ريم ريتا زهراء سارة سعاد سلمى سلوى سميرة",
    "سناء شيماء شيخة عبير غادة فدوى كوثر لبنى لطيفة ليان ليلى مها مهى منى مي نادية نادين نجلاء نسرين نهى نوال نورا",
    "نورة هالة",
    "هبة هدى هند وفاء ياسمين رهام نصيرة موزة تالا ألفة",
    "جون جورج جيمس مايكل ماركو مايك مارك ديفيد دونالد جو باراك فلاديمير سيرغي سيرجي ألكسندر يوري كيريل أندريه دينيس",
    "فولوديمير إيلون كير كيث ستيف سكوت جاي رجب هاكان إيمانويل أنطونيو جوزيب بنيامين غريغوري أناتولي زوران كسينيا آرثر",
    "رستم يوليا سوناتا لوران ميغيل جوزف إبراهيما سيدو تاديسي إيلينا",
)
#: Arabic names of places and of people in the news that the lexicon leaves to their sound.
KNOWN: Final = _folded(
    "وارسو براغ بودابست بوخارست صوفيا أثينا روما مدريد برشلونة لشبونة فيينا بروكسل لاهاي أمستردام كوبنهاغن",
    "ستوكهولم أوسلو",
    "هلسنكي دبلن جنيف زيورخ برن ميونيخ هامبورغ فرانكفورت باريس ليون مرسيليا لندن مانشستر إدنبرة موسكو مينسك تبليسي",
    "باكو يريفان",
    "خاركيف أوديسا لفيف ماريوبول خيرسون دنيبرو دونيتسك لوغانسك كورسك بيلغورود سيفاستوبول القرم بطرسبرغ",
    "نيويورك شيكاغو بوسطن هيوستن ميامي كاليفورنيا تكساس فلوريدا أوتاوا تورونتو مونتريال مكسيكو هافانا برازيليا",
    "ليما سانتياغو",
    "طوكيو أوساكا سيول بيونغيانغ بكين شنغهاي هونغكونغ تايبيه مانيلا جاكرتا بانكوك هانوي سنغافورة دلهي مومباي",
    "كراتشي إسلامآباد كابل",
    "طهران أصفهان تبريز مشهد أنقرة إسطنبول إزمير بغداد البصرة الموصل أربيل كركوك النجف كربلاء دمشق حلب حمص حماة",
    "إدلب اللاذقية درعا",
    "بيروت طرابلس صيدا صور بعلبك عمان إربد الزرقاء العقبة السلط الكرك القدس رام الله نابلس جنين الخليل غزة رفح",
    "خانيونس حيفا يافا",
    "القاهرة الإسكندرية الجيزة أسوان الأقصر السويس بورسعيد الإسماعيلية الخرطوم أمدرمان كسلا بورتسودان دارفور",
    "بنغازي مصراتة سرت",
    "تونس صفاقس سوسة بنزرت قرطاج القيروان الجزائر وهران قسنطينة عنابة تلمسان سطيف تيارت بجاية الرباط فاس مراكش",
    "أكادير طنجة",
    "مكناس الصويرة تطوان وجدة نواكشوط نواذيبو روصو داكار باماكو نيامي أبوجا لاغوس نيروبي أديس أبابا أسمرة جيبوتي",
    "مقديشو",
    "الرياض جدة مكة المدينة الدمام تبوك حائل أبها الدوحة المنامة أبوظبي دبي الشارقة عجمان الفجيرة مسقط صلالة نزوى",
    "صنعاء عدن",
    "المكلا تعز الحديدة مأرب حضرموت سقطرى",
    "أكسفورد كامبريدج هارفارد ستانفورد ييل برينستون السوربون الأزهر",
    "بوتين ترامب بايدن أوباما بوش كلينتون هاريس فانس روبيو بلينكن كيري زيلينسكي لافروف ميدفيديف بيسكوف شويغو",
    "ماكرون ميلوني",
    "شولتس ميرتس ميركل ستارمر سوناك جونسون أردوغان فيدان نتنياهو غالانت غانتس لابيد السيسي غوتيريش بوريل كالاس",
    "ستولتنبرغ روته",
    "أوربان توسك دودا لوكاشينكو مودي شريف خامنئي روحاني رئيسي بزشكيان عراقجي ظريف الأسد الشرع ميقاتي عون سلام بري",
    "السوداني",
    "الكاظمي المالكي الصدر بارزاني طالباني حفتر الدبيبة تبون سعيد الغنوشي البرهان حميدتي هنية السنوار مشعل دحلان",
    "عريقات",
    "الجبير ماسك بيزوس زوكربيرغ غيتس بافيت ويتكوف كيلوغ والتز بيسنت يرماك عمروف شميهال سفيريدينكو",
    "فولفو تويوتا نيسان بوينغ إيرباص سامسونغ أرامكو أدنوك غازبروم",
)
#: The kinds of place, body and event that a name stands behind.
KINDS_OF_PLACE: Final = _folded(
    "مدينة مقاطعة ولاية محافظة بلدة قرية منطقة إقليم جزيرة حي ميناء مطار جامعة معهد شركة مؤسسة صندوق مركز نادي",
    "ملتقى معرض",
    "مهرجان بطولة محطة سد بلدية إدارة حكومة دار صحيفة جريدة قناة شبكة وكالة موقع مختبر مجلة رالي فريق مدرب مستشفى",
    "إمارة",
)
#: A name follows these.
TITLES: Final = _folded(
    "الرئيس السيد السيدة الدكتور الدكتورة د م المهندس المهندسة المحلل المحللة الباحث الباحثة الخبير الخبيرة الأمير",
    "الشيخ",
    "المحامية المحامي القاضي المدرب الجيولوجي الجيولوجية المستشار البروفيسور اللواء العقيد الجنرال",
    "النائب النائبة السفير السفيرة الأستاذ",
)
#: Who speaks stands beside these.
SPEECH: Final = _folded(
    "قال قالت يقول تقول أضاف أضافت يضيف تضيف صرح صرحت أكد أكدت يؤكد تؤكد أوضح أوضحت يوضح توضح ذكر ذكرت يذكر أعلن أعلنت",
    "يرى ترى رأى رأت اعتبر اعتبرت أفاد أفادت أشار أشارت كشف كشفت توقع توقعت يتوقع تتوقع قدر قدرت يقدر تقدر حذر حذرت",
    "نفى نفت ادعى زعم شدد شددت كتب كتبت وصف وصفت لفت لفتت نبه نبهت روى تروي يروي",
    "said says told stated announced added warned claimed argued stressed explained denied confirmed believes",
    "estimates",
    "called noted expects expected predicted reported insisted admitted declared",
)
#: Whose country is meant stands elsewhere.
OWN_COUNTRY: Final = _folded("بلاده بلادها بلادنا بلادهم حكومته حكومتها country")
#: States by the names that news uses for their governments.
SAME_GOVERNMENT: Final = (
    ("usa", "us", "america", "american", "united states", "washington", "white house"),
    ("russia", "russian", "moscow", "kremlin"),
    ("ukraine", "ukrainian", "kyiv", "kiev"),
    ("china", "chinese", "beijing"),
    ("uk", "britain", "british", "united kingdom", "great britain", "london", "england", "english"),
    ("france", "french", "paris"),
    ("germany", "german", "berlin"),
    ("iran", "iranian", "tehran"),
    ("egypt", "egyptian", "cairo"),
    ("saudi", "saudi arabia", "saudi arabian", "ksa", "riyadh"),
    ("turkey", "turkish", "turkiye", "ankara"),
    ("israel", "israeli", "tel aviv"),
    ("uae", "emirates", "emirati", "united arab emirates", "abu dhabi"),
    ("qatar", "qatari", "doha"),
)
#: Capitalised in English, and no names: their Arabic is an ordinary word, or none.
TITLES_ENGLISH: Final = _folded(
    "President Minister Prime Secretary Treasury Defence Defense Foreign Dr Mr Mrs Ms Sheikh Prince King Queen",
    "Judge General",
    "Colonel Professor Chairman Director Senator Deputy First Vice Military Cup Award Festival Institute Ministry",
    "Parliament",
    "House Office Oval University Center Centre Council Committee Company Bank Fund Party Army Police Court Club",
    "Park Sea",
    "River Street Mount Airport Port North South East West Northern Southern Eastern Western Union International",
    "National",
    "Central Group City al el ibn bin ben abu",
)
