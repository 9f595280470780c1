from django.conf import settings
from django.db import migrations


def name_colleagues(apps, schema_editor):
    """As it is written since: the history says to whom a request was given by name, not by what they sign in with."""
    User = apps.get_model(*settings.AUTH_USER_MODEL.split("."))
    Event = apps.get_model("bookings", "Event")
    for user in User.objects.exclude(first_name="", last_name=""):
        name = f"{user.first_name} {user.last_name}".strip()
        if name:
            Event.objects.filter(note=f"Assigned to {user.username}").update(note=f"Assigned to {name}"[:200])


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0020_when_an_email_failed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(name_colleagues, migrations.RunPython.noop, elidable=True),
    ]
