"""The product's settings but for the price of a password: so the hash is counted apart from everything else."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from lantoa.config.settings import *  # noqa: F403 (all of them)


class Featherlight(Argon2PasswordHasher):
    """The same hash at the least that the library takes: microseconds."""

    time_cost, memory_cost, parallelism = 1, 8, 1


PASSWORD_HASHERS = ["benchmarks.light_settings.Featherlight"]
