from django.db import migrations

from bookings.domain.normalise import search_words
from services.email_addresses import to_ascii


def put_domains_into_ascii(apps, schema_editor):
    """As forms do since: or a person’s earlier requests would look like somebody else’s."""
    Enquiry, SearchWord = apps.get_model("bookings", "Enquiry"), apps.get_model("bookings", "SearchWord")
    for enquiry in Enquiry.objects.exclude(email="").only("name", "email", "email_key", "phone").iterator():
        try:
            email = enquiry.email if enquiry.email.isascii() else to_ascii(enquiry.email)
        except ValueError:  # no server takes it: staff correct it when they see that an email failed
            continue
        if email != enquiry.email and len(email) <= 254:
            Enquiry.objects.filter(pk=enquiry.pk).update(email=email, email_key=email.lower())
            words = search_words(name=enquiry.name, email=email, phone=enquiry.phone)
            SearchWord.objects.bulk_create(
                [SearchWord(enquiry_id=enquiry.pk, word=word) for word in sorted(words)], ignore_conflicts=True
            )


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0018_names_for_life'),
    ]

    operations = [
        migrations.RunPython(put_domains_into_ascii, migrations.RunPython.noop, elidable=True),
    ]
