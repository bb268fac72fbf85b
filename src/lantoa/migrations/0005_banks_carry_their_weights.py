"""A bank's version names the weights of its draw, so that anyone draws again in whole numbers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lantoa", "0004_certificates_never_change")]
    operations = [
        migrations.AddField(
            "bank", "weights", models.JSONField(verbose_name="trọng số rút", default=dict), preserve_default=False
        ),
    ]
