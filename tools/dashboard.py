"""Writes deploy/watching/grafana.json: the dashboard, from one line a panel.

Run it after a change of the panels below; tests compare its numbers with those that exist.
"""

import json
from itertools import count
from pathlib import Path

FILE = Path(__file__).parents[1] / "deploy" / "watching" / "grafana.json"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
DURATION = "lantoa_request_duration_seconds_bucket"


REQUESTS = "lantoa_requests_total"
BROKEN = 'lantoa_requests_total{status="5xx"}'
REFUSED = 'lantoa_events_total{event=~"sign-in refused.*"}'
SUBMIT = f'{DURATION}{{route="exam-submit",method="POST"}}'
EXAM = f'{DURATION}{{route=~"exam.*",method="POST"}}'


def rate(metric, by=""):
    return f"sum{f' by ({by})' if by else ''} (rate({metric}[$__rate_interval]))"


def minute(route, status):
    chosen = f'{REQUESTS}{{method="POST",route="{route}",status=~"{status}"}}'
    return f"60 * {rate(chosen)}"


def quantile(q, metric, by=""):
    return f"histogram_quantile({q}, {rate(metric, ', '.join(filter(None, ['le', by])))})"


def ago(metric):
    return f"time() - max({metric})"


STEP = f"{rate('lantoa_step_seconds_sum', 'step')} / {rate('lantoa_step_seconds_count', 'step')}"

# Row, then panels: title, unit, {legend: expression}, where a single figure turns amber and red.
ROWS = [
    (
        "Bây giờ",
        "stat",
        [
            ("Tiến trình phục vụ trang", "short", {"": 'sum(lantoa_processes{role="site"})'}, None),
            ("Lượt mỗi giây", "reqps", {"": rate("lantoa_requests_total")}, None),
            (
                "Lượt bị lỗi",
                "percentunit",
                {"": f"({rate(BROKEN)} or vector(0)) / {rate(REQUESTS)}"},
                (0.001, 0.01),
            ),
            (
                "Nộp bài: 99% xong trong",
                "s",
                {"": quantile(0.99, SUBMIT)},
                (0.25, 1),
            ),
            (
                "Chờ tới lượt: 95% không quá",
                "s",
                {"": quantile(0.95, "lantoa_request_wait_seconds_bucket")},
                (0.1, 0.5),
            ),
            ("Đang làm bài", "short", {"": "max(lantoa_attempts_open)"}, None),
            (
                "Worker xong vòng cuối cách đây",
                "s",
                {"": ago('lantoa_beat_timestamp_seconds{role="worker"}')},
                (10, 60),
            ),
            ("Sổ ký lần cuối cách đây", "s", {"": ago("lantoa_head_timestamp_seconds")}, None),
        ],
    ),
    (
        "Người dự thi, mỗi phút",
        "timeseries",
        [
            (
                "Bắt đầu và nộp bài",
                "short",
                {"bắt đầu": minute("exam-start", "2xx|3xx"), "nộp": minute("exam-submit", "2xx|3xx")},
                None,
            ),
            ("Đăng ký", "short", {"đăng ký": minute("register", "3xx")}, None),
            (
                "Đăng nhập",
                "short",
                {
                    "vào được": minute("sign-in", "3xx"),
                    "sai hoặc bị chặn": minute("sign-in", "2xx|4xx"),
                    "ghi trong nhật ký": f"60 * {rate(REFUSED, 'event')}",
                },
                None,
            ),
        ],
    ),
    (
        "Trang",
        "timeseries",
        [
            (
                "Lượt mỗi giây theo trang",
                "reqps",
                {"{{route}}": f"topk(10, {rate('lantoa_requests_total', 'route')})"},
                None,
            ),
            ("Lượt mỗi giây theo kết quả", "reqps", {"{{status}}": rate("lantoa_requests_total", "status")}, None),
            ("Lỗi theo nguyên nhân", "reqps", {"{{kind}}": rate("lantoa_request_failures_total", "kind")}, None),
            (
                "Thời gian trả lời, mọi trang",
                "s",
                {f"{share}%": quantile(share / 100, DURATION) for share in (50, 95, 99)},
                None,
            ),
            (
                "99% của các bước thi",
                "s",
                {"{{route}}": quantile(0.99, EXAM, "route")},
                None,
            ),
            (
                "Chờ tới lượt",
                "s",
                {f"{share}%": quantile(share / 100, "lantoa_request_wait_seconds_bucket") for share in (50, 95, 99)},
                None,
            ),
            (
                "Tiến trình: đang bận và đang có",
                "short",
                {"bận": "sum(lantoa_requests_in_flight)", "{{role}}": "sum by (role) (lantoa_processes)"},
                None,
            ),
            (
                "Việc đáng chú ý trong nhật ký",
                "short",
                {"{{level}} {{event}}": f"60 * topk(10, {rate('lantoa_events_total', 'level, event')})"},
                None,
            ),
        ],
    ),
    (
        "Việc nền",
        "timeseries",
        [
            (
                "Mỗi bước lâu trung bình",
                "s",
                {"{{step}}": STEP},
                None,
            ),
            ("99% của mỗi bước", "s", {"{{step}}": quantile(0.99, "lantoa_step_seconds_bucket", "step")}, None),
            (
                "Đang chờ",
                "short",
                {
                    "kết quả chờ xếp hạng": "max(lantoa_changes_waiting)",
                    "dòng sổ chờ đánh số": "max(lantoa_entries_waiting)",
                    "lượt truy cập chờ ghi": "sum(lantoa_visits_unrecorded)",
                },
                None,
            ),
            (
                "Chậm bao lâu",
                "s",
                {
                    "số liệu": "max(lantoa_figures_age_seconds)",
                    "dòng sổ chờ lâu nhất": "max(lantoa_entries_waiting_seconds)",
                    "sổ chưa ký": "max(lantoa_head_overdue_seconds)",
                    "lượt thi quá giờ chưa đóng": "max(lantoa_attempts_overdue_seconds)",
                },
                None,
            ),
        ],
    ),
    (
        "PostgreSQL và máy",
        "timeseries",
        [
            (
                "Kết nối",
                "short",
                {
                    "{{state}}": "max by (state) (lantoa_postgres_connections)",
                    "giới hạn": "max(lantoa_postgres_connections_limit)",
                },
                None,
            ),
            ("Kết nối mới mỗi giây", "short", {"": rate("lantoa_database_connections_opened_total")}, None),
            ("Chờ khóa", "short", {"": "max(lantoa_postgres_waiting_for_locks)"}, None),
            ("Giao dịch lâu nhất", "s", {"": "max(lantoa_postgres_oldest_transaction_seconds)"}, None),
            (
                "Máy dự phòng",
                "short",
                {
                    "{{mode}}": "max by (mode) (lantoa_postgres_standbys)",
                    "cần đồng bộ": "max(lantoa_postgres_synchronous_wanted)",
                },
                None,
            ),
            ("Máy dự phòng chậm", "s", {"": "max(lantoa_postgres_replication_lag_seconds)"}, None),
            (
                "Từ lần lưu gần nhất",
                "s",
                {
                    "WAL": ago("lantoa_postgres_archived_timestamp_seconds"),
                    "sao lưu": ago("lantoa_backup_timestamp_seconds"),
                },
                None,
            ),
            (
                "Ổ đĩa còn trống",
                "percentunit",
                {"{{instance}}": "lantoa_disk_free_bytes / lantoa_disk_size_bytes"},
                None,
            ),
            (
                "Chứng thư còn hạn",
                "s",
                {"": "min(lantoa_certificate_expiry_timestamp_seconds) - time()"},
                None,
            ),
            ("Bộ nhớ đệm trả lời", "short", {"": "min(lantoa_cache_up)"}, None),
        ],
    ),
]
SHAPES = {"stat": (3, 4), "timeseries": (8, 7)}  # of 24 columns; height


def panel(number, kind, row, place):
    title, unit, shown, limits = row
    defaults = {"unit": unit, "min": 0}
    if limits:
        steps = [(None, "green"), (limits[0], "orange"), (limits[1], "red")]
        defaults["thresholds"] = {"mode": "absolute", "steps": [{"value": v, "color": c} for v, c in steps]}
    else:
        defaults["thresholds"] = {"mode": "absolute", "steps": [{"value": None, "color": "blue"}]}
    targets = [
        {"refId": chr(ord("A") + n), "expr": expression, "legendFormat": legend or title, "datasource": SOURCE}
        for n, (legend, expression) in enumerate(shown.items())
    ]
    options = (
        {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value", "graphMode": "area"}
        if kind == "stat"
        else {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}
    )
    return {
        "id": number,
        "type": kind,
        "title": title,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
        "targets": targets,
    }


def panels():
    numbers, y = count(1), 0
    for title, kind, rows in ROWS:
        yield {
            "id": next(numbers),
            "type": "row",
            "title": title,
            "collapsed": False,
            "panels": [],
            "gridPos": box(0, y, 24, 1),
        }
        y += 1
        wide, high = SHAPES[kind]
        each = 24 // wide
        for n, row in enumerate(rows):
            place = box(n % each * wide, y + n // each * high, wide, high)
            yield panel(next(numbers), kind, row, place)
        y += -(-len(rows) // each) * high


def box(x, y, w, h):
    return {"x": x, "y": y, "w": w, "h": h}


def dashboard():
    source = {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "hide": 0}
    return {
        "uid": "lantoa",
        "title": "Lan Tỏa",
        "tags": ["lantoa"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "timezone": "Asia/Ho_Chi_Minh",
        "refresh": "15s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [source]},
        "annotations": {"list": []},
        "panels": list(panels()),
    }


def text():
    return json.dumps(dashboard(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
