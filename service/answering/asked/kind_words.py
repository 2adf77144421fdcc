"""Words that tell what kind of answer a question expects; data for ``kinds``. The first row that matches decides.

Arabic and English phrases, as ``indexer.arabic.fold_text`` folds them. ``*`` stands for the rest of a word, ``_`` for
one whole word, ``^`` for the beginning of the question (with وَ and فَ, and up to two words of preposition, before it).
"""

from __future__ import annotations

from typing import Final

_TIME_AR: Final = "ساعة|ساعات|يوما|أيام|يوم|أسبوعا|أسابيع|شهرا|أشهر|شهر|سنة|سنوات|عاما|أعوام|دقيقة|دقائق|ثانية"
_MONEY_AR: Final = (
    "كلفة|تكلفة|كلفته*|تكلفته*|سعر|أسعار|ثمن|قيمة|ميزانية|راتب|أجر|غرامة|مبلغ|دولار*|دينار*|درهم*|ريال*|جنيه*|"
    "يورو|رأس مال"
    "|خسائر|أرباح|إيرادات|ديون|رسوم|جائزة مالية|الجائزة المالية|تمويل|قرض"
)
_MEASURE_AR: Final = (
    "طول|وزن|مساحة|ارتفاع|عمق|سرعة|حرارة|درجة|مسافة|حجم|سعة|قدرة|قطر|عرض|طاقة|كيلومتر*|مترا|"
    "متر|طن|طنا|لتر*|كيلوغرام*|هكتار*"
)
_PLACE_AR: Final = (
    "مدينة|دولة|بلد|مكان|منطقة|قرية|ملعب|محافظة|ولاية|قارة|عاصمة|قصر|موقع|مبنى|فندق|مدرسة|"
    "جزيرة|إقليم|حي|شارع|ميناء|متحف"
)
_ORGANISATION_AR: Final = (
    "شركة|منظمة|وزارة|بنك|مصرف|حزب|جامعة|ناد|نادي|وكالة|صحيفة|مؤسسة|هيئة|محكمة|فريق|منتخب|جهة|جماعة|معهد|قناة"
)
_PERSON_AR: Final = (
    "رئيس|رئيسة|مهندس|مهندسة|محام|محامي|صحافي|خبير|قاض|قاضي|وزير|وزيرة|مدير|مديرة|لاعب|لاعبة|مدرب|زوجة|زوج|قائد|كاتب|مخرج|مخرجة|ممثل|طبيب|عالم|شخص|رجل|"
    "امرأة|مؤسس|مبعوث"
    "|سفير|نائب|حارس|ملك|أمير|والد|والدة|ابن|ابنة|مؤلف|شاعر|فائز"
)
_DATE_AR: Final = "عام|سنة|يوم|شهر|تاريخ|وقت|قرن|عقد|موعد|فترة|ساعة|موسم|شهرين"
_WHICH: Final = "ما|ما هو|ما هي|أي|أية|ما اسم|ماهو|ماهي|ما هما"
_TIME_EN: Final = "second|seconds|minutes|minute|hours|hour|days|weeks|months|years|decades"
_MONEY_EN: Final = (
    "cost|price|salary|budget|revenue|profit|fine|wage|fee|fees|prize money|loan|debt|"
    "valuation|compensation|capital|raise"
)
_PLACE_EN: Final = (
    "city|country|town|village|stadium|state|region|province|place|district|island|building|hotel|capital "
    "city|continent"
    "|port|street|airport|museum|palace|location|venue|school|cities|countries|nation"
)
_ORGANISATION_EN: Final = (
    "company|companies|bank|organisation|organization|ministry|party|university|club|agency|newspaper|firm|"
    "institution|team"
    "|court|group|network|airline|union|manufacturer|body|institute|channel"
)
_PERSON_EN: Final = (
    "person|president|minister|player|coach|director|actor|actress|singer|official|leader|defender|author|"
    "doctor|scientist"
    "|man|woman|ambassador|judge|founder|politician|king|prince|driver|mediator"
)

#: (kind, pattern alternatives that may stand before, alternatives that must follow); either may be empty.
ROWS: Final[tuple[tuple[str, str, str], ...]] = (
    # Arabic
    ("yes_no", "^", "هل|أليس|ألم"),
    ("reason", "", "لماذا|ما سبب|ما أسباب|ما السبب|ما هو سبب|ما هو السبب|ما هي أسباب|لأي سبب|ما الذي دفع|ما "
    "الدافع|ما دوافع"),
    ("quotation", "", "ماذا قال*|بماذا وصف*|كيف وصف*|ما تعليق|بم وصف*|بماذا علق*|ماذا صرح*|ما نص|ما هو نص|ماذا يقول"),
    ("duration", "", "منذ متى|حتى متى"),
    ("percentage", "", "بنسبة كم|كم نقطة مئوية"),
    ("date", "", "متى|ما تاريخ|ما موعد|إلى أي موعد|ما هو تاريخ|ما هو موعد"),
    ("date", "أي|أية|أيّ", _DATE_AR),
    ("percentage", "ما|ما هي|كم|كم تبلغ|كم بلغت|بأي|أي|بكم|إلى كم وصلت", "نسبة|النسبة|معدل|المئة|حصة|في المئة"),
    ("age", "كم|ما|كم يبلغ|كم كان|كم كانت|ما هو", "عمر|عمره|عمرها|سن"),
    ("duration", "", "كم استمر*|كم دام*|كم استغرق*|كم يستغرق|كم تستغرق|كم يدوم|ما مدة|ما هي مدة|ما المدة"),
    ("duration", "كم|كم من|خلال كم|منذ كم|بعد كم", _TIME_AR),
    ("money", "كم|ما|ما هو|ما هي|كم بلغ|كم بلغت|كم تبلغ|كم يبلغ|كم كان|كم كانت|أي", _MONEY_AR),
    ("money", "كم ارتفع|كم ارتفعت|كم انخفض|كم انخفضت|كم وصل|كم وصلت|كم تراجع|كم تراجعت", _MONEY_AR),
    ("money", "", "بكم|كم سيدفع|كم ستدفع|كم دفع*|كم تدفع|كم يدفع|كم أنفق*|كم كلف*|كم تكلف*|كم خسر*|كم تقاضى|كم ربح*"),
    ("measure", "كم|ما|ما هو|ما هي|كم بلغ|كم بلغت|كم تبلغ|كم يبلغ|ما متوسط", _MEASURE_AR),
    ("person", "^", "لمن|على من|عمن|ممن|عن من"),
    ("count", "", "كم|ما عدد|ما هو عدد|ما العدد|أي عدد"),
    ("count", "^", "عدد|العدد"),
    ("person", "", "من هو|من هي|من الذي|من التي|من هم|من كان|من كانت|مع من|ضد من|على يد من|ما اسم الشخص"),
    ("person", _WHICH, _PERSON_AR),
    ("organisation", _WHICH, _ORGANISATION_AR),
    ("place", "", "أين|أينما"),
    ("place", "أي|أية|ما|ما هي|ما هو|ما اسم", _PLACE_AR),
    ("manner", "", "كيف|بأي طريقة|بأي وسيلة|ما الطريقة|ما هي الطريقة"),
    ("person", "^", "من"),
    # English
    ("reason", "", "why|what is the reason|what was the reason|for what reason|what caused|what led|how come|"
    "what made"),
    ("quotation", "", "what did _ say|what did _ _ say|what did _ _ _ say|"
    "what did _ _ _ _ say|how did _ describe|how did _ _ describe|what does the "
    "inscription"),
    ("duration", "", "how long did|how long does|how long has|how long was the meeting|how long will|how long "
    "had|for how long"),
    ("duration", "how many|how much longer", _TIME_EN),
    ("duration", "", "how long a|how much notice|how much time"),
    ("age", "", "how old|what age|at what age|what is the age|what was the age"),
    ("date", "", "when|what year|which year|what date|what day|which month|what time|on which day|which day|"
    "what month|year was|to what date"),
    ("percentage", "", "what percentage|what percent|what share|what proportion|what rate|inflation rate|"
    "interest rate|what probability"),
    ("percentage", "what is the|what was the|what is|what was", "rate|_ rate|_ _ rate"),
    ("money", "how much did|how much does|how much was|how much is|how much will|how much would", "cost|pay|"
    "earn|spend|raise|lose|_ cost|_ pay|_ _ pay|_ _ cost|_ _ _ cost|_ _ _ pay|_ earn|_ spend|_ lose"),
    ("money", "how much", "money|of the extra cost|" + _MONEY_EN),
    ("money", "what|what is the|what was the|what were the|what is|what was|what did|what "
    "does", _MONEY_EN + "|final cost|total cost|annual budget|_ cost|_ price|it cost|_ fine|_ wage"),
    ("measure", "", "how long|how far|how tall|how high|how deep|how wide|how heavy|how big|how large|how "
    "fast|how hot|how much"),
    ("measure", "what", "size|length|height|depth|weight|temperature|area|distance|maximum temperature|"
    "capacity|speed|is the length|was the weight|average weight"),
    ("count", "", "how many|what is the population|what was the population|"
    "what number|what is the number|what was the number|by how many|how often|what score"),
    ("person", "", "who|whom|whose"),
    ("organisation", "what|which|what is the name of the|what was the name of the|which _|which _ _|which two "
    "_", _ORGANISATION_EN),
    ("place", "", "where|from where"),
    ("place", "what|which|what is the|which _|in which|in what|what is the name of the|which _ _", _PLACE_EN),
    ("person", "what|which|which _|which _ _|what is the name of the|what was the name of the|name the", _PERSON_EN),
    ("manner", "", "how did|how do|how does|how is|how was|how were|how are|how can|how will|in what way|how "
    "has|how have"),
    ("yes_no", "^", "is|are|was|were|did|does|do|has|have|had|can|could|will|would|should"),
)  # fmt: skip
