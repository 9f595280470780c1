"""What somebody has typed for a person is never lost without a word."""

from django.utils import timezone

from bookings.models import Enquiry, Notice
from tests.bookings.desk import at, begun, page, words
from tests.bookings.factories import request


def test_a_paragraph_for_who_did_not_come_is_sent_or_asked_about(desk, harley_street, staff):
    enquiry = begun(harley_street, staff)
    asked = desk.post(at("miss", enquiry.pk), {"paragraph": "Call me."})
    assert "Tick this to send your paragraph, or empty it" in words(page(asked).select_one("#id_tell_error"))
    assert words(page(asked).select_one("#id_paragraph")) == "Call me."
    desk.post(at("miss", enquiry.pk), {"paragraph": "Call me.", "tell": "on"})
    assert Notice.objects.get(kind="missed").paragraph == "Call me."


def test_a_paragraph_for_spam_is_asked_about(desk, clinic):
    enquiry = request(now=timezone.now())
    asked = desk.post(at("decline", enquiry.pk), {"paragraph": "Sorry.", "reason": "spam"})
    assert "Spam gets no message" in words(page(asked).select_one("#id_paragraph_error"))
    assert Enquiry.objects.get().status == "new"
    desk.post(at("decline", enquiry.pk), {"reason": "spam"})
    assert Enquiry.objects.get().status == "declined"
