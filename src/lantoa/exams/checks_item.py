"""Automatic checks of one question. Source: items.md §6 (✗ an error, ! a warning) and §2 (the rules)."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from lantoa.exams.items import AUDIENCES, FactSheet, Item
from lantoa.lib import wording

OPTIONS = 4
MOST_STEM_WORDS = 45
MOST_SENTENCE_WORDS = 25
MOST_ITEM_WORDS = 85
MOST_OPTION_RATIO = 1.6
OPTION_WORDS = (3, 14)
EXPLANATION_WORDS = (20, 50)
REVIEW_WITHIN = dt.timedelta(days=184)  # items.md §6: at most six months after the fact was seen
HOTLINES = frozenset({"111", "112", "113", "114", "115", "18006838"})

_LAW = re.compile(r"Luật|Nghị định|Thông tư|Quyết định|%|triệu đồng|[Tt]ừ ngày")
_PHONE = re.compile(
    r"(?<![\d.,/])(?:(?:\+84|0)\d{1,3}(?:[ .]?\d{2,4}){2,3}|1[89]00(?:[ .]?\d{2,4}){1,2})(?![\d/])"
    r"|(?:gọi|tổng đài|hotline|đường dây nóng|đầu số|nhắn tin|bấm số)(?: (?:ngay|số|đến|tới|cho))* "
    r"(\d{3,5})(?![\d.,/]\d|\d| (?:nghìn|triệu|đồng|người|lần|cuộc|ngày|phút))",
    re.IGNORECASE,
)
_BANNED = re.compile(
    r"tất cả (?:các )?(?:đáp án|phương án|ý)\b|không có (?:đáp án|phương án)|đáp án [A-D]\b"
    r"|\bTheo (?:em|bác|anh|chị|ông|bà|bạn)\b|, theo (?:em|bác|anh|chị|ông|bà|bạn),"
)
_BANNED_OPTION = re.compile(r"\b[Cc]ả (?:A|B|C|ba|hai)\b|\b[Cc]ác (?:ý|đáp án|phương án) trên")
_LETTER = re.compile(r"\b(?:đáp án|phương án|lựa chọn|câu|ý) [A-D]\b|\b[A-D] (?:đúng|sai|là)\b", re.IGNORECASE)
_NEGATIVE_CAPITALS = re.compile(r"\b(?:KHÔNG|CHƯA|SAI|TRỪ)\b")
_NEGATIVE = re.compile(
    r"\b(?:nào|gì|ai)\b((?: [^\s,;?]+){0,3}?) (?:không|chưa|sai|trừ)\b(?!\s*\?)|\b(?:nào|gì|câu) sai\b|\bngoại trừ\b",
    re.IGNORECASE,
)
_TURNS_POSITIVE = re.compile(r"\b(?:để|giúp|khiến|khi|nếu|mà|khỏi|nhất)\b", re.IGNORECASE)
_ABSOLUTE = re.compile(r"\b(?:luôn|không bao giờ|tuyệt đối|(?<!địa )chỉ|mọi)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the check of one question must know beside the question itself."""

    facts: FactSheet
    today: dt.date
    common: frozenset[str]  # the commonest words of the bank: no clue, no idea
    plain: frozenset[str]  # the very commonest of them
    ids: frozenset[str]


ItemCheck = Callable[[Item, Setting], Iterator[str]]


def check_schema(item: Item, setting: Setting) -> Iterator[str]:
    """✗ schema: four distinct options, the key among them, id, topic and lesson in accord, known enemies."""
    if len(item.options) != OPTIONS or len({wording.folded(option).rstrip(".") for option in item.options}) != OPTIONS:
        yield f"cần {OPTIONS} phương án khác nhau"
    if not 0 <= item.key < len(item.options):
        yield f"key {item.key} không chỉ vào phương án nào"
    if not re.fullmatch(rf"T{item.topic}-{re.escape(item.lesson)}-\d{{3}}", item.id):
        yield f"mã phải là T{item.topic}-{item.lesson}-ba chữ số"
    if not item.lesson.startswith(f"{item.topic}."):
        yield f"bài học {item.lesson} không thuộc chuyên đề {item.topic}"
    wrong = set(range(len(item.options))) - {item.key}
    if set(item.misconceptions) != wrong:
        yield "misconceptions phải nêu đúng ba phương án sai"
    yield from (f"audience lạ “{one}”" for one in item.audience if one not in AUDIENCES)
    yield from (f"enemies nêu câu không có: {one}" for one in item.enemies if one not in setting.ids or one == item.id)


def check_text(item: Item, _: Setting) -> Iterator[str]:
    """✗ text: NFC, spaces, quotes, tone style, the end of each text."""
    for text in item.texts:
        yield from (f"{fault}: “{text}”" for fault in wording.spelling_faults(text))
    if not item.stem.endswith("?"):
        yield "câu hỏi phải kết thúc bằng dấu hỏi"
    if not item.explanation.endswith((".", "?")):
        yield "giải thích phải kết thúc bằng dấu chấm"
    if len({option.endswith(".") for option in item.options}) > 1:
        yield "các phương án phải cùng có hoặc cùng không có dấu chấm"


def check_plain(item: Item, _: Setting) -> Iterator[str]:
    """✗ plain: words that the style guide replaces (plain_vietnamese.md §11 rule 2)."""
    for text in item.texts:
        yield from wording.avoided(text)


def check_sources(item: Item, setting: Setting) -> Iterator[str]:
    """✗ sources: known facts, none unverified, never class C alone."""
    if not item.sources:
        yield "chưa có nguồn"
    known = [setting.facts.facts[one] for one in item.fact_ids if one in setting.facts.facts]
    yield from (f"nguồn không có trong facts.toml: {one}" for one in item.fact_ids if one not in setting.facts.facts)
    yield from (f"nguồn chưa được kiểm chứng: {one}" for one in item.sources if one in setting.facts.not_verified)
    if known and all(fact.confidence == "C" for fact in known):
        yield "chỉ có nguồn hạng C"


def check_review(item: Item, setting: Setting) -> Iterator[str]:
    """✗ review: volatile exactly when a source is, and then a date of review within six months, not past."""
    shaky = [setting.facts.facts[one] for one in item.fact_ids if one in setting.facts.facts]
    shaky = [fact for fact in shaky if fact.volatile]
    if item.volatile != bool(shaky):
        yield f"volatile phải là {'true' if shaky else 'false'} theo nguồn"
    if not shaky and not item.volatile:
        return
    if item.review_by is None:
        yield "nguồn có thể thay đổi: cần review_by"
    elif item.review_by < setting.today:
        yield f"review_by {item.review_by} đã qua"
    elif shaky and item.review_by > min(fact.seen for fact in shaky) + REVIEW_WITHIN:
        yield f"review_by {item.review_by} quá sáu tháng từ ngày xem nguồn"


def check_bare_law(item: Item, _: Setting) -> Iterator[str]:
    """✗ bare law: laws, shares, millions and dates need a fact as source."""
    found = next((hit for hit in map(_LAW.search, item.texts) if hit), None)
    if found and not item.fact_ids:
        yield f"“{found[0]}” cần mã nguồn trong facts.toml"


def check_hotline(item: Item, _: Setting) -> Iterator[str]:
    """✗ hotline: no telephone number but those of the allow-list."""
    for found in chain.from_iterable(map(_PHONE.finditer, item.texts)):
        digits = re.sub(r"\D", "", found[1] or found[0])
        if digits not in HOTLINES:
            yield f"số điện thoại ngoài danh sách: {found[1] or found[0]}"


def check_claims(item: Item, setting: Setting) -> Iterator[str]:
    """✗ old words: outdated claims unless the question is about history; unverified ones never."""
    for claim in setting.facts.claims:
        if claim.verified and item.history:
            continue
        hits = (pattern.search(text) for pattern in claim.patterns for text in item.texts)
        found = next((hit for hit in hits if hit), None)
        if found:
            kind = "đã cũ hoặc sai" if claim.verified else "chưa kiểm chứng"
            yield f"“{found[0]}”: {kind} ({claim.says}); {claim.advice}"


def check_banned(item: Item, _: Setting) -> Iterator[str]:
    """✗ banned phrases: options that speak of options, "theo em"."""
    for text in item.texts:
        yield from (f"không dùng “{found[0]}”" for found in _BANNED.finditer(text))
    for option in item.options:
        yield from (f"không dùng “{found[0]}” trong phương án" for found in _BANNED_OPTION.finditer(option))


def is_negative(stem: str) -> bool:
    """Tell whether the question asks for what is not so: "Việc nào không …", "Câu nào sai".

    "… có được không?" and "làm gì để không mất tiền?" ask for what is so.
    """
    if _NEGATIVE_CAPITALS.search(stem):
        return True
    asked = wording.sentences(stem)[-1]
    return any(not _TURNS_POSITIVE.search(found[1] or "") for found in _NEGATIVE.finditer(asked))


def check_negative(item: Item, _: Setting) -> Iterator[str]:
    """✗ negative: flagged, and the word in capitals (items.md §2 rule 8)."""
    negative = is_negative(item.stem)
    if negative and not item.negative:
        yield "câu hỏi phủ định cần negative = true"
    if item.negative and not _NEGATIVE_CAPITALS.search(item.stem):
        yield "câu hỏi phủ định phải in hoa KHÔNG hoặc SAI"


def check_length(item: Item, _: Setting) -> Iterator[str]:
    """✗ length: options alike in length, stem, sentences and the whole question short."""
    lengths = sorted(map(len, item.options))
    if lengths[-1] > MOST_OPTION_RATIO * lengths[0]:
        ratio = lengths[-1] / lengths[0]
        yield f"phương án dài nhất gấp {ratio:.2f} phương án ngắn nhất (nhiều nhất {MOST_OPTION_RATIO})"
    if wording.count(item.stem) > MOST_STEM_WORDS:
        yield f"câu hỏi dài {wording.count(item.stem)} chữ (nhiều nhất {MOST_STEM_WORDS})"
    if item.words > MOST_ITEM_WORDS:
        yield f"cả câu dài {item.words} chữ (nhiều nhất {MOST_ITEM_WORDS})"
    for sentence in chain.from_iterable(map(wording.sentences, item.texts)):
        if wording.count(sentence) > MOST_SENTENCE_WORDS:
            yield f"một câu dài {wording.count(sentence)} chữ (nhiều nhất {MOST_SENTENCE_WORDS}): “{sentence}”"


def check_explanation(item: Item, setting: Setting) -> Iterator[str]:
    """✗ explanation: 20 to 50 words, no letter of an option, at least one wrong option's idea."""
    least, most = EXPLANATION_WORDS
    length = wording.count(item.explanation)
    if not least <= length <= most:
        yield f"giải thích dài {length} chữ (từ {least} đến {most})"
    if _LETTER.search(item.explanation):
        yield "giải thích không được gọi phương án bằng chữ cái"
    wrong = (*item.distractors, *item.misconceptions.values())
    ideas = set(chain.from_iterable(map(wording.words, wrong))) - setting.plain
    if ideas and ideas.isdisjoint(wording.words(item.explanation)):
        yield "giải thích chưa nói tới phương án sai nào"


def warn_option_words(item: Item, _: Setting) -> Iterator[str]:
    """! option words: 3 to 14 words an option (items.md §2 rule 11)."""
    least, most = OPTION_WORDS
    for option in item.options:
        if not least <= wording.count(option) <= most:
            yield f"phương án dài {wording.count(option)} chữ (từ {least} đến {most}): “{option}”"


def warn_absolutes(item: Item, _: Setting) -> Iterator[str]:
    """! absolutes: a word without exception in exactly one option."""
    found = [option for option in item.options if _ABSOLUTE.search(option)]
    if len(found) == 1:
        yield f"chỉ một phương án có chữ tuyệt đối: “{found[0]}”"


def warn_clue(item: Item, setting: Setting) -> Iterator[str]:
    """! clue: an uncommon word of the stem stands in the key and in no other option."""
    others = set(chain.from_iterable(map(wording.words, item.distractors)))
    shared = (set(wording.words(item.stem)) & set(wording.words(item.options[item.key]))) - others - setting.common
    if shared:
        yield f"chữ của câu hỏi chỉ có trong đáp án: {', '.join(sorted(shared))}"


def warn_reading(item: Item, _: Setting) -> Iterator[str]:
    """! reading: foreign words, abbreviations outside the list, long numbers without dots."""
    hard = dict.fromkeys(chain.from_iterable(map(wording.hard_words, item.texts)))
    if hard:
        yield f"chữ ngoài danh mục: {', '.join(hard)}"
    numbers = dict.fromkeys(chain.from_iterable(map(wording.long_numbers, item.texts)))
    if numbers:
        yield f"số không có dấu chấm hàng nghìn: {', '.join(numbers)}"


ERRORS: Mapping[str, ItemCheck] = {
    "schema": check_schema,
    "text": check_text,
    "plain": check_plain,
    "sources": check_sources,
    "review": check_review,
    "bare law": check_bare_law,
    "hotline": check_hotline,
    "old words": check_claims,
    "banned phrases": check_banned,
    "negative": check_negative,
    "length": check_length,
    "explanation": check_explanation,
}
WARNINGS: Mapping[str, ItemCheck] = {
    "option words": warn_option_words,
    "absolutes": warn_absolutes,
    "clue": warn_clue,
    "reading": warn_reading,
}
