"""The product's own migrations, and those of the next version after them."""

from pathlib import Path

from lantoa import migrations

__path__ = [*migrations.__path__, *__path__]
NEWEST = max(path.stem for path in Path(migrations.__path__[0]).glob("0*.py"))
