"""The public number, the end of a contest, and people who are erased."""

from django.db import migrations, models

# A number that was written down stays, and so does the moment of the end. A certificate goes only with its person.
STAYS = """
CREATE FUNCTION lantoa_contest_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.number_value <> '' AND (NEW.number_source, NEW.number_day, NEW.number_value, NEW.number_where)
           IS DISTINCT FROM (OLD.number_source, OLD.number_day, OLD.number_value, OLD.number_where)
       OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at THEN
        RAISE EXCEPTION 'what was written down at the opening or the end stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE ON lantoa_contest FOR EACH ROW EXECUTE FUNCTION lantoa_contest_stays();

CREATE FUNCTION lantoa_certificate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM lantoa_contestant c JOIN lantoa_person p ON p.id = c.person_id
         WHERE c.id = OLD.contestant_id AND p.erased_at IS NOT NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a certificate is append-only' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER append_only ON lantoa_certificate;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_certificate
    FOR EACH ROW EXECUTE FUNCTION lantoa_certificate_stays();
"""
NO_LONGER = """
DROP TRIGGER append_only ON lantoa_certificate;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_certificate
    FOR EACH ROW EXECUTE FUNCTION lantoa_append_only();
DROP FUNCTION lantoa_certificate_stays();
DROP TRIGGER stays ON lantoa_contest;
DROP FUNCTION lantoa_contest_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('lantoa', '0006_past_moments_by_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='contest',
            name='ended_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='công bố đáp án lúc'),
        ),
        migrations.AddField(
            model_name='contest',
            name='number_day',
            field=models.DateField(editable=False, null=True, verbose_name='ngày của con số'),
        ),
        migrations.AddField(
            model_name='contest',
            name='number_source',
            field=models.CharField(blank=True, editable=False, max_length=120, verbose_name='nguồn con số'),
        ),
        migrations.AddField(
            model_name='contest',
            name='number_value',
            field=models.CharField(blank=True, editable=False, max_length=60, verbose_name='con số'),
        ),
        migrations.AddField(
            model_name='contest',
            name='number_where',
            field=models.CharField(blank=True, editable=False, max_length=200, verbose_name='nơi xem con số'),
        ),
        migrations.AddField(
            model_name='person',
            name='erased_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='xóa lúc'),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number_day__isnull', True), ('number_source', ''), ('number_value', '')), models.Q(models.Q(('number_source', ''), _negated=True), ('number_day__isnull', False)), _connector='OR'), name='contest_number_has_a_source'),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('closes_at')), _connector='OR'), name='contest_ends_after_closing', violation_error_message='Đáp án đã công bố: cuộc thi không mở lại được.'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('erased_at__isnull', True), models.Q(('citizen_id_index__isnull', True), ('phone_index__isnull', True), ('sort_key', ''), ('unit__isnull', True)), _connector='OR'), name='person_erased_whole'),
        ),
        migrations.RunSQL(STAYS, NO_LONGER),
    ]
