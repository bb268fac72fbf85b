"""The old rows are looked at, beside the running site."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """See above."""

    atomic = False
    dependencies = [("lantoa", "9003_always_true")]
    operations = [ValidateConstraint("attempt", "attempt_weighs_something")]
