"""Words that carry grammar rather than subject, in Arabic and English: left out of the lexical signal.

Arabic words are in folded spelling (`indexer.arabic.fold_text`), by grammatical class. Clitics need no rows
of their own: `indexer.lexical` takes a leading و or ف off a word before it looks here, and the rows of
prepositions hold their pronoun forms. Negations are kept out of the list on purpose where they are also
content (لا stays a function word; نفي, عدم, دون are content).
"""

from __future__ import annotations

from typing import Final

_ARABIC_ROWS: Final = (
    # prepositions, alone and with pronouns
    "في من الي علي عن مع حتي منذ مذ خلال عند لدي بين لدن عبر نحو ضد حول",
    "فيه فيها فيهم منه منها منهم اليه اليها اليهم عليه عليها عليهم عنه عنها عنهم معه معها معهم",
    "له لها لهم لنا لك لي به بها بهم بنا لديه لديها لديهم عنده عندها بينه بينها بينهم مما ممن عما فيما",
    # conjunctions and particles
    "و ف ب ك ل او ام ثم بل لكن لكنه لكنها ان انه انها انهم لان لانه لانها كان كانه كي لكي لو لولا اذا اذ",
    "اما الا حيث بينما كما كلما عندما قد لقد سوف هل لا لم لن ما ليس ليست غير سوي انما هلا يا ايا",
    "بان بانه بانها بانهم",
    # demonstratives and relatives
    "هذا هذه هذان هذين هاتان هاتين هولاء ذلك تلك ذاك اوليك هنا هناك الذي التي الذين",
    "اللذان اللذين اللتان اللتين",
    "اللواتي اللاتي بذلك لذلك كذلك بهذا بهذه لهذا لهذه",
    # pronouns
    "هو هي هم هن هما انا نحن انت انتم انتي اياه اياها",
    # question words: they ask, the article answers in other words
    "متي اين كيف لماذا ماذا كم لم بم اي ايه ايا ماهو ماهي",
    # the verb to be and its like, as helpers
    "كانت كانوا يكون تكون يكن تكن كنت كنا",
    # quantifying and ordering words without a subject of their own
    "كل بعض اي ايضا فقط جدا بعد قبل",
)
_ENGLISH_ROWS: Final = (
    "a an the this that these those",
    "and or but nor if then than so as because while",
    "of in on at to from by for with about into over under between through during against",
    "is are was were be been being am do does did has have had having",
    "will would shall should can could may might",
    "i me my you your he him his she her it its we our they them their",
    "what which who whom whose when where why how",
    "not no there here also just only very s t",
)

ARABIC: Final[frozenset[str]] = frozenset(" ".join(_ARABIC_ROWS).split())
ENGLISH: Final[frozenset[str]] = frozenset(" ".join(_ENGLISH_ROWS).split())
FUNCTION_WORDS: Final[frozenset[str]] = ARABIC | ENGLISH
