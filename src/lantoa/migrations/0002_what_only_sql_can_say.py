"""What Django cannot say: rows that are never changed, and room for updates on the page."""

from django.db import migrations

STAYS = """
CREATE FUNCTION lantoa_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_auditentry FOR EACH ROW EXECUTE FUNCTION lantoa_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_movement FOR EACH ROW EXECUTE FUNCTION lantoa_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_correction FOR EACH ROW EXECUTE FUNCTION lantoa_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_certificate
    FOR EACH ROW EXECUTE FUNCTION lantoa_append_only();

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
DROP TRIGGER append_only ON lantoa_auditentry;
DROP TRIGGER append_only ON lantoa_movement;
DROP TRIGGER append_only ON lantoa_correction;
DROP TRIGGER append_only ON lantoa_certificate;
DROP FUNCTION lantoa_append_only();
DROP TRIGGER stays ON lantoa_lesson;
DROP FUNCTION lantoa_lesson_stays();
"""
# `lantoa_change` is a queue: emptied each second, it wants its dead rows gone soon.
FILL = """
ALTER TABLE lantoa_attempt SET (fillfactor = 85);
ALTER TABLE lantoa_best SET (fillfactor = 85);
ALTER TABLE lantoa_visit SET (fillfactor = 70);
ALTER TABLE lantoa_bucket SET (fillfactor = 70);
ALTER TABLE lantoa_change SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
"""


class Migration(migrations.Migration):
    dependencies = [("lantoa", "0001_the_house")]
    operations = [
        migrations.RunSQL(STAYS, NO_LONGER),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
