"""The console's addresses: importing the modules below registers their tables and pages with it."""

from lantoa.console import accounts, awards, bulletins, contests, corrections, exams, learning, shares, units, winners
from lantoa.console.admin_site import console as console_site

REGISTERED = (accounts, awards, bulletins, contests, corrections, exams, learning, shares, units, winners)

urls = console_site.urls
