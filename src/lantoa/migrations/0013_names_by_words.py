"""A search by name finds people by an index on the words of their names, marks or not."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# Every letter of the Latin blocks that Vietnamese uses, and the single letter that lib/text.fold makes of it.
WORDS = """
CREATE FUNCTION lantoa_words(text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT array_remove(string_to_array(lower(translate($1,
    'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦĨĩĪīĬĭĮįİĲĴĵĶķĹĺĻļĽľĿŁŃńŅņŇňŊŌōŎŏŐőŒŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžſƠơƢƤƦƧƩƬƮƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ',
    'aaaaaaæceeeeiiiiðnoooooøuuuuyþaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccccccddddeeeeeeeeeegggggggghhħiiiiiiiiiĳjjkkllllllŀłnnnnnnŋooooooœrrrrrrssssssssttttŧuuuuuuuuuuuuwwyyyzzzzzzsooƣƥʀƨʃƭʈuuaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy') COLLATE "C"), ' '), '') $$;
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("lantoa", "0012_visits_that_a_web_server_saw")]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION lantoa_words(text)"),
        AddIndexConcurrently(
            model_name="person",
            index=GinIndex(
                models.Func(models.F("full_name"), function="lantoa_words", output_field=ArrayField(models.TextField())),
                name="person_by_words",
                fastupdate=False,
            ),
        ),
    ]
