
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(blank=True, max_length=60, null=True, unique=True, verbose_name='tên đăng nhập')),
                ('is_active', models.BooleanField(default=True, verbose_name='đang dùng')),
                ('created_at', models.DateTimeField(verbose_name='tạo lúc')),
            ],
            options={
                'verbose_name': 'tài khoản',
                'verbose_name_plural': 'tài khoản',
            },
        ),
        migrations.CreateModel(
            name='Cluster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True, verbose_name='mã')),
                ('name', models.CharField(max_length=200, verbose_name='tên')),
            ],
            options={
                'verbose_name': 'cụm thi đua',
                'verbose_name_plural': 'cụm thi đua',
            },
        ),
        migrations.CreateModel(
            name='Contest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='địa chỉ')),
                ('name', models.CharField(max_length=200, verbose_name='tên cuộc thi')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='tên tiếng Anh')),
                ('summary', models.TextField(blank=True, verbose_name='giới thiệu ngắn')),
                ('summary_en', models.TextField(blank=True, verbose_name='giới thiệu ngắn (tiếng Anh)')),
                ('share_motto', models.CharField(default='Tôi học số – Tôi lan tỏa', max_length=120, verbose_name='tên phần chia sẻ')),
                ('organiser', models.CharField(max_length=200, verbose_name='đơn vị tổ chức')),
                ('operator', models.CharField(blank=True, max_length=200, verbose_name='đơn vị vận hành')),
                ('contact', models.TextField(blank=True, verbose_name='liên hệ')),
                ('opens_at', models.DateTimeField(verbose_name='mở lúc')),
                ('closes_at', models.DateTimeField(help_text='24:00 của ngày cuối, tức 0:00 ngày hôm sau', verbose_name='đóng lúc')),
                ('published', models.BooleanField(default=False, verbose_name='đã công bố')),
                ('package_version', models.PositiveIntegerField(default=1, verbose_name='bản nội dung')),
                ('asked', models.PositiveSmallIntegerField(default=20, verbose_name='số câu một đề')),
                ('time_limit', models.DurationField(default=datetime.timedelta(seconds=1200), verbose_name='thời gian làm bài')),
                ('attempts_limit', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='số lượt thi tối đa')),
                ('learn_first', models.BooleanField(default=True, verbose_name='phải học xong mới thi')),
                ('public_names', models.CharField(choices=[('masked', 'Che một phần'), ('full', 'Đầy đủ')], default='masked', max_length=10, verbose_name='tên trên bảng xếp hạng')),
                ('share_rules', models.JSONField(default=dict, verbose_name='quy định bài chia sẻ')),
                ('seed_sealed', models.BinaryField(verbose_name='hạt giống đề')),
            ],
            options={
                'verbose_name': 'cuộc thi',
                'verbose_name_plural': 'cuộc thi',
            },
        ),
        migrations.CreateModel(
            name='FailedSignIn',
            fields=[
                ('key', models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('times', models.PositiveIntegerField()),
            ],
            options={
                'verbose_name': 'lần đăng nhập hỏng',
                'verbose_name_plural': 'lần đăng nhập hỏng',
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('full_name', models.CharField(max_length=120, verbose_name='họ và tên')),
                ('sort_key', models.CharField(editable=False, max_length=160)),
                ('phone_sealed', models.BinaryField(null=True)),
                ('phone_index', models.BinaryField(max_length=32, null=True)),
                ('citizen_id_sealed', models.BinaryField(null=True)),
                ('citizen_id_index', models.BinaryField(max_length=32, null=True)),
                ('group', models.CharField(choices=[('official', 'Cán bộ'), ('civil_servant', 'Công chức'), ('public_employee', 'Viên chức'), ('member', 'Đoàn viên, hội viên'), ('pupil', 'Học sinh, sinh viên'), ('worker', 'Công nhân, người lao động'), ('resident', 'Người dân')], max_length=20, verbose_name='đối tượng')),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'người',
                'verbose_name_plural': 'người',
            },
        ),
        migrations.CreateModel(
            name='TallyEdge',
            fields=[
                ('contest', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='lantoa.contest')),
                ('until', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'mốc gộp',
                'verbose_name_plural': 'mốc gộp',
            },
        ),
        migrations.CreateModel(
            name='Bucket',
            fields=[
                ('pk', models.CompositePrimaryKey('contest_id', 'unit_id', 'level', 'missed', 'slot', blank=True, editable=False, primary_key=True, serialize=False)),
                ('unit_id', models.BigIntegerField()),
                ('level', models.PositiveSmallIntegerField()),
                ('missed', models.SmallIntegerField()),
                ('slot', models.IntegerField()),
                ('n', models.IntegerField()),
                ('contest', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest')),
            ],
            options={
                'verbose_name': 'ngăn xếp hạng',
                'verbose_name_plural': 'ngăn xếp hạng',
            },
        ),
        migrations.CreateModel(
            name='Bank',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='bản')),
                ('blueprint', models.JSONField(verbose_name='ma trận đề')),
                ('questions', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None, verbose_name='câu hỏi')),
                ('weights', models.JSONField(verbose_name='trọng số rút')),
                ('digest', models.CharField(max_length=64, verbose_name='mã băm')),
                ('published_at', models.DateTimeField(verbose_name='công bố lúc')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='banks', to='lantoa.contest', verbose_name='cuộc thi')),
            ],
            options={
                'verbose_name': 'bản ngân hàng',
                'verbose_name_plural': 'các bản ngân hàng',
            },
        ),
        migrations.CreateModel(
            name='Contestant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('who', models.BinaryField(max_length=16)),
                ('group', models.CharField(choices=[('official', 'Cán bộ'), ('civil_servant', 'Công chức'), ('public_employee', 'Viên chức'), ('member', 'Đoàn viên, hội viên'), ('pupil', 'Học sinh, sinh viên'), ('worker', 'Công nhân, người lao động'), ('resident', 'Người dân')], max_length=20, verbose_name='đối tượng')),
                ('joined_at', models.DateTimeField(verbose_name='đăng ký lúc')),
                ('valid_at', models.DateTimeField(blank=True, null=True, verbose_name='hợp lệ từ')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contestants', to='lantoa.contest', verbose_name='cuộc thi')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='lantoa.person', verbose_name='họ và tên')),
            ],
            options={
                'verbose_name': 'thí sinh',
                'verbose_name_plural': 'thí sinh',
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='số')),
                ('name', models.CharField(max_length=120, verbose_name='họ tên như in')),
                ('unit_name', models.CharField(max_length=200, verbose_name='đơn vị như in')),
                ('contest_name', models.CharField(max_length=200, verbose_name='cuộc thi như in')),
                ('organiser', models.CharField(max_length=200, verbose_name='đơn vị tổ chức như in')),
                ('correct', models.PositiveSmallIntegerField(verbose_name='số câu đúng')),
                ('asked', models.PositiveSmallIntegerField(verbose_name='số câu hỏi')),
                ('issued_at', models.DateTimeField(verbose_name='cấp lúc')),
                ('contestant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='lantoa.contestant', verbose_name='thí sinh')),
            ],
            options={
                'verbose_name': 'giấy chứng nhận',
                'verbose_name_plural': 'giấy chứng nhận',
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='lượt')),
                ('questions', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('orders', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None)),
                ('answers', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(verbose_name='bắt đầu')),
                ('deadline', models.DateTimeField(verbose_name='hạn nộp')),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='nộp lúc')),
                ('closed_by', models.CharField(blank=True, choices=[('submit', 'Nộp bài'), ('time', 'Hết giờ'), ('contest', 'Cuộc thi đóng')], max_length=10, verbose_name='nộp bởi')),
                ('correct', models.PositiveSmallIntegerField(null=True, verbose_name='số câu đúng')),
                ('duration_ms', models.PositiveIntegerField(null=True, verbose_name='thời gian (ms)')),
                ('bank', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.bank')),
                ('contestant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='lantoa.contestant')),
            ],
            options={
                'verbose_name': 'lượt thi',
                'verbose_name_plural': 'lượt thi',
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('void', 'void'), ('restore', 'restore'), ('move', 'move'), ('merge', 'merge')], max_length=12)),
                ('attempt', models.PositiveIntegerField(null=True)),
                ('effective', models.DateTimeField(null=True)),
                ('known_at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='lantoa.contest')),
                ('contestant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='lantoa.contestant')),
                ('target', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.contestant')),
            ],
            options={
                'verbose_name': 'điều chỉnh',
                'verbose_name_plural': 'điều chỉnh',
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, verbose_name='địa chỉ')),
                ('kind', models.CharField(choices=[('rules', 'Thể lệ'), ('guide', 'Hướng dẫn'), ('letter', 'Công văn'), ('announcement', 'Thông báo'), ('help', 'Trợ giúp'), ('privacy', 'Quyền riêng tư'), ('accessibility', 'Khả năng tiếp cận')], max_length=20, verbose_name='loại')),
                ('title', models.CharField(max_length=200, verbose_name='tiêu đề')),
                ('title_en', models.CharField(blank=True, max_length=200, verbose_name='tiêu đề tiếng Anh')),
                ('body', models.TextField(verbose_name='nội dung (Markdown)')),
                ('body_en', models.TextField(blank=True, verbose_name='nội dung tiếng Anh (Markdown)')),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='thứ tự')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='công bố lúc')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='lantoa.contest', verbose_name='cuộc thi')),
            ],
            options={
                'verbose_name': 'văn bản',
                'verbose_name_plural': 'văn bản',
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='tên tệp')),
                ('file', models.FileField(upload_to='van-ban/', verbose_name='tệp')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='lantoa.document')),
            ],
            options={
                'verbose_name': 'tệp đính kèm',
                'verbose_name_plural': 'tệp đính kèm',
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=40, verbose_name='mục đích')),
                ('text_version', models.CharField(max_length=20, verbose_name='bản thông báo')),
                ('given_at', models.DateTimeField(verbose_name='đồng ý lúc')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='rút lại lúc')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='lantoa.person')),
            ],
            options={
                'verbose_name': 'sự đồng ý',
                'verbose_name_plural': 'sự đồng ý',
            },
        ),
        migrations.AddField(
            model_name='account',
            name='person',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='account', to='lantoa.person', verbose_name='người'),
        ),
        migrations.CreateModel(
            name='Prize',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('individual', 'Cá nhân theo bảng xếp hạng'), ('unit_ratio', 'Đơn vị theo tỷ lệ hoàn thành trên dân số')], max_length=20, verbose_name='cách xét')),
                ('position', models.PositiveSmallIntegerField(verbose_name='thứ tự')),
                ('name', models.CharField(max_length=120, verbose_name='tên giải')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='tên tiếng Anh')),
                ('count', models.PositiveSmallIntegerField(verbose_name='số giải')),
                ('amount', models.PositiveIntegerField(verbose_name='mỗi giải (đồng)')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='kèm theo')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prizes', to='lantoa.contest', verbose_name='cuộc thi')),
            ],
            options={
                'verbose_name': 'giải thưởng',
                'verbose_name_plural': 'giải thưởng',
                'ordering': ['contest', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Progress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lesson_code', models.CharField(max_length=10)),
                ('cards', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None)),
                ('last_card', models.PositiveSmallIntegerField(default=1)),
                ('completed_at', models.DateTimeField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('contestant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='progress', to='lantoa.contestant')),
            ],
            options={
                'verbose_name': 'tiến độ',
                'verbose_name_plural': 'tiến độ',
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, verbose_name='mã')),
                ('version', models.PositiveIntegerField(verbose_name='bản')),
                ('topic', models.PositiveSmallIntegerField(verbose_name='chuyên đề')),
                ('lesson', models.CharField(max_length=10, verbose_name='bài')),
                ('level', models.PositiveSmallIntegerField(verbose_name='mức')),
                ('stem', models.TextField(verbose_name='câu hỏi')),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=4, verbose_name='phương án')),
                ('key', models.PositiveSmallIntegerField(verbose_name='đáp án')),
                ('shuffle', models.BooleanField(default=True, verbose_name='đảo phương án')),
                ('explanation', models.TextField(verbose_name='giải thích')),
                ('words', models.PositiveSmallIntegerField(verbose_name='số chữ')),
                ('enemies', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), default=list, size=None, verbose_name='không đi cùng')),
                ('sources', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None, verbose_name='nguồn')),
                ('review_by', models.DateField(blank=True, null=True, verbose_name='xem lại trước')),
                ('digest', models.CharField(max_length=64, verbose_name='mã băm')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest', verbose_name='cuộc thi')),
            ],
            options={
                'verbose_name': 'câu hỏi',
                'verbose_name_plural': 'ngân hàng câu hỏi',
            },
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('slogan', 'Khẩu hiệu'), ('message', 'Thông điệp'), ('story', 'Câu chuyện')], max_length=10, verbose_name='thể loại')),
                ('text', models.TextField(verbose_name='nội dung')),
                ('may_publish', models.BooleanField(default=False, verbose_name='đồng ý đăng')),
                ('state', models.CharField(choices=[('received', 'Đã nhận'), ('published', 'Đã đăng'), ('returned', 'Trả lại')], default='received', max_length=10, verbose_name='trạng thái')),
                ('reason', models.TextField(blank=True, verbose_name='lý do trả lại')),
                ('sent_at', models.DateTimeField(verbose_name='gửi lúc')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='quyết định lúc')),
                ('contest', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest', verbose_name='cuộc thi')),
                ('contestant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='share', to='lantoa.contestant', verbose_name='thí sinh')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người quyết định')),
            ],
            options={
                'verbose_name': 'bài chia sẻ',
                'verbose_name_plural': 'bài chia sẻ',
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='lý do')),
                ('at', models.DateTimeField(verbose_name='lúc')),
                ('settled', models.BooleanField(default=False, verbose_name='đã xem')),
                ('share', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='lantoa.share', verbose_name='bài')),
            ],
            options={
                'verbose_name': 'báo cáo bài',
                'verbose_name_plural': 'báo cáo bài',
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('pk', models.CompositePrimaryKey('contest_id', 'unit_id', 'until', blank=True, editable=False, primary_key=True, serialize=False)),
                ('unit_id', models.BigIntegerField()),
                ('until', models.DateTimeField()),
                ('reg', models.IntegerField()),
                ('fin', models.IntegerField()),
                ('att', models.IntegerField()),
                ('contest', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest')),
            ],
            options={
                'verbose_name': 'lũy kế',
                'verbose_name_plural': 'lũy kế',
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='số')),
                ('title', models.CharField(max_length=200, verbose_name='tên')),
                ('title_en', models.CharField(blank=True, max_length=200, verbose_name='tên tiếng Anh')),
                ('summary', models.CharField(blank=True, max_length=400, verbose_name='giới thiệu')),
                ('summary_en', models.CharField(blank=True, max_length=400, verbose_name='giới thiệu tiếng Anh')),
                ('picture', models.CharField(blank=True, max_length=80, verbose_name='tranh')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='lantoa.contest', verbose_name='cuộc thi')),
            ],
            options={
                'verbose_name': 'chuyên đề',
                'verbose_name_plural': 'chuyên đề',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=10, verbose_name='mã')),
                ('version', models.PositiveIntegerField(verbose_name='bản')),
                ('current', models.BooleanField(default=True, verbose_name='đang dùng')),
                ('position', models.PositiveSmallIntegerField(verbose_name='thứ tự')),
                ('title', models.CharField(max_length=200, verbose_name='tên bài')),
                ('goal', models.CharField(max_length=300, verbose_name='làm được')),
                ('takeaway', models.CharField(max_length=300, verbose_name='điều cần nhớ')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='số phút')),
                ('compulsory', models.BooleanField(default=True, verbose_name='bắt buộc')),
                ('review_by', models.DateField(blank=True, null=True, verbose_name='xem lại trước')),
                ('cards', models.JSONField(verbose_name='thẻ')),
                ('size', models.PositiveSmallIntegerField(verbose_name='số thẻ')),
                ('digest', models.CharField(max_length=64, verbose_name='mã băm')),
                ('published_at', models.DateTimeField(verbose_name='công bố lúc')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lessons', to='lantoa.contest', verbose_name='cuộc thi')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lessons', to='lantoa.topic', verbose_name='chuyên đề')),
            ],
            options={
                'verbose_name': 'bài học',
                'verbose_name_plural': 'bài học',
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='mã')),
                ('name', models.CharField(max_length=200, verbose_name='tên')),
                ('kind', models.CharField(choices=[('city', 'Thành phố'), ('ward', 'Phường'), ('commune', 'Xã'), ('special_zone', 'Đặc khu'), ('office', 'Cơ quan, phòng chuyên môn'), ('service_centre', 'Trung tâm'), ('kindergarten', 'Trường mầm non'), ('primary', 'Trường tiểu học'), ('primary_lower_secondary', 'Trường tiểu học và THCS'), ('lower_secondary', 'Trường trung học cơ sở'), ('village', 'Thôn'), ('residential_group', 'Tổ dân phố')], max_length=30, verbose_name='loại')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='có từ ngày')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='đến hết ngày')),
                ('search', models.CharField(editable=False, max_length=200)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='lantoa.unit', verbose_name='thuộc')),
            ],
            options={
                'verbose_name': 'đơn vị',
                'verbose_name_plural': 'đơn vị',
            },
        ),
        migrations.CreateModel(
            name='Succession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective', models.DateTimeField(verbose_name='hiệu lực từ')),
                ('known_at', models.DateTimeField(verbose_name='ghi nhận lúc')),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='predecessions', to='lantoa.unit', verbose_name='nhập vào')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='successions', to='lantoa.unit', verbose_name='đơn vị')),
            ],
            options={
                'verbose_name': 'sáp nhập',
                'verbose_name_plural': 'sáp nhập',
            },
        ),
        migrations.AddField(
            model_name='share',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.unit', verbose_name='đơn vị'),
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('organiser', 'Ban tổ chức'), ('editor', 'Biên tập nội dung'), ('operator', 'Vận hành'), ('coordinator', 'Điều phối viên'), ('judge', 'Giám khảo')], max_length=20, verbose_name='vai trò')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to=settings.AUTH_USER_MODEL, verbose_name='tài khoản')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.unit', verbose_name='đơn vị')),
            ],
            options={
                'verbose_name': 'vai trò',
                'verbose_name_plural': 'vai trò',
            },
        ),
        migrations.CreateModel(
            name='Population',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.PositiveIntegerField(verbose_name='dân số')),
                ('valid_from', models.DateField(verbose_name='tính từ ngày')),
                ('known_at', models.DateTimeField(verbose_name='ghi nhận lúc')),
                ('source', models.CharField(max_length=300, verbose_name='nguồn')),
                ('approved_by', models.CharField(max_length=200, verbose_name='người duyệt')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='populations', to='lantoa.unit', verbose_name='đơn vị')),
            ],
            options={
                'verbose_name': 'dân số',
                'verbose_name_plural': 'dân số',
            },
        ),
        migrations.AddField(
            model_name='person',
            name='sub_unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.unit', verbose_name='thôn, trường, cơ quan'),
        ),
        migrations.AddField(
            model_name='person',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.unit', verbose_name='phường, xã, đặc khu'),
        ),
        migrations.CreateModel(
            name='Movement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('known_at', models.DateTimeField()),
                ('reg', models.SmallIntegerField(default=0)),
                ('fin', models.SmallIntegerField(default=0)),
                ('att', models.SmallIntegerField(default=0)),
                ('old_missed', models.SmallIntegerField(null=True)),
                ('old_ms', models.IntegerField(null=True)),
                ('old_at', models.DateTimeField(null=True)),
                ('new_missed', models.SmallIntegerField(null=True)),
                ('new_ms', models.IntegerField(null=True)),
                ('contest', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest')),
                ('contestant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='lantoa.contestant')),
                ('correction', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.correction')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.unit')),
            ],
            options={
                'verbose_name': 'biến động',
                'verbose_name_plural': 'biến động',
            },
        ),
        migrations.AddField(
            model_name='correction',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.unit'),
        ),
        migrations.AddField(
            model_name='contestant',
            name='joined_unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.unit'),
        ),
        migrations.AddField(
            model_name='contestant',
            name='sub_unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.unit', verbose_name='thôn, trường'),
        ),
        migrations.AddField(
            model_name='contestant',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.unit', verbose_name='đơn vị'),
        ),
        migrations.AddField(
            model_name='contest',
            name='root',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.unit', verbose_name='địa bàn'),
        ),
        migrations.CreateModel(
            name='ClusterMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cluster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='lantoa.cluster', verbose_name='cụm')),
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='membership', to='lantoa.unit', verbose_name='đơn vị')),
            ],
            options={
                'verbose_name': 'đơn vị trong cụm',
                'verbose_name_plural': 'đơn vị trong cụm',
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_missed', models.SmallIntegerField(null=True)),
                ('old_ms', models.IntegerField(null=True)),
                ('new_missed', models.SmallIntegerField(null=True)),
                ('new_ms', models.IntegerField(null=True)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.unit')),
            ],
            options={
                'verbose_name': 'thay đổi chờ gộp',
                'verbose_name_plural': 'thay đổi chờ gộp',
            },
        ),
        migrations.CreateModel(
            name='Best',
            fields=[
                ('pk', models.CompositePrimaryKey('contest_id', 'contestant_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('missed', models.PositiveSmallIntegerField()),
                ('ms', models.PositiveIntegerField()),
                ('submitted_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.attempt')),
                ('contest', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest')),
                ('contestant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='best', to='lantoa.contestant')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lantoa.unit')),
            ],
            options={
                'verbose_name': 'kết quả tốt nhất',
                'verbose_name_plural': 'kết quả tốt nhất',
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('pk', models.CompositePrimaryKey('contest_id', 'minute', 'shard', blank=True, editable=False, primary_key=True, serialize=False)),
                ('minute', models.DateTimeField()),
                ('shard', models.IntegerField()),
                ('n', models.PositiveIntegerField()),
                ('contest', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest')),
            ],
            options={
                'verbose_name': 'lượt truy cập',
                'verbose_name_plural': 'lượt truy cập',
            },
        ),
        migrations.CreateModel(
            name='VisitTotal',
            fields=[
                ('pk', models.CompositePrimaryKey('contest_id', 'until', blank=True, editable=False, primary_key=True, serialize=False)),
                ('until', models.DateTimeField()),
                ('total', models.BigIntegerField()),
                ('contest', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lantoa.contest')),
            ],
            options={
                'verbose_name': 'tổng lượt truy cập',
                'verbose_name_plural': 'tổng lượt truy cập',
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='lúc')),
                ('action', models.CharField(max_length=60, verbose_name='việc')),
                ('subject', models.CharField(max_length=80, verbose_name='đối tượng')),
                ('detail', models.JSONField(default=dict, verbose_name='chi tiết')),
                ('actor', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ai')),
            ],
            options={
                'verbose_name': 'nhật ký',
                'verbose_name_plural': 'nhật ký',
                'indexes': [models.Index(fields=['subject', 'at'], name='audit_by_subject')],
            },
        ),
        migrations.AddConstraint(
            model_name='bank',
            constraint=models.UniqueConstraint(fields=('contest', 'version'), name='bank_version_once'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('submitted_at__isnull', True)), fields=['deadline'], name='attempt_running_out'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(fields=('contestant', 'number'), name='attempt_number_once'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(condition=models.Q(('submitted_at__isnull', True)), fields=('contestant',), name='attempt_open_once'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='attempt_counts_from_one'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_by', ''), ('correct__isnull', True), ('duration_ms__isnull', True), ('submitted_at__isnull', True)), models.Q(('correct__isnull', False), ('duration_ms__isnull', False), ('submitted_at__isnull', False), models.Q(('closed_by', ''), _negated=True), ('submitted_at__gte', models.F('started_at')), ('submitted_at__lte', models.F('deadline'))), _connector='OR'), name='attempt_submitted_whole_and_in_time'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('contest', 'slug'), name='document_address_once', violation_error_message='Cuộc thi đã có văn bản ở địa chỉ này.'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('person', 'purpose'), name='consent_open_once'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('username__isnull', False), ('person__isnull', False), _connector='OR'), name='account_belongs_to_somebody'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.UniqueConstraint(fields=('contest', 'position'), name='prize_position_once', violation_error_message='Thứ tự này đã có giải khác.'),
        ),
        migrations.AddConstraint(
            model_name='prize',
            constraint=models.CheckConstraint(condition=models.Q(('count__gt', 0)), name='prize_given_at_least_once', violation_error_message='Số giải phải lớn hơn 0.'),
        ),
        migrations.AddConstraint(
            model_name='progress',
            constraint=models.UniqueConstraint(fields=('contestant', 'lesson_code'), name='progress_once'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('contest', 'code', 'version'), name='question_version_once'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('key__gte', 0), ('key__lte', 3)), name='question_key_in_range'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('options__len', 4)), name='question_four_options'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 3)), name='question_level_known'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.UniqueConstraint(fields=('contest', 'number'), name='topic_number_once'),
        ),
        migrations.AddConstraint(
            model_name='lesson',
            constraint=models.UniqueConstraint(fields=('contest', 'code', 'version'), name='lesson_version_once'),
        ),
        migrations.AddConstraint(
            model_name='lesson',
            constraint=models.UniqueConstraint(condition=models.Q(('current', True)), fields=('contest', 'code'), name='lesson_current_once'),
        ),
        migrations.AddIndex(
            model_name='unit',
            index=models.Index(fields=['parent', 'kind', 'search'], name='unit_by_parent'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('code',), name='unit_code_once', violation_error_message='Mã này đã có đơn vị khác dùng.'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['city', 'ward', 'commune', 'special_zone', 'office', 'service_centre', 'kindergarten', 'primary', 'primary_lower_secondary', 'lower_secondary', 'village', 'residential_group'])), name='unit_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='unit_valid_forwards', violation_error_message='Ngày cuối phải sau ngày đầu.'),
        ),
        migrations.AddConstraint(
            model_name='succession',
            constraint=models.CheckConstraint(condition=models.Q(('unit', models.F('successor')), _negated=True), name='succession_other_unit', violation_error_message='Chọn hai đơn vị khác nhau.'),
        ),
        migrations.AddConstraint(
            model_name='succession',
            constraint=models.UniqueConstraint(fields=('unit', 'effective'), name='succession_one_at_a_time', violation_error_message='Đơn vị này đã có một lần sáp nhập vào lúc ấy.'),
        ),
        migrations.AddIndex(
            model_name='share',
            index=models.Index(condition=models.Q(('state', 'published')), fields=['contest', '-decided_at'], name='share_wall'),
        ),
        migrations.AddIndex(
            model_name='share',
            index=models.Index(condition=models.Q(('state', 'published')), fields=['contest', 'unit', '-decided_at'], name='share_wall_of_unit'),
        ),
        migrations.AddIndex(
            model_name='share',
            index=models.Index(condition=models.Q(('state', 'received')), fields=['contest', 'sent_at'], name='share_waiting'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('decided_at__isnull', False), ('may_publish', True)), _connector='OR'), name='share_public_by_consent'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='share_returned_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='role',
            constraint=models.UniqueConstraint(fields=('account', 'kind', 'unit'), name='role_once', nulls_distinct=False, violation_error_message='Tài khoản đã có vai trò này.'),
        ),
        migrations.AddConstraint(
            model_name='role',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'coordinator'), ('unit__isnull', False)), models.Q(models.Q(('kind', 'coordinator'), _negated=True), ('unit__isnull', True)), _connector='OR'), name='role_coordinator_has_unit', violation_error_message='Điều phối viên cần có đơn vị. Vai trò khác thì để trống đơn vị.'),
        ),
        migrations.AddIndex(
            model_name='population',
            index=models.Index(fields=['unit', '-valid_from', '-known_at'], include=('value',), name='population_latest'),
        ),
        migrations.AddConstraint(
            model_name='population',
            constraint=models.CheckConstraint(condition=models.Q(('value__gt', 0)), name='population_positive', violation_error_message='Nhập số dân lớn hơn 0.'),
        ),
        migrations.AddConstraint(
            model_name='population',
            constraint=models.UniqueConstraint(fields=('unit', 'valid_from', 'known_at'), name='population_once'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['sort_key'], name='person_by_name'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(fields=('phone_index',), name='person_phone_once'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(fields=('citizen_id_index',), name='person_citizen_id_once'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('full_name', ''), _negated=True), name='person_named'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('phone_index__isnull', True), ('phone_sealed__isnull', True)), models.Q(('phone_index__isnull', False), ('phone_sealed__isnull', False)), _connector='OR'), name='person_phone_sealed_and_indexed'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('citizen_id_index__isnull', True), ('citizen_id_sealed__isnull', True)), models.Q(('citizen_id_index__isnull', False), ('citizen_id_sealed__isnull', False)), _connector='OR'), name='person_citizen_id_sealed_and_indexed'),
        ),
        migrations.AddIndex(
            model_name='movement',
            index=models.Index(condition=models.Q(('correction__isnull', True)), fields=['contest', 'at'], include=('unit', 'reg', 'fin', 'att'), name='movement_fact'),
        ),
        migrations.AddIndex(
            model_name='movement',
            index=models.Index(condition=models.Q(('correction__isnull', False)), fields=['contest', 'at', 'known_at'], include=('unit', 'reg', 'fin', 'att'), name='movement_fix'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(('correction__isnull', False), ('known_at', models.F('at')), _connector='OR'), name='movement_fact_known_at_once'),
        ),
        migrations.AddConstraint(
            model_name='contestant',
            constraint=models.UniqueConstraint(fields=('contest', 'person'), name='contestant_once'),
        ),
        migrations.AddConstraint(
            model_name='contestant',
            constraint=models.UniqueConstraint(fields=('who',), name='contestant_pseudonym_once'),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='contest_closes_after_opening', violation_error_message='Lúc đóng phải sau lúc mở.'),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.CheckConstraint(condition=models.Q(('asked__gt', 0)), name='contest_asks_something'),
        ),
        migrations.AddIndex(
            model_name='best',
            index=models.Index(fields=['contest', 'missed', 'ms', 'submitted_at'], include=('contestant', 'unit'), name='best_city'),
        ),
        migrations.AddIndex(
            model_name='best',
            index=models.Index(fields=['contest', 'unit', 'missed', 'ms', 'submitted_at'], include=('contestant',), name='best_unit'),
        ),
    ]
