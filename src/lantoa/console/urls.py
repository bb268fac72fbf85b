"""The console's addresses: importing the modules below registers their tables and pages with it."""

from lantoa.console import (
    accounts,
    awards,
    bulletins,
    contests,
    corrections,
    ending,
    erasure,
    exams,
    item_use,
    learning,
    shares,
    units,
    winners,
)
from lantoa.console.admin_site import console as console_site

REGISTERED = (
    accounts, awards, bulletins, contests, corrections, ending, erasure, exams, item_use, learning, shares, units,
    winners,
)  # fmt: skip

urls = console_site.urls
