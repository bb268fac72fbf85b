"""Why units merged; a merger is written once, and never in a circle."""

from django.db import migrations, models

STAYS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_succession FOR EACH ROW EXECUTE FUNCTION lantoa_append_only();

CREATE FUNCTION lantoa_succession_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        WITH RECURSIVE line(id) AS (
            SELECT NEW.successor_id UNION SELECT s.successor_id FROM lantoa_succession s JOIN line l ON s.unit_id = l.id
        ) SELECT FROM line WHERE id = NEW.unit_id
    ) THEN
        RAISE EXCEPTION 'a unit never becomes part of itself' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_circle BEFORE INSERT ON lantoa_succession FOR EACH ROW EXECUTE FUNCTION lantoa_succession_no_circle();
"""
NO_LONGER = """
DROP TRIGGER append_only ON lantoa_succession;
DROP TRIGGER no_circle ON lantoa_succession;
DROP FUNCTION lantoa_succession_no_circle();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('lantoa', '0007_the_ending'),
    ]

    operations = [
        migrations.RunSQL(STAYS, NO_LONGER),
        migrations.AddField(
            model_name='succession',
            name='reason',
            field=models.TextField(blank=True, verbose_name='căn cứ'),
        ),
    ]
