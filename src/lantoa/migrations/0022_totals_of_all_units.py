"""The totals of a moment are one row of all units, where each unit had its own: a past moment is one look-up.

What the version before folds stays beside it, without a model: it may still run. The next worker folds the new form
from the facts; until then they are counted.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

INTEGERS = django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField())
CONTEST = {"on_delete": django.db.models.deletion.CASCADE, "related_name": "+", "to": "lantoa.contest"}


class Migration(migrations.Migration):
    safe_under_load = "new tables; the old ones stay for the version before"

    dependencies = [("lantoa", "0021_results_in_order")]

    operations = [
        migrations.CreateModel(
            name="Totals",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "contest_id", "until", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("contest", models.ForeignKey(db_index=False, **CONTEST)),
                ("until", models.DateTimeField()),
                ("reg", INTEGERS),
                ("fin", INTEGERS),
                ("att", INTEGERS),
            ],
            options={"verbose_name": "lũy kế", "verbose_name_plural": "lũy kế"},
        ),
        migrations.CreateModel(
            name="TotalsEdge",
            fields=[
                ("contest", models.OneToOneField(primary_key=True, serialize=False, **CONTEST)),
                ("until", models.DateTimeField()),
                ("units", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField())),
            ],
            options={"verbose_name": "mốc gộp", "verbose_name_plural": "mốc gộp"},
        ),
        # A contest may go, though no model knows of their rows.
        migrations.AlterField("tally", "contest", models.ForeignKey(db_index=False, db_constraint=False, **CONTEST)),
        migrations.AlterField(
            "tallyedge", "contest", models.OneToOneField(primary_key=True, serialize=False, db_constraint=False, **CONTEST)
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("Tally"), migrations.DeleteModel("TallyEdge")]
        ),
    ]
