"""Where it bends and what to change, in words that an organiser can take to whoever runs the machines."""

from __future__ import annotations

from typing import NamedTuple

from lantoa.management.rehearse.capacity import TOO_FEW, Rush, Step
from lantoa.management.rehearse.machine import APPLICATION, DATABASE, Busy

FULL = 0.9  # of all cores
GENERATOR_FULL = 0.85  # of its one core
DISK_FULL = 0.8  # of the time
LIMITED = "(429)"  # of nginx's limits for one address
SLOW_EVERYWHERE = 0.25  # seconds for a page that costs nothing


class Advice(NamedTuple):
    """What bends first, and what to do."""

    where: str
    what: str


ADVICE = {
    "generator": Advice(
        "máy tạo người dùng thử",
        "Máy chạy diễn tập hết sức trước hệ thống: sức chịu thật cao hơn số ở đây. Chạy từ một máy khác, mạnh hơn.",
    ),
    "turned away": Advice(
        "giới hạn ở cửa vào",
        "Cửa vào (nginx) từ chối vì quá nhiều lượt từ một địa chỉ. Cho địa chỉ của máy diễn tập qua cửa trong lúc "
        "diễn tập (docs/operating/rehearsal.md), rồi làm lại.",
    ),
    "people": Advice(
        "số người dùng thử", "Chưa đủ người dùng thử đã học để thử mức cao hơn. Diễn tập lại với --share lớn hơn."
    ),
    "disk": Advice("ổ đĩa", "Ổ đĩa bận gần hết thời gian. Dùng ổ SSD nhanh hơn cho cơ sở dữ liệu."),
    DATABASE: Advice(
        "cơ sở dữ liệu", "Cơ sở dữ liệu dùng nhiều sức máy nhất. Cho cơ sở dữ liệu một máy riêng nhiều nhân hơn."
    ),
    APPLICATION: Advice(
        "ứng dụng",
        "Ứng dụng dùng hết sức máy. Thêm nhân hoặc thêm máy cho ứng dụng: mỗi nhân chịu gần bằng một nhân đang có.",
    ),
    "other": Advice(
        "việc khác trên máy", "Việc khác trên cùng máy đang dùng nhiều sức. Tắt việc ấy hoặc chuyển sang máy khác."
    ),
    "processes": Advice(
        "số tiến trình của ứng dụng",
        "Máy còn sức mà người dùng phải chờ. Tăng số tiến trình phục vụ (lantoa serve --workers, đến hai lần số nhân).",
    ),
    "network": Advice(
        "đường truyền hoặc cả máy chủ",
        "Trang nhẹ nhất cũng chậm. Xem đường truyền và máy chủ; chạy lệnh ngay trên máy chủ với --here để biết rõ hơn.",
    ),
    "unknown": Advice(
        "chưa rõ",
        "Trang nhẹ vẫn nhanh, nên nghẽn ở ứng dụng hoặc cơ sở dữ liệu. "
        "Chạy lệnh trên máy chủ với --here để biết rõ hơn.",
    ),
}


def advise(rush: Rush, *, here: bool) -> Advice | None:
    """Of the step at which it bent; None if it never did."""
    return ADVICE[_bottleneck(rush.bent, here=here)] if rush.bent else None


def _bottleneck(step: Step, *, here: bool) -> str:
    if LIMITED in step.why:  # 503 is the site's own, when it can take no more: what is busy says why
        return "turned away"
    if TOO_FEW in step.why:
        return "people"
    if step.busy.generator >= GENERATOR_FULL:
        return "generator"
    if not here:
        return "network" if step.nothing >= SLOW_EVERYWHERE else "unknown"
    if step.busy.disk >= DISK_FULL:
        return "disk"
    return _largest(step.busy) if step.busy.whole >= FULL else "processes"


def _largest(busy: Busy) -> str:
    """What used most of the machine, apart from the generator itself."""
    used = {kind: seconds for kind, seconds in busy.cpu.items() if kind in ADVICE and kind != "generator"}
    return max(used, key=lambda kind: used[kind], default="unknown")
