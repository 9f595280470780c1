from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def since(apps, schema_editor):
    """What was asked for before counts from when it was sent, its state from the last event that changed it."""
    Enquiry, Event = apps.get_model("bookings", "Enquiry"), apps.get_model("bookings", "Event")
    last = Event.objects.filter(enquiry=OuterRef("pk")).exclude(from_status=F("to_status")).order_by("-at").values("at")[:1]
    Enquiry.objects.update(waiting_since=F("created_at"), status_since=Coalesce(Subquery(last), F("created_at")))
    replies = Event.objects.filter(enquiry=OuterRef("pk"), from_status="new", actor="staff").exclude(to_status="new")
    Enquiry.objects.update(first_reply_at=Subquery(replies.order_by("at").values("at")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ("bookings", "0006_offers_notes_and_the_clock"),
    ]

    operations = [
        migrations.RunPython(since, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="enquiry",
            name="status_since",
            field=models.DateTimeField(help_text="When it came into its state: what is forgotten by the clock counts from here."),
        ),
        migrations.AlterField(
            model_name="enquiry",
            name="waiting_since",
            field=models.DateTimeField(help_text="Since when the person waits for our answer: the reply promise counts from here."),
        ),
    ]
