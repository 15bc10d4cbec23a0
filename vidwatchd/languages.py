"""languages: one short code for each language, however a file spells it: ``en``, ``eng`` and ``English`` are ``en``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

UNKNOWN = "und"

# ISO 639-1, ISO 639-2 (both forms where there are two) and the English name, which may have several words.
_TABLE = """
af afr Afrikaans|am amh Amharic|ar ara Arabic|as asm Assamese|az aze Azerbaijani|ba bak Bashkir|be bel Belarusian
bg bul Bulgarian|bn ben Bengali|bo bod/tib Tibetan|br bre Breton|bs bos Bosnian|ca cat Catalan|cs ces/cze Czech
cy cym/wel Welsh|da dan Danish|de deu/ger German|el ell/gre Greek|en eng English|eo epo Esperanto|es spa Spanish
et est Estonian|eu eus/baq Basque|fa fas/per Persian|fi fin Finnish|fo fao Faroese|fr fra/fre French|fy fry Frisian
ga gle Irish|gd gla Gaelic|gl glg Galician|gu guj Gujarati|ha hau Hausa|haw haw Hawaiian|he heb Hebrew|hi hin Hindi
hr hrv Croatian|ht hat Haitian|hu hun Hungarian|hy hye/arm Armenian|id ind Indonesian|is isl/ice Icelandic
it ita Italian|ja jpn Japanese|jw jav Javanese|ka kat/geo Georgian|kk kaz Kazakh|km khm Khmer|kn kan Kannada
ko kor Korean|ku kur Kurdish|ky kir Kyrgyz|la lat Latin|lb ltz Luxembourgish|ln lin Lingala|lo lao Lao
lt lit Lithuanian|lv lav Latvian|mg mlg Malagasy|mi mri/mao Maori|mk mkd/mac Macedonian|ml mal Malayalam
mn mon Mongolian|mr mar Marathi|ms msa/may Malay|mt mlt Maltese|my mya/bur Burmese|nb nob Norwegian Bokmål
ne nep Nepali|nl nld/dut Dutch|nn nno Norwegian Nynorsk|no nor Norwegian|oc oci Occitan|pa pan Punjabi|pl pol Polish
ps pus Pashto|pt por Portuguese|ro ron/rum Romanian|ru rus Russian|sa san Sanskrit|sd snd Sindhi|si sin Sinhala
sk slk/slo Slovak|sl slv Slovenian|sn sna Shona|so som Somali|sq sqi/alb Albanian|sr srp Serbian|su sun Sundanese
sv swe Swedish|sw swa Swahili|ta tam Tamil|te tel Telugu|tg tgk Tajik|th tha Thai|tk tuk Turkmen|tl tgl Tagalog
tr tur Turkish|tt tat Tatar|uk ukr Ukrainian|ur urd Urdu|uz uzb Uzbek|vi vie Vietnamese|xh xho Xhosa|yi yid Yiddish
yo yor Yoruba|yue yue Cantonese|zh zho/chi Chinese|zu zul Zulu
"""

# What those who speak it call it.
_OWN = {
    "ar": "العربية",
    "bg": "Български",
    "bn": "বাংলা",
    "ca": "Català",
    "cs": "Čeština",
    "cy": "Cymraeg",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "et": "Eesti",
    "eu": "Euskara",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "ga": "Gaeilge",
    "gl": "Galego",
    "he": "עברית",
    "hi": "हिन्दी",
    "hr": "Hrvatski",
    "hu": "Magyar",
    "id": "Bahasa Indonesia",
    "is": "Íslenska",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "la": "Latina",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "ms": "Bahasa Melayu",
    "nb": "Norsk bokmål",
    "nl": "Nederlands",
    "nn": "Norsk nynorsk",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "sk": "Slovenčina",
    "sl": "Slovenščina",
    "sr": "Српски",
    "sv": "Svenska",
    "ta": "தமிழ்",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
    "zh": "中文",
}


def code(text: str) -> str:
    """The short code of a language that is spelled like this, with its region or script if it names one (``pt-BR``).

    "" for what is no language that is known here, ``und`` among them.
    """
    head, *rest = text.strip().replace("_", "-").split("-")
    found = _codes().get(text.strip().lower()) or _codes().get(head.lower(), "")
    tail = rest if found and head.lower() in _codes() else []
    # A region is two letters or three digits, a script four letters; anything else is no part of a language's name.
    if any(len(part) not in (2, 3, 4) or not part.isalnum() for part in tail):
        return ""
    return "-".join([found, *(part.upper() if len(part) < 4 else part.title() for part in tail)])


def base(language: str) -> str:
    """The language without its region: ``pt`` of ``pt-BR``."""
    return language.partition("-")[0]


def name(language: str) -> str:
    """The English name of a code, with its region; the code itself where it is not known."""
    short, _, region = language.partition("-")
    known = _names().get(short)
    return f"{known} ({region})" if known and region else known or language


def own_name(language: str) -> str:
    """What those who speak it call it (``Deutsch``, ``Português (BR)``), else its English name; "" where nobody knows."""
    if language in ("", UNKNOWN):
        return ""
    short, _, region = (code(language) or language).partition("-")
    called = _OWN.get(short) or name(short)
    return f"{called} ({region})" if region and called != short else called


@cache
def _rows() -> tuple[tuple[str, tuple[str, ...], str], ...]:
    found = []
    for entry in _TABLE.strip().replace("\n", "|").split("|"):
        short, longer, english = entry.split(" ", 2)
        found.append((short, tuple(longer.split("/")), english))
    return tuple(found)


@cache
def _codes() -> Mapping[str, str]:
    return {word.lower(): short for short, longer, english in _rows() for word in (short, *longer, english)} | {
        "jv": "jw",
        "iw": "he",
        "in": "id",
        "brazilian": "pt-BR",
        "castilian": "es",
        "farsi": "fa",
        "mandarin": "zh",
    }


@cache
def _names() -> Mapping[str, str]:
    return {short: english for short, _, english in _rows()}
