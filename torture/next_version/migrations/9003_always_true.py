"""A check for new rows at once, for the old ones afterwards."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("lantoa", "9002_found_sooner")]
    operations = [
        AddConstraintNotValid(
            "attempt", models.CheckConstraint(condition=models.Q(weight__gte=1), name="attempt_weighs_something")
        )
    ]
