"""Settings of a control: every page waits as long as what is written, and nothing gives way."""

from lantoa.config.settings import *  # noqa: F403
from lantoa.config.settings import MIDDLEWARE as _ALL

MIDDLEWARE = [name for name in _ALL if not name.endswith("ReadsGiveWay")]
