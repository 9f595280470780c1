from django.contrib.auth.models import User
from django.db import migrations, models


def remember_the_password(apps, schema_editor):
    """Addresses from before go on until their owner has another password."""
    for feed in apps.get_model("bookings", "DiaryFeed").objects.select_related("user"):
        feed.password_mark = User(password=feed.user.password).get_session_auth_hash()
        feed.save(update_fields=["password_mark"])


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0023_one_newline'),
    ]

    operations = [
        migrations.AddField(
            model_name='diaryfeed',
            name='password_mark',
            field=models.CharField(default='', help_text='A digest of the password its owner had then, as sessions keep it.', max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(remember_the_password, migrations.RunPython.noop, elidable=True),
    ]
