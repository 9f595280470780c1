"""A message before it goes: exactly what would be sent, and nothing has happened."""

import pytest
from django.core import mail

from bookings import actions, notifications
from bookings.models import Enquiry, Event, Hold, Notice
from services.clinic.clinic import Clinic
from services.models import Location
from tests.bookings.factories import request


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Enquiry, Event, Hold, Notice, Location)]


def test_a_draft_is_what_is_sent_and_changes_nothing(harley_street, thursday_ten, now, staff):
    enquiry = request(harley_street, thursday_ten, now=now)
    before = everything()

    def confirm():
        return actions.confirm(enquiry, user=staff, now=now, address="1 Any Street\nLondon")

    draft = notifications.draft(enquiry, confirm, now)

    assert everything() == before
    confirm()
    sent = notifications.message_for(Notice.objects.latest("pk"), now)
    assert (draft.subject, draft.text) == (sent.subject, sent.body)
    assert "Not sent." in draft.html
    assert "Not sent." not in sent.alternatives[0].content
    assert mail.outbox == []


def test_a_draft_is_of_the_message_to_the_client_and_not_of_an_earlier_one(harley_street, thursday_ten, now, staff, settings):
    settings.STAFF_EMAIL = "reception@example.org"
    enquiry = request(harley_street, thursday_ten, now=now)
    draft = notifications.draft(enquiry, lambda: actions.decline(enquiry, reason="no_capacity", user=staff, now=now), now)
    assert draft.subject == f"About your request ({enquiry.reference})"


def test_where_nobody_is_told_there_is_no_draft(clinic, now, staff):
    enquiry = request(now=now)
    assert notifications.draft(enquiry, lambda: actions.decline(enquiry, reason="spam", user=staff, now=now), now) is None
    enquiry.refresh_from_db()
    assert enquiry.status == "new"


def test_a_draft_of_what_cannot_be_done_says_why(harley_street, thursday_ten, now, staff):
    enquiry = request(harley_street, thursday_ten, now=now)
    before = everything()
    with pytest.raises(actions.SlotWithdrawn):
        notifications.draft(enquiry, lambda: actions.confirm(enquiry, user=staff, now=thursday_ten), now)
    assert everything() == before


@pytest.mark.parametrize(("status", "says"), [("pending", "Not sent. This is how the email will look."), ("failed", "Could not be sent.")])
def test_an_email_that_is_looked_at_says_whether_it_has_gone(status, says, harley_street, thursday_ten, now):
    request(harley_street, thursday_ten, now=now)
    notice = Notice.objects.get()
    notice.status = status
    shown = notifications.render_notification(notice, now, Clinic(now), shown=True).html
    assert says in shown.replace("<strong>", "").replace("</strong>", "")


def test_one_that_has_gone_is_shown_as_it_reads_now(harley_street, thursday_ten, now):
    request(harley_street, thursday_ten, now=now)
    Notice.objects.update(status="sent", sent_at=now)
    shown = notifications.render_notification(Notice.objects.get(), now, Clinic(now), shown=True).html
    assert "<strong>Sent.</strong> This is how it reads with what is true now." in shown
