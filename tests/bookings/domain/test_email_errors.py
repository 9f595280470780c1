from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from bookings.domain.email_errors import reason, reason_and_code
from bookings.models import Notice
from services.clinic.uk_time import clock, short_date
from tests.bookings.desk import PHONE, page, words
from tests.bookings.factories import request


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("SMTPRecipientsRefused 550", "the mail server does not accept this address"),
        ("SMTPDataError 554", "the mail server does not accept this message"),
        ("worker died", "the site stopped while it was being sent"),
        ("TimeoutError", "the mail server could not be reached"),
        ("ValueError", "something went wrong on the site"),
        ("", "no reason was given"),
    ],
)
def test_why_an_email_was_not_sent_is_said_in_words(kept, words):
    assert reason(kept) == words
    assert reason_and_code(kept) == (f"{words} ({kept})" if kept else words)


def test_the_list_of_messages_says_what_became_of_each(desk, clinic):
    now = timezone.now()
    for changes in (
        {"status": "sent", "sent_at": now},
        {"status": "failed", "last_error": "SMTPRecipientsRefused 550"},
        {"status": "dropped"},
        {"attempts": 2, "last_error": "TimeoutError"},
        {"attempts": 1},
        {},
    ):
        enquiry = request(now=now - timedelta(hours=1), email=f"{Notice.objects.count()}@example.org")
        Notice.objects.filter(event__enquiry=enquiry, kind="received").update(**changes)
    told = request(now=now, email="", **PHONE)
    shown = page(desk.get(reverse("admin:bookings_notice_changelist")))
    said = {words(row.select_one(".field-what_became")) for row in shown.select("#result_list tbody tr")}
    assert said == {
        f"Sent {short_date(now)}, {clock(now)}",
        "Failed: the mail server does not accept this address (SMTPRecipientsRefused 550)",
        "Not sent: no longer true",
        "Tried 2 times: the mail server could not be reached",
        "Tried 1 time: under way",
        "Goes out within a minute",
        "Still to be told",
    }
    assert told.reference in [words(cell) for cell in shown.select(".field-request")]
