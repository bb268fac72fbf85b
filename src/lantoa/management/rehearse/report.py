"""The report of a rehearsal: for people in Vietnamese (Markdown and HTML), for programs as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from lantoa.lib.clock import VIETNAM
from lantoa.management.rehearse.advice import advise
from lantoa.management.rehearse.books import percentile
from lantoa.management.rehearse.capacity import Rush
from lantoa.management.rehearse.machine import Busy
from lantoa.management.rehearse.page import page
from lantoa.management.rehearse.running import Run

FORMAT = "lantoa rehearsal 1"
WHAT_RUSH = {"opening": "Mở đăng ký", "last hour": "Giờ cuối", "results": "Công bố kết quả"}
WHAT_BUSY = {
    "generator": "máy tạo người dùng thử",
    "application": "ứng dụng",
    "database": "cơ sở dữ liệu",
    "web server": "nginx",
    "worker": "việc nền",
    "pages": "viết sẵn các trang",
    "other": "việc khác",
}
STEPS = {
    "landing": "trang đầu",
    "unit's page": "trang đơn vị",
    "registration form": "mở tờ đăng ký",
    "register": "gửi đăng ký",
    "topics": "các chuyên đề",
    "sign-in form": "mở trang đăng nhập",
    "sign in": "đăng nhập",
    "card": "mở thẻ học",
    "card done": "học xong thẻ",
    "lesson": "bài học",
    "exam": "trang vào thi",
    "start": "bắt đầu thi",
    "paper": "nhận đề",
    "save": "lưu bài",
    "submit": "nộp bài",
    "result": "kết quả",
    "share form": "mở bài chia sẻ",
    "share": "gửi chia sẻ",
    "my place": "xem chỗ của mình",
    "board": "bảng xếp hạng",
    "units' board": "bảng đơn vị",
    "statistics": "thống kê",
    "rules": "thể lệ",
    "wall": "trang lan tỏa",
    "documents": "văn bản",
}


def count(number: float) -> str:
    """As people in Vietnam write it: 70.949."""
    return f"{number:,.0f}".replace(",", ".")


def write(folder: Path, run: Run, rushes: Sequence[Rush]) -> Path:
    """Three files beside each other, named after the contest; the Markdown one's path."""
    folder.mkdir(parents=True, exist_ok=True)
    text = told(run, rushes)
    path = folder / f"{run.contest.slug}.md"
    path.write_text(text, encoding="utf-8")
    path.with_suffix(".html").write_text(page(run.contest.name, text), encoding="utf-8")
    path.with_suffix(".json").write_text(json.dumps(data(run, rushes), ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def told(run: Run, rushes: Sequence[Rush]) -> str:
    """The whole report in Markdown."""
    parts = [_head(run), _rushes(run, rushes), _days(run), _compared(run), _times(run)]
    return "\n\n".join([*parts, *_busy(run), *_failures(run)]) + "\n"


def _head(run: Run) -> str:
    when = run.begun.astimezone(VIETNAM)
    verdict = "**Đạt.** Không ai gặp lỗi, sổ của máy thử và số của hệ thống bằng nhau ở mọi chỗ."
    if not run.fine:
        wrong = sum(not one.equal for one in run.compared)
        verdict = (
            f"**Chưa đạt.** {count(run.books.errors)} lỗi, {wrong} chỗ khác nhau, {run.skipped} việc không làm được."
        )
    return f"# {run.contest.name}\n\n{run.asked.address}, bắt đầu lúc {when:%H:%M:%S ngày %d/%m/%Y}.\n\n{verdict}"


def _rushes(run: Run, rushes: Sequence[Rush]) -> str:
    if not rushes:
        return "## Sức chịu\n\nLần này không đo."
    rows, told_where = [], []
    for rush in rushes:
        best, advice = rush.carried, advise(rush, here=run.here)
        rows.append(
            (
                WHAT_RUSH[rush.name],
                count(best.rate) if best else "0",
                f"{best.p99 * 1000:.0f} ms" if best else "",
                advice.where if advice else "chưa tới giới hạn",
            )
        )
        told_where += [f"- **{WHAT_RUSH[rush.name]}** ({rush.about}): {advice.what}"] if advice else []
    limits = rushes[0].limits
    about = (
        f"Số người mỗi phút mà 99 trong 100 lần trả lời vẫn dưới {limits.p99 * 1000:.0f} ms và không ai gặp lỗi. "
        f"Mỗi mức giữ {limits.hold:.0f} giây."
    )
    table = _table(("lúc", "người mỗi phút", "99 % dưới", "nghẽn trước ở"), rows)
    return "\n\n".join(["## Sức chịu", about, table, "## Cần đổi gì", "\n".join(told_where) or "Không cần."])


def _days(run: Run) -> str:
    books = run.books
    rows = [
        ("người đăng ký", count(books.registered().total())),
        ("người hoàn thành", count(books.finished().total())),
        ("lượt thi", count(books.attempts().total())),
        ("lần lưu bài", count(books.saves)),
        ("thẻ đã học", count(books.cards)),
        ("đăng nhập lại", count(books.sign_ins)),
        ("bài chia sẻ", count(books.shares)),
        ("lượt truy cập", count(run.visits)),
        ("lần trả lời", count(books.answers)),
        ("lỗi", count(books.errors)),
    ]
    minutes, seconds = divmod(round(run.took), 60)
    said = (
        f"Mười ngày đầu của cuộc thi mẫu, {_percent(run.asked.share)} số người, "
        f"làm lại trong {minutes} phút {seconds} giây. Chỗ chậm nhất sau kế hoạch {run.behind:.0f} giây."
    )
    return "\n\n".join(["## Mười ngày làm lại", said, _table(("việc", "số"), rows)])


def _percent(share: float) -> str:
    return f"{100 * share:g}%".replace(".", ",")


def _compared(run: Run) -> str:
    rows = [
        (one.what, _short(one.books), _short(one.found), "bằng nhau" if one.equal else "**KHÁC**")
        for one in run.compared
    ]
    return "\n\n".join(["## Đối chiếu", _table(("điều", "sổ của máy thử", "hệ thống", ""), rows)])


def _short(value: object) -> str:
    if isinstance(value, int):
        return count(value)
    return "không khác" if value in ({}, []) else str(value)[:120]


def _times(run: Run) -> str:
    rows = [
        (
            STEPS.get(step, step),
            count(len(times)),
            *(count(1000 * percentile(times, share)) for share in (0.5, 0.95, 0.99, 1)),
        )
        for step, times in sorted(run.books.times.items(), key=lambda item: -len(item[1]))
    ]
    head = ("trang hoặc việc", "số lần", "một nửa dưới (ms)", "95 % (ms)", "99 % (ms)", "lâu nhất (ms)")
    return "\n\n".join(["## Thời gian trả lời", _table(head, rows)])


def _busy(run: Run) -> Iterator[str]:
    if run.busy is None:
        return
    busy = run.busy
    rows = [
        (WHAT_BUSY[kind], f"{seconds:.0f} s", f"{seconds / busy.seconds / busy.cores:.0%}")
        for kind, seconds in sorted(busy.cpu.items(), key=lambda item: -item[1])
    ]
    said = (
        f"Trong mười ngày làm lại, máy ({busy.cores} nhân) bận {busy.whole:.0%}, ổ đĩa bận {busy.disk:.0%} thời gian."
    )
    yield "\n\n".join(["## Máy bận vì gì", said, _table(("phần", "CPU", "của cả máy"), rows)])


def _failures(run: Run) -> Iterator[str]:
    if not run.books.errors:
        return
    rows = [(STEPS.get(step, step), why, count(times)) for (step, why), times in run.books.failed.most_common(20)]
    yield "\n\n".join(["## Lỗi", _table(("ở đâu", "vì sao", "số lần"), rows)])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |" for line in lines)


# --- for programs ---------------------------------------------------------------------------------------------------


def data(run: Run, rushes: Sequence[Rush]) -> dict[str, Any]:
    """Everything that was measured, in seconds and numbers."""
    books = run.books
    return {
        "format": FORMAT,
        "contest": run.contest.slug,
        "address": run.asked.address,
        "begun": _instant(run.begun),
        "fine": run.fine,
        "asked": {
            "share": run.asked.share,
            "seconds": run.asked.seconds,
            "at_once": run.asked.at_once,
            "saves": run.asked.manner.saves,
        },
        "took": round(run.took, 1),
        "behind": round(run.behind, 1),
        "registered": books.registered().total(),
        "finished": books.finished().total(),
        "attempts": books.attempts().total(),
        "visits": run.visits,
        "saves": books.saves,
        "cards": books.cards,
        "sign_ins": books.sign_ins,
        "shares": books.shares,
        "answers": books.answers,
        "sent_again": run.sent_again,
        "errors": [{"step": step, "why": why, "times": times} for (step, why), times in books.failed.most_common()],
        "compared": [
            {"what": one.what, "equal": one.equal, "books": one.books, "found": one.found} for one in run.compared
        ],
        "seconds": {step: _percentiles(times) for step, times in books.times.items()},
        "busy": _used(run.busy),
        "compared_in": _used(run.compared_in),
        "capacity": {rush.name: _rush(rush, here=run.here) for rush in rushes},
    }


def _instant(at: datetime) -> str:
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")


def _percentiles(times: Any) -> dict[str, float]:
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {"count": len(times), **{name: round(percentile(times, share), 4) for name, share in shares.items()}}


def _used(busy: Busy | None) -> dict[str, Any] | None:
    if busy is None:
        return None
    return asdict(busy) | {"cpu": {kind: round(seconds, 2) for kind, seconds in busy.cpu.items() if seconds}}


def _rush(rush: Rush, *, here: bool) -> dict[str, Any]:
    advice = advise(rush, here=here)
    return {
        "people_a_minute": rush.carried.rate if rush.carried else 0,
        "p99_limit": rush.limits.p99,
        "bends_at": advice.where if advice else None,
        "steps": [asdict(step) for step in rush.steps],
    }
