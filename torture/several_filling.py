"""Fills an installation of several machines: `python -m torture.several_filling PEOPLE` prints the crowd.

A process of its own, because the settings point at its database.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from torture.filling import fill  # noqa: E402 (the settings are read first)

if __name__ == "__main__":
    print(json.dumps(fill(int(sys.argv[1]))))
