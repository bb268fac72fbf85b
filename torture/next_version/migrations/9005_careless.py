"""The control: another type for a column of the largest table. It is written anew, and everybody waits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("lantoa", "9004_always_was")]
    operations = [migrations.AlterField("attempt", "weight", models.BigIntegerField(default=1, db_default=1))]
