"""New columns, with nothing and with a default, and a new table: by the rules."""

from django.db import migrations, models

from . import NEWEST


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("lantoa", NEWEST)]
    operations = [
        migrations.AddField("attempt", "remark", models.TextField(null=True)),
        migrations.AddField("attempt", "weight", models.IntegerField(default=1, db_default=1)),
        migrations.AddField("entry", "remark", models.TextField(null=True)),
        migrations.CreateModel("Remark", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())]),
    ]
