"""An error that nobody caught goes through the log like every other: not as a traceback with all its values."""

from __future__ import annotations

import logging
import sys
import threading

log = logging.getLogger(__name__)


def last_words() -> None:
    """From now on, in this process and its threads; for processes that serve, not for commands that somebody reads."""
    sys.excepthook = lambda _kind, problem, _trace: log.critical("the process ends", exc_info=problem)
    threading.excepthook = lambda met: log.critical("a thread ends", exc_info=met.exc_value)
