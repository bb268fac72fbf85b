"""Corrections, and where everybody stood at each full hour."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lantoa', '0004_bulletins'),
    ]

    operations = [
        migrations.CreateModel(
            name='PastBucket',
            fields=[
                ('pk', models.CompositePrimaryKey('contest_id', 'until', 'missed', 'slot', blank=True, editable=False, primary_key=True, serialize=False)),
                ('contest', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest')),
                ('until', models.DateTimeField()),
                ('missed', models.SmallIntegerField()),
                ('slot', models.IntegerField()),
                ('n', models.IntegerField()),
            ],
            options={
                'verbose_name': 'ngăn xếp hạng theo giờ',
                'verbose_name_plural': 'ngăn xếp hạng theo giờ',
            },
        ),
        migrations.AddField(
            model_name='contestant',
            name='corrected',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='movement',
            name='new_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='correction',
            name='kind',
            field=models.CharField(choices=[('void', 'Không tính'), ('restore', 'Tính lại'), ('move', 'Chuyển đơn vị'), ('merge', 'Gộp')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='movement',
            index=models.Index(condition=models.Q(('new_missed__isnull', False)), fields=['contest', 'new_missed', 'new_ms'], include=('at', 'known_at'), name='movement_came'),
        ),
        migrations.AddIndex(
            model_name='movement',
            index=models.Index(condition=models.Q(('old_missed__isnull', False), models.Q(('new_missed__isnull', False), ('correction__isnull', False), _connector='OR')), fields=['contest', 'old_missed', 'old_ms'], include=('at', 'known_at'), name='movement_went'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('void', 'restore')), ('target__isnull', True), ('unit__isnull', True)), models.Q(('attempt__isnull', True), ('kind', 'move'), ('target__isnull', True), ('unit__isnull', False)), models.Q(('attempt__isnull', True), ('kind', 'merge'), ('target__isnull', False), ('unit__isnull', True)), _connector='OR'), name='correction_says_what_its_kind_needs'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='correction_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('effective__isnull', True), ('effective__lte', models.F('known_at')), _connector='OR'), name='correction_not_ahead'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('target', models.F('contestant')), _negated=True), name='correction_merges_two'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'merge')), fields=('contestant',), name='correction_merged_away_once'),
        ),
        migrations.RunSQL(
            """UPDATE lantoa_contestant SET corrected = true
                WHERE id IN (SELECT contestant_id FROM lantoa_correction UNION SELECT target_id FROM lantoa_correction)""",
            migrations.RunSQL.noop,
        ),
    ]
