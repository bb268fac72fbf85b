"""Contests that are made to be rushed, and their invented people: apart from all others, and the only ones that go."""

from django.db import migrations, models

APART = """
CREATE FUNCTION lantoa_rehearsal_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT rehearsal FROM lantoa_contest WHERE id = NEW.contest_id)
           IS DISTINCT FROM (SELECT rehearsal FROM lantoa_person WHERE id = NEW.person_id) THEN
        RAISE EXCEPTION 'real people and rehearsals never meet' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rehearsal_apart BEFORE INSERT OR UPDATE OF contest_id, person_id ON lantoa_contestant
    FOR EACH ROW EXECUTE FUNCTION lantoa_rehearsal_apart();

CREATE FUNCTION lantoa_rehearsal_for_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a rehearsal is one for life, and nothing else becomes one' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rehearsal_for_life BEFORE UPDATE OF rehearsal ON lantoa_contest
    FOR EACH ROW WHEN (NEW.rehearsal IS DISTINCT FROM OLD.rehearsal) EXECUTE FUNCTION lantoa_rehearsal_for_life();
CREATE TRIGGER rehearsal_for_life BEFORE UPDATE OF rehearsal ON lantoa_person
    FOR EACH ROW WHEN (NEW.rehearsal IS DISTINCT FROM OLD.rehearsal) EXECUTE FUNCTION lantoa_rehearsal_for_life();

CREATE FUNCTION lantoa_of_rehearsal(gone jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN gone ? 'contest_id' THEN
            EXISTS (SELECT FROM lantoa_contest WHERE id = (gone->>'contest_id')::bigint AND rehearsal)
        WHEN gone ? 'actor_id' THEN
            EXISTS (SELECT FROM lantoa_account a JOIN lantoa_person p ON p.id = a.person_id
                     WHERE a.id = (gone->>'actor_id')::bigint AND p.rehearsal)
        ELSE false END
$$;
CREATE OR REPLACE FUNCTION lantoa_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND lantoa_of_rehearsal(to_jsonb(OLD)) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
TOGETHER = """
CREATE OR REPLACE FUNCTION lantoa_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
DROP FUNCTION lantoa_of_rehearsal(jsonb);
DROP TRIGGER rehearsal_for_life ON lantoa_person;
DROP TRIGGER rehearsal_for_life ON lantoa_contest;
DROP FUNCTION lantoa_rehearsal_for_life();
DROP TRIGGER rehearsal_apart ON lantoa_contestant;
DROP FUNCTION lantoa_rehearsal_apart();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('lantoa', '0010_the_pulse_of_the_worker'),
    ]

    operations = [
        migrations.AddField(
            model_name='contest',
            name='rehearsal',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='diễn tập'),
        ),
        migrations.AddField(
            model_name='person',
            name='rehearsal',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='diễn tập'),
        ),
        migrations.RunSQL(APART, TOGETHER),
    ]
