"""A certificate names its organiser and never changes (A1); the wall of a unit is found without walking the city's."""

from django.db import migrations, models
from django.db.models import Q

STAYS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_certificate
    FOR EACH ROW EXECUTE FUNCTION lantoa_append_only();
"""
NO_LONGER = "DROP TRIGGER append_only ON lantoa_certificate;"


class Migration(migrations.Migration):
    dependencies = [("lantoa", "0003_lessons_know_their_size_and_stay")]
    operations = [
        migrations.AddField(
            "certificate",
            "organiser",
            models.CharField(verbose_name="đơn vị tổ chức như in", max_length=200, default=""),
            preserve_default=False,
        ),
        migrations.AddIndex(
            "share",
            models.Index(
                fields=["contest", "unit", "-decided_at"], condition=Q(state="published"), name="share_wall_of_unit"
            ),
        ),
        migrations.RunSQL(STAYS, NO_LONGER),
    ]
