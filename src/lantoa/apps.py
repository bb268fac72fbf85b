"""The one Django app of the house."""

from django.apps import AppConfig


class LanToa(AppConfig):
    """Walls between rooms are held by the linter, not by INSTALLED_APPS."""

    name = "lantoa"
    label = "lantoa"
    verbose_name = "Lan Tỏa"
