"""What Django cannot say: tables that are only appended to, and room for updates on the page."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION lantoa_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('lantoa.erasing', true) = 'on' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_auditentry FOR EACH ROW EXECUTE FUNCTION lantoa_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_movement FOR EACH ROW EXECUTE FUNCTION lantoa_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_correction FOR EACH ROW EXECUTE FUNCTION lantoa_append_only();
"""
NO_LONGER = """
DROP TRIGGER append_only ON lantoa_auditentry;
DROP TRIGGER append_only ON lantoa_movement;
DROP TRIGGER append_only ON lantoa_correction;
DROP FUNCTION lantoa_append_only();
"""
FILL = """
ALTER TABLE lantoa_attempt SET (fillfactor = 85);
ALTER TABLE lantoa_best SET (fillfactor = 85);
ALTER TABLE lantoa_visit SET (fillfactor = 70);
ALTER TABLE lantoa_bucket SET (fillfactor = 70);
"""


class Migration(migrations.Migration):
    dependencies = [("lantoa", "0001_the_house")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, NO_LONGER),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
