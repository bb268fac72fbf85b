"""A search by name finds people by the whole name or by its words, marks or not: lib/text.fold inside the database."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# Letters and their marks taken apart, the marks away (those that Latin letters bear), lower case; đ has no mark.
FOLDED = """
CREATE FUNCTION lantoa_folded(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT lower(translate(normalize($1, NFD),
    U&'\\0110\\0111\\017F\\0300\\0301\\0302\\0303\\0304\\0306\\0307\\0308\\0309\\030A\\030B\\030C\\031B\\0323\\0327\\0328',
    'dds') COLLATE "C") $$;
CREATE FUNCTION lantoa_words(text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT string_to_array($1, ' ') $$;
"""
GONE = "DROP FUNCTION lantoa_words(text); DROP FUNCTION lantoa_folded(text);"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("lantoa", "0012_visits_that_a_web_server_saw")]

    operations = [
        migrations.RunSQL(FOLDED, GONE),
        migrations.AddField(
            "person",
            "called",
            models.GeneratedField(
                expression=models.Func(
                    models.F("full_name"), function="lantoa_folded", output_field=models.TextField()
                ),
                output_field=models.TextField(),
                db_persist=True,
            ),
        ),
        AddIndexConcurrently("person", models.Index(fields=["called"], name="person_by_whole_name")),
        AddIndexConcurrently(
            "person",
            GinIndex(
                models.Func(
                    models.F("called"), function="lantoa_words", output_field=ArrayField(models.TextField())
                ),
                name="person_by_words",
                fastupdate=False,
            ),
        ),
    ]
