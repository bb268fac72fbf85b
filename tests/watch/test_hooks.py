"""What nobody caught is a line of the log like everything else."""

import json
import os
import subprocess
import sys

SECRET = "031188091726"
ENDING = """
import sys, threading, django
from django.conf import settings
django.setup()
from lantoa.lib.watch.hooks import last_words
if sys.argv[1] == "hooked":
    last_words()
def broken():
    raise ValueError("cannot read 031188091726")
thread = threading.Thread(target=broken)
thread.start()
thread.join()
broken()
"""


def ended(how):
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lantoa.config.settings",
        "LANTOA_LOG": "json",
        "LANTOA_DEMO": "",
    }
    done = subprocess.run([sys.executable, "-c", ENDING, how], capture_output=True, text=True, check=False, env=environ)
    assert done.returncode == 1
    return done.stderr


def test_an_error_that_ends_a_process_or_a_thread_is_told_by_kind_and_place():
    lines = [json.loads(line) for line in ended("hooked").splitlines()]
    assert [(line["event"], line["error"]) for line in lines] == [
        ("a thread ends", "ValueError"),
        ("the process ends", "ValueError"),
    ]
    assert SECRET not in json.dumps(lines)


def test_control_otherwise_it_would_tell_what_it_was_about():
    assert ended("bare").count(SECRET) >= 2
