"""An entry keeps the name that public lists show, so that a line of the standings costs one lookup less (decision 0041).

Two triggers keep it, whoever writes: nothing else may. A name that is read for a new entry stays as it is until that
entry is there (FOR SHARE): otherwise somebody renamed in the same moment would go on under the name before.
"""

from django.db import connection, migrations, models
from django.db.models import Max

KEPT = """
CREATE FUNCTION lantoa_public_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.public_name := '';
    IF NEW.valid_at IS NOT NULL THEN
        SELECT full_name INTO STRICT NEW.public_name FROM lantoa_person WHERE id = NEW.person_id FOR SHARE;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION lantoa_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE lantoa_contestant SET public_name = NEW.full_name WHERE person_id = NEW.id AND valid_at IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER public_name BEFORE INSERT OR UPDATE OF valid_at, person_id, public_name ON lantoa_contestant
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION lantoa_public_name();
CREATE TRIGGER renamed AFTER UPDATE OF full_name ON lantoa_person
    FOR EACH ROW WHEN (OLD.full_name IS DISTINCT FROM NEW.full_name) EXECUTE FUNCTION lantoa_renamed();
"""
GONE = """
DROP TRIGGER renamed ON lantoa_person;
DROP TRIGGER public_name ON lantoa_contestant;
DROP FUNCTION lantoa_renamed();
DROP FUNCTION lantoa_public_name();
"""
# Setting it to anything makes the trigger write what is right.
FILL = """
UPDATE lantoa_contestant SET public_name = '' WHERE id > %s AND id <= %s AND valid_at IS NOT NULL AND public_name = ''
"""
BATCH = 5_000


def fill(apps, _schema_editor):
    """The entries that were there before, in transactions of some thousand each; goes on where it was killed."""
    last = apps.get_model("lantoa", "Contestant").objects.aggregate(last=Max("pk"))["last"] or 0
    for first in range(0, last, BATCH):
        with connection.cursor() as cursor:
            cursor.execute(FILL, [first, first + BATCH])


class Migration(migrations.Migration):
    atomic = False
    safe_under_load = "a column with a constant; triggers wait for the table no longer than told; rows by the thousand"

    dependencies = [("lantoa", "0019_lessons_in_english")]

    operations = [
        migrations.AddField(
            "contestant",
            "public_name",
            models.CharField(max_length=120, default="", db_default="", editable=False),
        ),
        migrations.RunSQL(KEPT, GONE),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
