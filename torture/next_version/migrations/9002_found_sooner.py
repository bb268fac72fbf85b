"""An index on the largest table, built beside the running site."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """See above."""

    atomic = False
    dependencies = [("lantoa", "9001_more_is_known")]
    operations = [AddIndexConcurrently("attempt", models.Index(fields=["started_at"], name="attempt_started"))]
