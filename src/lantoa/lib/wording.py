"""Words, sentences and spellings of Vietnamese texts, as the checks of questions see them.

Source: plain_vietnamese.md §1 (sentences), §3 (words), §4 (spelling), §5 (numbers); items.md §6.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import chain

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.?!…])[”\"']?\s+")
_ADDRESS = re.compile(r"\S*\.[^\W\d_]\S*")
_QUOTED = re.compile("“[^”]*”")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|kh|gh|gi|ch|ph|qu|th|tr|[bcdđghklmnpqrstvx])?[aăâeêioôơuưy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_OPEN = r"(?![^\W\d_])"  # no letter follows: an open syllable
_NEW_TONE = re.compile(
    rf"o[àáảãạ]{_OPEN}|o[èéẻẽẹ]{_OPEN}|(?<![qQ])u[ỳýỷỹỵ]{_OPEN}",
)
_SHORT_I = re.compile(r"\b(lí|kĩ|mĩ|kí|sĩ số|tỉ lệ|tỉ đồng|công ti)\b", re.IGNORECASE)
_SPACING = re.compile(r" {2,}|\s[,.?!;:](?:\s|$)|^\s|\s$|[\t\n\r]")

GLOSSARY = frozenset(
    """ai otp qr sim pin vneid vssid zalo wi-fi wifi email internet fax video camera logo vi-rút virus deepfake facebook
    google chatgpt youtube tiktok messenger gmail cookie blog bluetooth nfc gps usb pdf web ntrust ki-lô
    livestream robot radio karaoke taxi km kg cm""".split()  # noqa: SIM905 - a list of words reads best as words
)
ABBREVIATIONS = frozenset(
    "AI OTP QR SIM PIN CCCD VNPT UBND PDF NFC GPS USB TV ATM KHÔNG SAI CHƯA TRỪ SIFT UNESCO".split()  # noqa: SIM905 - a list of words reads best as words
)
AVOID = {
    "vui lòng": "(bỏ)",
    "quý khách": "bạn",
    "quý vị": "bạn",
    "tiến hành": "làm",
    "truy cập": "vào, mở",
    "thao tác": "việc, bước",
    "click": "bấm",
    "nhấp": "bấm",
    "nhấn": "bấm",
    "link": "đường dẫn",
    "website": "trang",
    "app": "ứng dụng",
    "scan": "quét",
    "download": "tải về",
    "upload": "gửi ảnh, chọn ảnh",
    "deadline": "hạn",
    "thiết bị di động": "điện thoại, máy",
    "thiết bị đầu cuối": "điện thoại, máy",
    "phishing": "tin nhắn lừa",
    "smishing": "tin nhắn lừa",
    "quishing": "mã QR giả",
    "chatbot": "công cụ trò chuyện AI",
    "prompt": "lời nhờ",
    "nạn nhân cả tin": "người bị lừa",
    "người yếu thế": "người cần giúp",
}
_AVOID = re.compile(r"\b(" + "|".join(sorted(AVOID, key=len, reverse=True)) + r")\b(?! mạnh)", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"(?<![\d.,/])\d{4,}(?![\d/]|\.\d{4})")  # 1800.6838 is a telephone number
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def words(text: str) -> list[str]:
    """Return the syllables of a text in lower case, without digits and signs."""
    return _WORD.findall(text.lower())


def sentences(text: str) -> list[str]:
    """Part a text at full stops, question and exclamation marks that a space follows."""
    return [part for part in _SENTENCE_END.split(text) if part]


def count(text: str) -> int:
    """Count words as the style guide does: groups of signs between spaces."""
    return len(text.split())


def unquoted(text: str) -> str:
    """Leave out what stands in “quotes”: messages of others need not follow our style."""
    return _QUOTED.sub("“”", text)


def folded(text: str) -> str:
    """Return lower case without any mark, for comparing (items.md §6, duplicates)."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def trigrams(text: str) -> frozenset[str]:
    """Return the runs of three letters of a folded text."""
    plain = folded(text)
    return frozenset(plain[place : place + 3] for place in range(len(plain) - 2))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Jaccard likeness of two sets of trigrams."""
    return len(one & other) / len(one | other) if one or other else 0.0


def commonest(texts: Iterable[str], most: int = 300) -> frozenset[str]:
    """Return the commonest words of these texts, at most a quarter of all different ones."""
    found = Counter(chain.from_iterable(set(words(text)) for text in texts))
    ranked = sorted(found, key=lambda word: (-found[word], word))
    return frozenset(ranked[: min(most, len(ranked) // 4)])


def spelling_faults(text: str) -> list[str]:
    """Name what breaks NFC, spacing, quotes, tone style or the choice of i and y (plain_vietnamese.md §4)."""
    faults = []
    if not unicodedata.is_normalized("NFC", text):
        faults.append("chưa ở dạng NFC")
    if _SPACING.search(text):
        faults.append("thừa dấu cách, hoặc có dấu cách trước dấu câu")
    if '"' in text or "'" in text or text.count("“") != text.count("”"):
        faults.append("dấu ngoặc kép phải là “…” và đủ đôi")
    if "!" in unquoted(text):
        faults.append("không dùng dấu chấm than")
    faults += [f"dấu thanh kiểu mới ở “…{found}”" for found in _NEW_TONE.findall(text)]
    faults += [f"viết i hay y: “{found}”" for found in _SHORT_I.findall(text)]
    return faults


def avoided(text: str) -> list[str]:
    """Name the words that the style guide replaces, outside quotes (plain_vietnamese.md §3)."""
    return [f"“{found}” → {AVOID[found.lower()]}" for found in _AVOID.findall(unquoted(text))]


def hard_words(text: str) -> list[str]:
    """Name foreign words and abbreviations outside the glossary (plain_vietnamese.md §3 and §11)."""
    hard = []
    for word in _WORD.findall(_ADDRESS.sub(" ", unquoted(text))):
        if word.isupper() and len(word) > 1:
            known = word in ABBREVIATIONS
        else:
            known = word.lower() in GLOSSARY or all(map(is_vietnamese, word.lower().split("-")))
        if not known:
            hard.append(word)
    return hard


def is_vietnamese(syllable: str) -> bool:
    """Tell whether a syllable can be Vietnamese by its letters."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFD", syllable).translate(_TONES))
    return bool(_SYLLABLE.fullmatch(plain))


def long_numbers(text: str) -> list[str]:
    """Name numbers from 1000 up that carry no dots and are no years (plain_vietnamese.md §5)."""
    return [found for found in _LONG_NUMBER.findall(text) if not _FIRST_YEAR <= int(found) <= _LAST_YEAR]
