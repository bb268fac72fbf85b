"""A bucket counts all its parts in one row, where each part had a row: who stands before somebody is read from six."""

import django.contrib.postgres.fields
from django.db import migrations, models

# What is folded stays folded: the rows of the old form, put together. Units count by minutes and no longer by seconds.
BEFORE = "CREATE TEMP TABLE part ON COMMIT DROP AS SELECT * FROM lantoa_bucket; DELETE FROM lantoa_bucket"
AFTER = """
INSERT INTO lantoa_bucket (contest_id, unit_id, level, missed, slot, counts)
SELECT contest_id, unit_id, level, above, whole, ARRAY(
    SELECT coalesce(n, 0) FROM generate_series(1, max(moved.place)) AS place
      LEFT JOIN unnest(array_agg(moved.place), array_agg(moved.n)) AS counted(place, n) USING (place) ORDER BY place)
  FROM (
    SELECT contest_id, unit_id, level, CASE WHEN level > 0 THEN missed ELSE 0 END AS above,
           CASE level WHEN 2 THEN slot / 60 WHEN 3 THEN slot / 20 ELSE 0 END AS whole,
           CASE level WHEN 0 THEN missed WHEN 1 THEN slot WHEN 2 THEN mod(slot, 60) ELSE mod(slot, 20) END + 1 AS place,
           n FROM part WHERE unit_id = -1 OR level < 2
  ) moved GROUP BY 1, 2, 3, 4, 5
"""


class Migration(migrations.Migration):
    dependencies = [("lantoa", "0015_past_moments_by_results")]

    operations = [
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
        migrations.RemoveField("bucket", "n"),
        migrations.AddField(
            "bucket",
            "counts",
            django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list),
            preserve_default=False,
        ),
        migrations.RunSQL(AFTER, "DELETE FROM lantoa_bucket"),
    ]
