"""A lesson says how many cards it has; a published version can no longer be edited (law 8), only set aside."""

from django.db import migrations, models

FROZEN = """
CREATE FUNCTION lantoa_lesson_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'current') IS DISTINCT FROM (to_jsonb(OLD) - 'current') THEN
        RAISE EXCEPTION 'a published lesson version never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE ON lantoa_lesson FOR EACH ROW EXECUTE FUNCTION lantoa_lesson_stays();
"""
NO_LONGER = """
DROP TRIGGER stays ON lantoa_lesson;
DROP FUNCTION lantoa_lesson_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("lantoa", "0002_append_only_and_fill_factors")]
    operations = [
        migrations.AddField(
            "lesson", "size", models.PositiveSmallIntegerField(verbose_name="số thẻ", default=0), preserve_default=False
        ),
        migrations.RunSQL(FROZEN, NO_LONGER),
    ]
