"""Past moments are folded by how many results came, too: what was folded by the hour alone is made again by the worker."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("lantoa", "0014_erasures_that_are_asked_for")]

    operations = [migrations.RunSQL("DELETE FROM lantoa_pastbucket", migrations.RunSQL.noop)]
