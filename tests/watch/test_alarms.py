"""The alarms and the dashboard speak of numbers that exist; each alarm rings for its trouble and for nothing else."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lantoa.lib.watch.measures import ALL, Histogram

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "watching" / "alarms.yml"
DASHBOARD = ROOT / "deploy" / "watching" / "grafana.json"
NAME = re.compile(r"\blantoa_[a-z_]+\b")
PROMTOOL = shutil.which("promtool")
WITH_PROMTOOL = pytest.mark.skipif(not PROMTOOL, reason="promtool is not installed: Debian's package prometheus has it")
LONG = 75  # minutes that each history lasts: more than any alarm waits
NOW = LONG * 60


def known():
    """Every name that an expression may use."""
    names = set()
    for each in ALL:
        ends = ("_bucket", "_sum", "_count") if isinstance(each, Histogram) else ("",)
        names |= {f"{each.name}{end}" for end in ends}
    return names


def alarms():
    """Name, expression, severity, summary, runbook of each, as the file has them."""
    found = re.split(r"^      - alert: ", RULES.read_text(), flags=re.MULTILINE)[1:]
    for text in found:
        name = text.split("\n", 1)[0]
        said = {key: re.search(rf"{key}: ([^\n}}]+)", text)[1] for key in ("severity", "summary", "runbook")}
        yield name, text.split("expr: |\n")[1].split("        for:")[0], said


def expressions(node):
    """Every expression of the dashboard."""
    if isinstance(node, dict):
        yield from ([node["expr"]] if "expr" in node else [])
        for value in node.values():
            yield from expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)


def test_every_alarm_has_its_paragraph_and_every_paragraph_its_alarm():
    page = (ROOT / "docs" / "operating" / "alarms.md").read_text()
    paragraphs = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    assert [text.split("\n")[0] for text in paragraphs] == [name for name, _, _ in alarms()]
    for text in paragraphs:
        assert text.count("**Nghĩa là:**") == text.count("**Làm trước:**") == 1
    for name, _, said in alarms():
        assert said["runbook"] == f"docs/operating/alarms.md#{name.lower()}"
        assert said["severity"] in {"page", "look"}


def test_alarms_and_their_paragraphs_name_only_numbers_that_exist():
    page = (ROOT / "docs" / "operating" / "alarms.md").read_text()
    used = {word for _, expression, _ in alarms() for word in NAME.findall(expression)}
    assert used
    assert used <= known()
    assert set(NAME.findall(page)) <= known() | {each.name for each in ALL}


def test_the_dashboard_shows_only_numbers_that_exist_and_every_number_once_at_least():
    shown = {word for expression in expressions(json.loads(DASHBOARD.read_text())) for word in NAME.findall(expression)}
    assert shown <= known()
    assert {each.name for each in ALL} == {re.sub(r"_(bucket|sum|count)$", "", word) for word in shown}


@WITH_PROMTOOL
def test_prometheus_understands_every_expression_of_the_dashboard(tmp_path):
    asked = sorted(set(expressions(json.loads(DASHBOARD.read_text()))))
    rules = [{"record": f"shown:{n}", "expr": each.replace("$__rate_interval", "1m")} for n, each in enumerate(asked)]
    file = tmp_path / "shown.yml"
    file.write_text(json.dumps({"groups": [{"name": "shown", "rules": rules}]}))
    done = subprocess.run([PROMTOOL, "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_panels_have_names_and_places_of_their_own():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = set()
    for panel in panels:
        place = panel["gridPos"]
        mine = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not mine & cells
        assert place["x"] + place["w"] <= 24
        cells |= mine


# --- what rings -----------------------------------------------------------------------------------------------------

AT = f"{NOW}s"
QUIET = {
    'lantoa_processes{role="site"}': "4x",
    'lantoa_requests_total{route="exam",method="GET",status="2xx"}': "0+600x",
    'lantoa_requests_total{route="exam",method="GET",status="5xx"}': "0+1x",
    'lantoa_request_duration_seconds_bucket{route="exam-submit",method="POST",le="0.1"}': "0+99x",
    'lantoa_request_duration_seconds_bucket{route="exam-submit",method="POST",le="+Inf"}': "0+99x",
    'lantoa_request_wait_seconds_bucket{le="0.1"}': "0+99x",
    'lantoa_request_wait_seconds_bucket{le="+Inf"}': "0+99x",
    'lantoa_beat_timestamp_seconds{role="worker"}': "0+60x",
    "lantoa_attempts_overdue_seconds": "3x",
    "lantoa_head_overdue_seconds": "40x",
    "lantoa_entries_waiting_seconds": "1x",
    "lantoa_postgres_synchronous_wanted": "1x",
    'lantoa_postgres_standbys{mode="sync"}': "1x",
    "lantoa_postgres_replication_lag_seconds": "0x",
    'lantoa_postgres_connections{instance="a",state="idle"}': "40x",
    'lantoa_postgres_connections{instance="a",state="active"}': "9x",
    "lantoa_postgres_connections_limit": "100x",
    "lantoa_disk_free_bytes": "5000x",
    "lantoa_disk_size_bytes": "10000x",
    "lantoa_certificate_expiry_timestamp_seconds": f"{NOW + 60 * 24 * 3600}x",
    "lantoa_backup_timestamp_seconds": f"{NOW - 3600}x",
}
SUBMIT = 'lantoa_request_duration_seconds_bucket{route="exam-submit",method="POST",le="%s"}'
TROUBLE = [
    ("LantoaDown", {'lantoa_processes{role="site"}': "0x"}),
    ("LantoaDown", {'lantoa_processes{role="site"}': None}),
    ("LantoaErrors", {'lantoa_requests_total{route="exam",method="GET",status="5xx"}': "0+60x"}),
    ("LantoaSubmitSlow", {SUBMIT % "0.1": "0+90x", SUBMIT % "2.5": "0+99x"}),
    (
        "LantoaQueue",
        {
            'lantoa_request_wait_seconds_bucket{le="0.1"}': "0+50x",
            'lantoa_request_wait_seconds_bucket{le="1.0"}': "0+99x",
        },
    ),
    ("LantoaWorkerSilent", {'lantoa_beat_timestamp_seconds{role="worker"}': f"{NOW - 400}x"}),
    ("LantoaWorkerSilent", {'lantoa_beat_timestamp_seconds{role="worker"}': None}),
    ("LantoaAttemptsOverdue", {"lantoa_attempts_overdue_seconds": "300x"}),
    ("LantoaHeadsUnsigned", {"lantoa_head_overdue_seconds": "900x"}),
    ("LantoaHeadsUnsigned", {"lantoa_entries_waiting_seconds": "900x"}),
    ("LantoaStandby", {'lantoa_postgres_standbys{mode="sync"}': "0x"}),
    ("LantoaStandby", {"lantoa_postgres_replication_lag_seconds": "90x"}),
    ("LantoaConnections", {'lantoa_postgres_connections{instance="a",state="active"}': "50x"}),
    ("LantoaDisk", {"lantoa_disk_free_bytes": "900x"}),
    ("LantoaDisk", {"lantoa_disk_free_bytes": "6000-50x"}),
    ("LantoaCertificate", {"lantoa_certificate_expiry_timestamp_seconds": f"{NOW + 13 * 24 * 3600}x"}),
    ("LantoaBackup", {"lantoa_backup_timestamp_seconds": f"{NOW - 27 * 3600}x"}),
]


def history(changed):
    """Series with a value each minute; one without values is not there at all."""
    told = {**QUIET, **changed}
    return [{"series": series, "values": f"{values}{LONG}"} for series, values in told.items() if values]


def expected(name, ringing):
    """What promtool compares: labels come from the series, so that a rule over single machines tells which."""
    ((_, _, said),) = [each for each in alarms() if each[0] == name]
    about = {"summary": said["summary"], "runbook": said["runbook"]}
    rings = [{"exp_labels": {"severity": said["severity"]}, "exp_annotations": about}] if ringing else []
    return {"eval_time": AT, "alertname": name, "exp_alerts": rings}


@WITH_PROMTOOL
def test_each_alarm_rings_for_its_trouble_and_for_no_other_and_none_when_all_is_well(tmp_path):
    names = [name for name, _, _ in alarms()]
    assert {name for name, _ in TROUBLE} == set(names)
    tests = [
        {
            "interval": "1m",
            "input_series": history(changed),
            "alert_rule_test": [expected(name, name == rings) for name in names],
        }
        for rings, changed in [("", {}), *TROUBLE]
    ]
    file = tmp_path / "tests.yml"
    file.write_text(json.dumps({"rule_files": [str(RULES)], "tests": tests}))
    done = subprocess.run([PROMTOOL, "test", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
