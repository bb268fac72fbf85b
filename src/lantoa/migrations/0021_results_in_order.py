"""The indexes of results hold the order of the lists to its end: equal ones by entry, so that nothing is sorted."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

KEY = ["missed", "ms", "submitted_at", "contestant"]


class Migration(migrations.Migration):
    atomic = False
    safe_under_load = "indexes beside those who write; the version before finds what it asks for in the new ones too"

    dependencies = [("lantoa", "0020_names_in_public_lists")]

    operations = [
        AddIndexConcurrently(
            "best", models.Index(fields=["contest", *KEY], include=["unit"], name="best_city_in_order")
        ),
        AddIndexConcurrently("best", models.Index(fields=["contest", "unit", *KEY], name="best_unit_in_order")),
        RemoveIndexConcurrently("best", "best_city"),
        RemoveIndexConcurrently("best", "best_unit"),
    ]
