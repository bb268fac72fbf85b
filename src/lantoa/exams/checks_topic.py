"""Automatic checks of all questions of a topic or a bank together. Source: items.md §6; people: §2 rule 16."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, groupby
from math import ceil, floor

from lantoa.exams.items import Item
from lantoa.lib import wording
from lantoa_verify.papers import Bank, Blueprint, ThinBank
from lantoa_verify.streams import paper_key

Hit = tuple[str, str]  # id of a question or a name of the part of the bank, message

ENOUGH = 20  # shares of fewer questions say nothing yet
MOST_EXTREME_KEYS = 0.30
KEY_LENGTH = (0.95, 1.05)
KEY_PLACES = (Fraction(1, 5), Fraction(3, 10))
LONGEST_RUN = 4
MOST_NEGATIVE = 0.03
SAME_STEM, LIKE_STEM, LIKE_STEM_AND_KEY = 0.80, 0.55, 0.65
SIMULATED = 10_000
EXPOSURE = 0.20
# What gives a key away without a word of the matter: a pause, a reason. Whoever counts them learns nothing.
MARKS = {"dấu phẩy": re.compile(","), "“vì”": re.compile(r"\bvì\b", re.IGNORECASE)}
ENOUGH_MARKED = 40
KEYS_MARKED = (0.15, 0.35)
ENOUGH_PEOPLE = 5
MOST_ONE_NAME = 0.15

_PERSON = re.compile(r"\b(?i:(ông|bà|cụ|bác|anh|chị|cô|chú|em)) ([^\W\d_]+)")
_VICTIM = re.compile(
    r"\bbị (?:lừa|mất|chiếm|trừ|lấy|lộ|đe|dọa|trêu|bắt nạt)|\b(?:đã lỡ|vừa lỡ|lỡ (?:bấm|cài|gửi|đọc|chuyển)|mất tiền)\b"
)
_ELDERS = frozenset(("ông", "bà", "cụ", "bác"))
_WOMEN = frozenset(("bà", "chị", "cô"))


def by_topic(items: Sequence[Item]) -> dict[int, list[Item]]:
    """Part the questions by topic, in the authors' order."""
    parted: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        parted[item.topic].append(item)
    return dict(sorted(parted.items()))


def check_key_length(items: Sequence[Item]) -> Iterator[Hit]:
    """✗ length bias: the key's length gives nothing away, over a topic."""
    for topic, part in _large_topics(items):
        keys = [(len(item.options[item.key]), sorted(map(len, item.distractors))) for item in part]
        longest = sum(key > others[-1] for key, others in keys) / len(part)
        shortest = sum(key < others[0] for key, others in keys) / len(part)
        mean = sum(key * len(others) / sum(others) for key, others in keys) / len(part)
        for share, what in ((longest, "dài nhất"), (shortest, "ngắn nhất")):
            if share > MOST_EXTREME_KEYS:
                yield topic, f"đáp án là phương án {what} ở {share:.0%} số câu (nhiều nhất {MOST_EXTREME_KEYS:.0%})"
        if not KEY_LENGTH[0] <= mean <= KEY_LENGTH[1]:
            yield topic, f"độ dài đáp án bằng {mean:.3f} phương án sai (từ {KEY_LENGTH[0]} đến {KEY_LENGTH[1]})"


def check_key_place(items: Sequence[Item]) -> Iterator[Hit]:
    """✗ position: every place holds 20 to 30 % of the keys of a topic, never five times running."""
    for topic, part in _large_topics(items):
        least, most = floor(len(part) * KEY_PLACES[0]), ceil(len(part) * KEY_PLACES[1])
        places = Counter(item.key for item in part)
        for place in range(4):
            if not least <= places[place] <= most:
                yield topic, f"vị trí {place} giữ {places[place]}/{len(part)} đáp án (từ {least} đến {most})"
        for place, run in groupby(part, key=lambda item: item.key):
            ids = [item.id for item in run]
            if len(ids) > LONGEST_RUN:
                yield ids[0], f"{len(ids)} câu liền nhau có đáp án ở vị trí {place}"


def check_marks(items: Sequence[Item]) -> Iterator[Hit]:
    """✗ marks: of all options with a comma, or with a reason, about a quarter are keys (items.md §2 rule 11)."""
    for name, mark in MARKS.items():
        marked = [place == item.key for item in items for place, text in enumerate(item.options) if mark.search(text)]
        share = sum(marked) / max(1, len(marked))
        if len(marked) >= ENOUGH_MARKED and not KEYS_MARKED[0] <= share <= KEYS_MARKED[1]:
            limits = f"từ {KEYS_MARKED[0]:.0%} đến {KEYS_MARKED[1]:.0%}"
            yield "cả ngân hàng", f"{share:.0%} trong {len(marked)} phương án có {name} là đáp án ({limits})"


def check_negative_share(items: Sequence[Item]) -> Iterator[Hit]:
    """✗ negative: at most 3 % of a topic, though one is always allowed (items.md §2 rule 8)."""
    for topic, part in by_topic(items).items():
        negative = sum(item.negative for item in part)
        if negative > max(1, floor(len(part) * MOST_NEGATIVE)):
            yield f"chuyên đề {topic}", f"{negative}/{len(part)} câu phủ định (nhiều nhất {MOST_NEGATIVE:.0%})"


def _pairs(items: Sequence[Item]) -> Iterator[tuple[Item, Item, float, float]]:
    stems = [wording.trigrams(item.stem) for item in items]
    both = [wording.trigrams(f"{item.stem} {item.options[item.key]}") for item in items]
    for one, other in combinations(range(len(items)), 2):
        stem = wording.likeness(stems[one], stems[other])
        if stem >= LIKE_STEM / 2:  # stems that share less cannot make a pair that is alike with the key
            yield items[one], items[other], stem, wording.likeness(both[one], both[other])


def check_same_stem(items: Sequence[Item]) -> Iterator[Hit]:
    """✗ duplicates: stems alike by 0.80 or more, unless they are enemies and so never meet."""
    for one, other, stem, _ in _pairs(items):
        if stem >= SAME_STEM and not _are_enemies(one, other):
            yield other.id, f"câu hỏi giống {one.id} tới {stem:.2f}"


def warn_like_stem(items: Sequence[Item]) -> Iterator[Hit]:
    """! duplicates: stems or stem and key alike; the same key in the same lesson."""
    for one, other, stem, both in _pairs(items):
        if _are_enemies(one, other) or stem >= SAME_STEM:
            continue
        if stem >= LIKE_STEM or both >= LIKE_STEM_AND_KEY:
            yield other.id, f"gần giống {one.id}: câu hỏi {stem:.2f}, cả đáp án {both:.2f}; có nên là enemies?"
    first: dict[tuple[str, str], str] = {}
    for item in items:
        same = first.setdefault((item.lesson, wording.folded(item.options[item.key])), item.id)
        if same != item.id:
            yield item.id, f"đáp án trùng với {same} trong cùng bài"


def _are_enemies(one: Item, other: Item) -> bool:
    return one.id in other.enemies or other.id in one.enemies


def check_coverage(items: Sequence[Item], blueprint: Blueprint) -> Iterator[Hit]:
    """✗ coverage: each cell of the blueprint has its questions, in different lessons where the paper asks for that."""
    whole = True
    for cell in blueprint.cells:
        part = [item for item in items if cell.holds(item.topic, item.level)]
        lessons = {item.lesson for item in part}
        apart = blueprint.different_lessons and cell.topic is not None
        if len(part) < cell.count or (apart and len(lessons) < cell.count):
            whole = False
            yield str(cell), f"cần {cell.count} câu ở các bài khác nhau, có {len(part)} câu ở {len(lessons)} bài"
    if whole:
        try:
            Bank(blueprint, [item.candidate for item in items])
        except ThinBank as error:
            yield "ngân hàng", str(error)


def warn_lessons(items: Sequence[Item], lessons: frozenset[str]) -> Iterator[Hit]:
    """! lessons: a question of a lesson that the package does not hold (yet), a lesson of a topic without questions."""
    for lesson, times in sorted(Counter(item.lesson for item in items).items()):
        if lesson not in lessons:
            yield lesson, f"bài học không có trong gói, mà có {times} câu hỏi"
    topics = {str(item.topic) for item in items}
    met = {item.lesson for item in items}
    for lesson in sorted(lessons - met):
        if lesson.partition(".")[0] in topics:
            yield lesson, "bài học chưa có câu hỏi nào"


def simulate(bank: Bank, papers: int = SIMULATED) -> tuple[Counter[str], list[int]]:
    """Draw this many papers with fixed keys: how often each question was met, and the words of each paper."""
    met: Counter[str] = Counter()
    load = []
    for number in range(papers):
        chosen, words, _ = bank.select(paper_key(b"load", number.to_bytes(16, "big"), 1))
        met.update(chosen)
        load.append(words)
    return met, load


def check_load(items: Sequence[Item], blueprint: Blueprint, papers: int = SIMULATED) -> Iterator[Hit]:
    """✗ load: that many papers equally long, each question as often as its neighbours, no two enemies."""
    try:
        bank = Bank(blueprint, [item.candidate for item in items])
        met, load = simulate(bank, papers)
    except ThinBank:
        return  # coverage has said so
    out = sum(not bank.lightest <= words <= bank.heaviest for words in load)
    if out:
        yield "ngân hàng", f"{out}/{len(load)} đề dài ngoài {bank.lightest}–{bank.heaviest} chữ"
    for cell, pool in zip(blueprint.cells, bank.pools, strict=True):
        fair = len(load) * cell.count / len(pool)
        for one in pool:
            away = met[one] / fair - 1
            if abs(away) > EXPOSURE:
                yield one, f"xuất hiện lệch {away:+.0%} so với các câu cùng ô ({cell})"


def warn_people(items: Sequence[Item]) -> Iterator[Hit]:
    """! people: victims and heroes of every age, women not always the victims, names that rotate (rule 16)."""
    for topic, part in by_topic(items).items():
        people = [(found, bool(_VICTIM.search(item.stem))) for item in part if (found := _person(item.stem))]
        victims = [found[1].lower() for found, victim in people if victim]
        heroes = [found[1].lower() for found, victim in people if not victim]
        name = f"chuyên đề {topic}"
        yield from _shares(name, victims, heroes)
        names = Counter(found[0].lower() for found, _ in people)
        for person, times in names.most_common(3):
            if len(people) >= ENOUGH and times > MOST_ONE_NAME * len(people):
                yield name, f"“{person}” có trong {times}/{len(people)} câu có người"


def _person(stem: str) -> re.Match[str] | None:
    """Find the first person with a name, "bà Lan": the name begins with a capital."""
    return next((found for found in _PERSON.finditer(stem) if found[2][0].isupper()), None)


def _shares(name: str, victims: Sequence[str], heroes: Sequence[str]) -> Iterator[Hit]:
    if len(victims) >= ENOUGH_PEOPLE:
        if _share(victims, _ELDERS) > 0.30:  # noqa: PLR2004 - rule 16
            yield name, f"người lớn tuổi là {_share(victims, _ELDERS):.0%} số người bị hại (nhiều nhất 30%)"
        if _share(victims, _WOMEN) > 0.50:  # noqa: PLR2004 - rule 16
            yield name, f"phụ nữ là {_share(victims, _WOMEN):.0%} số người bị hại (nhiều nhất 50%)"
    if len(heroes) >= ENOUGH_PEOPLE and _share(heroes, _ELDERS) < 0.20:  # noqa: PLR2004 - rule 16
        yield name, f"người lớn tuổi chỉ là {_share(heroes, _ELDERS):.0%} số người xử lý (ít nhất 20%)"


def _share(people: Sequence[str], kind: frozenset[str]) -> float:
    return sum(person in kind for person in people) / len(people)


def _large_topics(items: Sequence[Item]) -> Iterator[tuple[str, list[Item]]]:
    for topic, part in by_topic(items).items():
        if len(part) >= ENOUGH:
            yield f"chuyên đề {topic}", part


def cell_counts(items: Sequence[Item]) -> Mapping[tuple[str, int], int]:
    """Count the questions by lesson and level."""
    return Counter((item.lesson, item.level) for item in items)
