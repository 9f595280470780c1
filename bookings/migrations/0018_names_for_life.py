from urllib.parse import urlsplit

import bookings.models.enquiry
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q, Value
from django.db.models.functions import Concat


def keep_names(apps, schema_editor):
    """Appointments that are in calendars already keep their name there, and whom they come from."""
    details = apps.get_model("services", "ClinicDetails").objects.first()
    rows = apps.get_model("bookings", "Enquiry").objects
    rows.update(calendar_uid=Concat("reference", Value(f"@{urlsplit(settings.SITE_URL).hostname}")))
    if details and details.email:
        rows.update(calendar_organiser=details.email)


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0017_events_in_the_order_they_happened"),
        ("services", "0010_addresses_named_apart"),
    ]

    operations = [
        migrations.AddField(
            model_name="enquiry",
            name="network",
            field=models.CharField(
                blank=True,
                default="",
                help_text="A keyed checksum of the network it was sent from; emptied after two days.",
                max_length=64,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="enquiry",
            name="calendar_organiser",
            field=models.EmailField(
                default=bookings.models.enquiry.from_address,
                editable=False,
                help_text="Whom calendars know the appointment from, for life.",
                max_length=254,
            ),
        ),
        migrations.AddField(
            model_name="enquiry",
            name="calendar_uid",
            field=models.CharField(
                default=bookings.models.enquiry.new_calendar_uid,
                editable=False,
                help_text="Its name in calendars, for life.",
                max_length=64,
            ),
        ),
        migrations.AddIndex(
            model_name="enquiry",
            index=models.Index(
                condition=Q(("network", ""), _negated=True), fields=["network", "created_at"], name="enquiry_by_network"
            ),
        ),
        migrations.RunPython(keep_names, migrations.RunPython.noop),
    ]
