from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0021_assigned_to_people_by_name'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='notice',
            name='one_notice_per_event_and_kind',
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('event', 'kind', 'channel'), name='one_notice_per_event_kind_and_channel'),
        ),
    ]
