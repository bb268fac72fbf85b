"""The product's settings, with migrations of the next version after its own."""

from lantoa.config.settings import *  # noqa: F403

MIGRATION_MODULES = {"lantoa": "torture.next_version.migrations"}
