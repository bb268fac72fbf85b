"""Sessions of our own; everybody signs in once more. A changed password or a closed account ends them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SIGNS_OUT = """
CREATE FUNCTION lantoa_signs_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM lantoa_session WHERE account_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER signs_out AFTER UPDATE OF password, is_active ON lantoa_account FOR EACH ROW
    WHEN (OLD.password IS DISTINCT FROM NEW.password OR NOT NEW.is_active) EXECUTE FUNCTION lantoa_signs_out();
DROP TABLE IF EXISTS django_session;
"""
NO_LONGER = """
DROP TRIGGER signs_out ON lantoa_account;
DROP FUNCTION lantoa_signs_out();
"""


class Migration(migrations.Migration):
    dependencies = [("lantoa", "0008_mergers_of_units")]
    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("data", models.JSONField(default=dict)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "phiên đăng nhập", "verbose_name_plural": "phiên đăng nhập"},
        ),
        migrations.RunSQL(SIGNS_OUT, NO_LONGER),
    ]
