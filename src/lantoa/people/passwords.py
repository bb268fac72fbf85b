"""How passwords are kept: argon2id at OWASP's second parameter set (reliability.md §2, ADR 0007)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idMinimal(Argon2PasswordHasher):
    """m = 19456 KiB, t = 2, p = 1: 27 ms of CPU where Django's own default takes 240."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
