"""Ranks of past moments are read from runs of steps, where each full hour had all slots: as many rows, whatever the crowd.

What the version before folds stays beside it, without a model; the next worker folds the new form from the journal.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

CONTEST = {"on_delete": django.db.models.deletion.CASCADE, "related_name": "+", "to": "lantoa.contest"}


def array_of(field):
    return django.contrib.postgres.fields.ArrayField(base_field=field)


class Migration(migrations.Migration):
    safe_under_load = "a new table; the old one stays for the version before"

    dependencies = [("lantoa", "0022_totals_of_all_units")]

    operations = [
        migrations.CreateModel(
            name="BucketRun",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "contest_id",
                        "level",
                        "missed",
                        "slot",
                        "since",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("contest", models.ForeignKey(db_index=False, **CONTEST)),
                ("level", models.PositiveSmallIntegerField()),
                ("missed", models.SmallIntegerField()),
                ("slot", models.IntegerField()),
                ("since", models.DateTimeField()),
                ("nth", models.IntegerField()),
                ("counts", array_of(models.IntegerField())),
                ("at", array_of(models.DateTimeField())),
                ("parts", array_of(models.SmallIntegerField())),
            ],
            options={"verbose_name": "diễn biến ngăn xếp hạng", "verbose_name_plural": "diễn biến ngăn xếp hạng"},
        ),
        # A contest may go, though no model knows of its rows.
        migrations.AlterField("pastbucket", "contest", models.ForeignKey(db_index=False, db_constraint=False, **CONTEST)),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("PastBucket")]),
    ]
