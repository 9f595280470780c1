from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0019_emails_in_one_form'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='failed_at',
            field=models.DateTimeField(blank=True, help_text='When it was given up.', null=True),
        ),
    ]
