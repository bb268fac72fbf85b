"""Bulletins, which are never changed, and the times of day at which a contest publishes them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STAYS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lantoa_bulletin
    FOR EACH ROW EXECUTE FUNCTION lantoa_append_only();
"""
NO_LONGER = "DROP TRIGGER append_only ON lantoa_bulletin;"


class Migration(migrations.Migration):

    dependencies = [
        ('lantoa', '0003_the_log'),
    ]

    operations = [
        migrations.AddField(
            model_name='contest',
            name='bulletin_times',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TimeField(), blank=True, default=list, size=24, verbose_name='giờ công bố bản tin'),
        ),
        migrations.CreateModel(
            name='Bulletin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='số')),
                ('as_of', models.DateTimeField(verbose_name='tính đến')),
                ('known_at', models.DateTimeField(verbose_name='điều chỉnh đã biết đến')),
                ('known_size', models.BigIntegerField(null=True, verbose_name='số dòng sổ cuộc thi')),
                ('method', models.PositiveSmallIntegerField(verbose_name='cách tính')),
                ('content', models.TextField(verbose_name='nội dung')),
                ('previous', models.CharField(max_length=64, verbose_name='mã kiểm tra bản trước')),
                ('signature', models.BinaryField(verbose_name='chữ ký')),
                ('key', models.BinaryField(verbose_name='khóa công khai')),
                ('published_at', models.DateTimeField(verbose_name='công bố lúc')),
                ('scheduled', models.BooleanField(default=False, verbose_name='theo lịch')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người công bố')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bulletins', to='lantoa.contest', verbose_name='cuộc thi')),
            ],
            options={
                'verbose_name': 'bản tin',
                'verbose_name_plural': 'bản tin',
                'constraints': [models.UniqueConstraint(fields=('contest', 'number'), name='bulletin_number_once'), models.UniqueConstraint(condition=models.Q(('scheduled', True)), fields=('contest', 'as_of'), name='bulletin_scheduled_once'), models.CheckConstraint(condition=models.Q(('as_of__lte', models.F('known_at')), ('known_at__lt', models.F('published_at'))), name='bulletin_looks_back'), models.CheckConstraint(condition=models.Q(models.Q(('number', 1), ('previous', '')), models.Q(('number__gt', 1), ('previous__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='bulletin_follows_another')],
            },
        ),
        migrations.RunSQL(STAYS, NO_LONGER),
    ]
