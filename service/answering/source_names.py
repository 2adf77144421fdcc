"""What an English reader calls the agencies, papers and channels that Arabic articles name as their source."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from indexer.arabic import fold_text

_NAMES: Final = {
    "الجزيرة": "Al Jazeera",
    "الجزيرة نت": "Al Jazeera",
    "العربية": "Al Arabiya",
    "العربية نت": "Al Arabiya",
    "الحدث": "Al Hadath",
    "الشرق الأوسط": "Asharq Al-Awsat",
    "الشرق": "Asharq News",
    "القدس العربي": "Al-Quds Al-Arabi",
    "العربي الجديد": "The New Arab",
    "الحياة": "Al-Hayat",
    "الأهرام": "Al-Ahram",
    "المصري اليوم": "Al-Masry Al-Youm",
    "اليوم السابع": "Youm7",
    "الشروق": "Shorouk",
    "النهار": "An-Nahar",
    "السفير": "As-Safir",
    "الأخبار": "Al-Akhbar",
    "الميادين": "Al Mayadeen",
    "المنار": "Al-Manar",
    "الغد": "Al-Ghad",
    "الرأي": "Al-Rai",
    "الدستور": "Ad-Dustour",
    "الخليج": "Al Khaleej",
    "البيان": "Al Bayan",
    "الاتحاد": "Al-Ittihad",
    "الرياض": "Al Riyadh",
    "عكاظ": "Okaz",
    "سبق": "Sabq",
    "هسبريس": "Hespress",
    "الحرة": "Alhurra",
    "سكاي نيوز عربية": "Sky News Arabia",
    "سي إن إن بالعربية": "CNN Arabic",
    "سي ان ان": "CNN",
    "بي بي سي": "BBC",
    "بي بي سي عربي": "BBC Arabic",
    "روسيا اليوم": "RT Arabic",
    "آر تي": "RT",
    "سبوتنيك": "Sputnik",
    "سبوتنيك عربي": "Sputnik Arabic",
    "فرانس 24": "France 24",
    "دويتشه فيله": "Deutsche Welle",
    "يورونيوز": "Euronews",
    "رويترز": "Reuters",
    "وكالة رويترز": "Reuters",
    "فرانس برس": "AFP",
    "وكالة فرانس برس": "AFP",
    "أ ف ب": "AFP",
    "أسوشيتد برس": "AP",
    "وكالة أسوشيتد برس": "AP",
    "د ب أ": "dpa",
    "شينخوا": "Xinhua",
    "الأناضول": "Anadolu Agency",
    "وكالة الأناضول": "Anadolu Agency",
    "تاس": "TASS",
    "إفي": "EFE",
    "واس": "Saudi Press Agency",
    "وكالة الأنباء السعودية": "Saudi Press Agency",
    "وام": "Emirates News Agency",
    "وكالة أنباء الإمارات": "Emirates News Agency",
    "سانا": "Syrian Arab News Agency",
    "وفا": "WAFA",
    "بترا": "Petra",
    "كونا": "Kuwait News Agency",
    "قنا": "Qatar News Agency",
    "وكالة أنباء الشرق الأوسط": "Middle East News Agency",
    "وكالة الأنباء العراقية": "Iraqi News Agency",
    "وكالة المغرب العربي للأنباء": "Maghreb Arabe Presse",
    "وكالة الأنباء الجزائرية": "Algeria Press Service",
    "وكالة تونس أفريقيا للأنباء": "Tunis Afrique Presse",
    "إرنا": "IRNA",
    "تسنيم": "Tasnim",
    "ويكيبيديا": "Wikipedia",
}
#: What stands before a name without being part of it.
_BEFORE: Final = ("صحيفة ", "جريدة ", "قناة ", "موقع ", "شبكة ", "مجلة ")


def english_source(source: str) -> str:
    """The English name of a source, or the source as it is where none is known."""
    name = _plain(source)
    known = _known()
    return known.get(name) or next(
        (known[bare] for before in _BEFORE if (bare := name.removeprefix(fold_text(before))) != name and bare in known),
        source,
    )


def english_names() -> tuple[list[str], dict[str, str]]:
    """What stands before names without being part of them, and the English names; folded, for a page's own lookup."""
    return [fold_text(before) for before in _BEFORE], dict(_known())


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {_plain(arabic): english for arabic, english in _NAMES.items()}


def _plain(name: str) -> str:
    return " ".join(fold_text(name).replace(".", " ").split())
