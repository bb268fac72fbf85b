"""Names of fields and words of constraints that the console says; nothing changes in the database."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lantoa', '0005_banks_carry_their_weights'),
    ]

    operations = [
        migrations.AlterField(
            model_name='bank',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='banks', to='lantoa.contest', verbose_name='cuộc thi'),
        ),
        migrations.AlterField(
            model_name='certificate',
            name='contestant',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='lantoa.contestant', verbose_name='thí sinh'),
        ),
        migrations.AlterField(
            model_name='clustermember',
            name='cluster',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='lantoa.cluster', verbose_name='cụm'),
        ),
        migrations.AlterField(
            model_name='clustermember',
            name='unit',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='membership', to='lantoa.unit', verbose_name='đơn vị'),
        ),
        migrations.AlterField(
            model_name='contestant',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contestants', to='lantoa.contest', verbose_name='cuộc thi'),
        ),
        migrations.AlterField(
            model_name='contestant',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='lantoa.person', verbose_name='họ và tên'),
        ),
        migrations.AlterField(
            model_name='document',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='lantoa.contest', verbose_name='cuộc thi'),
        ),
        migrations.AlterField(
            model_name='lesson',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lessons', to='lantoa.contest', verbose_name='cuộc thi'),
        ),
        migrations.AlterField(
            model_name='lesson',
            name='digest',
            field=models.CharField(max_length=64, verbose_name='mã băm'),
        ),
        migrations.AlterField(
            model_name='population',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='populations', to='lantoa.unit', verbose_name='đơn vị'),
        ),
        migrations.AlterField(
            model_name='prize',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prizes', to='lantoa.contest', verbose_name='cuộc thi'),
        ),
        migrations.AlterField(
            model_name='question',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest', verbose_name='cuộc thi'),
        ),
        migrations.AlterField(
            model_name='question',
            name='digest',
            field=models.CharField(max_length=64, verbose_name='mã băm'),
        ),
        migrations.AlterField(
            model_name='report',
            name='share',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='lantoa.share', verbose_name='bài'),
        ),
        migrations.AlterField(
            model_name='role',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to=settings.AUTH_USER_MODEL, verbose_name='tài khoản'),
        ),
        migrations.AlterField(
            model_name='role',
            name='unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.unit', verbose_name='đơn vị'),
        ),
        migrations.AlterField(
            model_name='share',
            name='contest',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest', verbose_name='cuộc thi'),
        ),
        migrations.AlterField(
            model_name='share',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người quyết định'),
        ),
        migrations.AlterField(
            model_name='succession',
            name='successor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='predecessions', to='lantoa.unit', verbose_name='nhập vào'),
        ),
        migrations.AlterField(
            model_name='succession',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successions', to='lantoa.unit', verbose_name='đơn vị'),
        ),
        migrations.AlterField(
            model_name='topic',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='lantoa.contest', verbose_name='cuộc thi'),
        ),
        migrations.AlterConstraint(
            model_name='contest',
            name='contest_closes_after_opening',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='contest_closes_after_opening', violation_error_message='Lúc đóng phải sau lúc mở.'),
        ),
        migrations.AlterConstraint(
            model_name='document',
            name='document_address_once',
            constraint=models.UniqueConstraint(fields=('contest', 'slug'), name='document_address_once', violation_error_message='Cuộc thi đã có văn bản ở địa chỉ này.'),
        ),
        migrations.AlterConstraint(
            model_name='population',
            name='population_positive',
            constraint=models.CheckConstraint(condition=models.Q(('value__gt', 0)), name='population_positive', violation_error_message='Nhập số dân lớn hơn 0.'),
        ),
        migrations.AlterConstraint(
            model_name='prize',
            name='prize_position_once',
            constraint=models.UniqueConstraint(fields=('contest', 'position'), name='prize_position_once', violation_error_message='Thứ tự này đã có giải khác.'),
        ),
        migrations.AlterConstraint(
            model_name='prize',
            name='prize_given_at_least_once',
            constraint=models.CheckConstraint(condition=models.Q(('count__gt', 0)), name='prize_given_at_least_once', violation_error_message='Số giải phải lớn hơn 0.'),
        ),
        migrations.AlterConstraint(
            model_name='role',
            name='role_once',
            constraint=models.UniqueConstraint(fields=('account', 'kind', 'unit'), name='role_once', nulls_distinct=False, violation_error_message='Tài khoản đã có vai trò này.'),
        ),
        migrations.AlterConstraint(
            model_name='role',
            name='role_coordinator_has_unit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'coordinator'), ('unit__isnull', False)), models.Q(models.Q(('kind', 'coordinator'), _negated=True), ('unit__isnull', True)), _connector='OR'), name='role_coordinator_has_unit', violation_error_message='Điều phối viên cần có đơn vị. Vai trò khác thì để trống đơn vị.'),
        ),
        migrations.AlterConstraint(
            model_name='succession',
            name='succession_other_unit',
            constraint=models.CheckConstraint(condition=models.Q(('unit', models.F('successor')), _negated=True), name='succession_other_unit', violation_error_message='Chọn hai đơn vị khác nhau.'),
        ),
        migrations.AlterConstraint(
            model_name='succession',
            name='succession_one_at_a_time',
            constraint=models.UniqueConstraint(fields=('unit', 'effective'), name='succession_one_at_a_time', violation_error_message='Đơn vị này đã có một lần sáp nhập vào lúc ấy.'),
        ),
        migrations.AlterConstraint(
            model_name='unit',
            name='unit_code_once',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('code',), name='unit_code_once', violation_error_message='Mã này đã có đơn vị khác dùng.'),
        ),
        migrations.AlterConstraint(
            model_name='unit',
            name='unit_valid_forwards',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='unit_valid_forwards', violation_error_message='Ngày cuối phải sau ngày đầu.'),
        ),
    ]
