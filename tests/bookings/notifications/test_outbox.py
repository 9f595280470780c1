"""What an email says, and when it is tried again."""

import smtplib
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from bookings import actions, notifications
from bookings.models import Notice
from bookings.notifications import outbox
from services.clinic.clinic import Clinic
from tests.bookings.factories import request


def message(now):
    return notifications.message_for(Notice.objects.latest("pk"), now)


def test_received_says_what_we_have_and_when_we_answer(harley_street, thursday_ten, now):
    enquiry = request(harley_street, thursday_ten, now=now)
    sent = message(now)
    assert sent.subject == f"We have your request ({enquiry.reference})"
    assert sent.to == ["sam@example.org"]
    assert "It is not confirmed yet. We will email you by 8pm today." in sent.body
    assert "The time we hold for you: Thursday 4 June, 10am to 10:50am, UK time" in sent.body
    assert enquiry.get_absolute_url() in sent.body
    assert "Samaritans: Call 116 123, free, at any time." in sent.body


def test_a_request_that_holds_no_time_is_not_told_that_it_does(harley_street, thursday_ten, now):
    for day in range(1, 6):
        request(harley_street, thursday_ten + timedelta(days=day), now=now, network="one")
    request(harley_street, thursday_ten, now=now, network="one")
    assert "The time you asked for: " in message(now).body
    assert "hold" not in message(now).body


def test_confirmed_says_where_when_and_how(harley_street, thursday_ten, now, staff):
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="1 Any Street\nLondon")
    sent = message(now)
    assert sent.subject == f"Your appointment is confirmed: Thursday 4 June, 10am ({enquiry.reference})"
    for words in ("1 Any Street\nLondon", "About 50 minutes", "Fee: We will tell you before you agree.", "What to bring: Nothing"):
        assert words in sent.body


def test_confirmed_online_says_how_the_video_link_comes(online, thursday_ten, now, staff):
    enquiry = request(online, thursday_ten, now=now)
    actions.confirm(enquiry, user=staff, now=now, video_link="https://video.example.org/abc")
    assert "Open the video link: https://video.example.org/abc" in message(now).body
    assert "step-free" not in message(now).body.lower()


def test_no_name_of_a_therapy_in_any_subject_or_sender(harley_street, thursday_ten, now, staff, settings):
    settings.STAFF_EMAIL = "reception@example.org"
    actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="x")
    actions.decline(request(harley_street, thursday_ten + timedelta(days=1), now=now), reason="no_capacity", user=staff, now=now)
    subjects = " ".join(notifications.message_for(notice, now).subject for notice in Notice.objects.all()).lower()
    assert not any(word in subjects for word in ("therap", "dit", "depress", "sam", "counsel"))


def test_staff_are_told_without_name_or_message(harley_street, thursday_ten, now, settings):
    settings.STAFF_EMAIL = "reception@example.org"
    request(harley_street, thursday_ten, now=now, name="Ada Lovelace", message="a wheelchair")
    sent = message(now)
    assert sent.to == ["reception@example.org"]
    everything = sent.subject + sent.body + sent.alternatives[0].content
    assert not any(word in everything for word in ("Ada", "wheelchair", "sam@example.org"))


def test_each_of_several_people_at_the_clinic_is_told(harley_street, thursday_ten, now, settings):
    settings.STAFF_EMAIL = "reception@example.org, manager@example.org"
    request(harley_street, thursday_ten, now=now)
    sent = message(now)
    assert sent.recipients() == ["reception@example.org", "manager@example.org"]
    assert sent.message()["To"] == "reception@example.org, manager@example.org"


def test_html_and_text_say_the_same_and_names_are_escaped_only_in_html(harley_street, thursday_ten, now):
    request(harley_street, thursday_ten, now=now, name="Zoë & <Sam>")
    sent = message(now)
    assert "Hello Zoë & <Sam>," in sent.body
    assert "Hello Zoë &amp; &lt;Sam&gt;," in sent.alternatives[0].content


def test_each_notice_has_one_message_id_for_ever(clinic, now):
    request(now=now)
    assert message(now).extra_headers["Message-ID"] == message(now + timedelta(days=1)).extra_headers["Message-ID"]


def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(clinic, now):
    request(now=now)
    assert outbox.claim_next(now)
    assert outbox.claim_next(now) is None
    assert outbox.claim_next(now + outbox.LEASE)


def test_a_worker_that_lost_its_lease_records_no_failure(clinic, now, monkeypatch):
    request(now=now)
    late = outbox.claim_next(now)
    outbox.claim_next(now + outbox.LEASE)
    monkeypatch.setattr(EmailBackend, "send_messages", lambda self, messages: 1 / 0)
    outbox.send(late, now + outbox.LEASE)
    assert (Notice.objects.get().status, Notice.objects.get().last_error) == ("pending", "")


def test_what_the_server_has_is_sent_whoever_holds_the_lease_now(clinic, now):
    """Or the person would get one more copy."""
    request(now=now)
    late = outbox.claim_next(now)
    other = outbox.claim_next(now + outbox.LEASE)
    outbox.send(late, now + outbox.LEASE)
    assert Notice.objects.get().status == "sent"
    outbox._record(other.notice, {"last_error": "TimeoutError", "due_at": now})
    assert Notice.objects.get().status == "sent"


def test_a_worker_that_slept_past_its_time_does_not_send(clinic, now):
    request(now=now)
    late = outbox.claim_next(now)
    late = replace(late, send_by=late.send_by - outbox.SEND_WITHIN)
    assert outbox.send(late, now) == "pending"
    assert (mail.outbox, Notice.objects.get().last_error) == ([], "TimeoutError")


def test_without_anybody_to_send_it_to_a_message_is_not_said_to_be_sent(clinic, now, settings):
    settings.STAFF_EMAIL = "reception@example.org"
    request(now=now)
    Notice.objects.exclude(kind="staff_new").delete()
    settings.STAFF_EMAIL = ""
    for _ in range(outbox.MOST_TRIES_REFUSED):
        outbox.send(outbox.claim_next(now), now)
        now += outbox.LONGEST_WAIT
    assert (Notice.objects.get().status, Notice.objects.get().last_error) == ("failed", "Unaddressed")


def test_a_confirmation_that_waited_too_long_is_not_sent_after_the_cancellation(harley_street, thursday_ten, now, staff):
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now)
    actions.cancel(enquiry, now=now)
    outcomes = {}
    while claimed := outbox.claim_next(now):
        outcomes[claimed.notice.kind] = outbox.send(claimed, now)
    assert outcomes == {"received": "dropped", "confirmed": "dropped", "cancelled": "sent"}
    assert [message.subject for message in mail.outbox] == [f"You have cancelled ({enquiry.reference})"]


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (smtplib.SMTPRecipientsRefused({"x@example.org": (550, b"no")}), 3),
        (smtplib.SMTPDataError(554, b"no"), 3),
        (smtplib.SMTPDataError(451, b"later"), 12),
        (smtplib.SMTPAuthenticationError(535, b"password"), 12),
        (smtplib.SMTPSenderRefused(550, b"no", "clinic@example.org"), 12),
        (smtplib.SMTPServerDisconnected(), 12),
        (ConnectionRefusedError(), 12),
        (TimeoutError(), 12),
    ],
)
def test_how_often_a_failing_message_is_tried(clinic, now, monkeypatch, error, tries):
    def fail(self, messages):
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    request(now=now)
    outcomes = []
    while claimed := outbox.claim_next(now):
        outcomes.append(outbox.send(claimed, now))
        now += outbox.LONGEST_WAIT * 1.2
    assert outcomes == ["pending"] * (tries - 1) + ["failed"]
    assert "example.org" not in Notice.objects.get().last_error


def test_the_waits_double_and_end_at_six_hours():
    for attempts, minutes in [(1, 1), (2, 2), (5, 16), (9, 256), (10, 360), (12, 360)]:
        for _ in range(20):
            assert 0.8 <= outbox.wait_after(attempts) / timedelta(minutes=minutes) <= 1.2


def test_a_message_that_kills_every_worker_is_given_up(clinic, now):
    request(now=now)
    for _ in range(outbox.MOST_TRIES):
        assert outbox.claim_next(now)
        now += outbox.LONGEST_WAIT * 1.2
    assert outbox.claim_next(now) is None
    assert (Notice.objects.get().status, Notice.objects.get().last_error) == ("failed", "worker died")


def test_another_channel_needs_no_more_than_its_name(harley_street, thursday_ten, now):
    """Who sends by it asks for its rows; until somebody does, they wait, in nobody's way, and their words are there."""
    request(harley_street, thursday_ten, now=now)
    Notice.objects.update(channel="sms")
    assert outbox.claim_next(now) is None
    assert not Notice.objects.to_tell().exists()
    assert "It is not confirmed yet." in notifications.render_notification(Notice.objects.get(), now, Clinic(now)).text


def test_one_address_gets_so_many_emails_an_hour_and_a_day_and_the_rest_later(clinic, now, mailoutbox):
    """Anybody can type anybody's address. Nothing is lost: what is too many waits, and is not counted as tried."""
    for number in range(25):
        request(now=now, email=("victim@example.org", "VICTIM@example.org")[number % 2], network=str(number))
    request(now=now, email="other@example.org")
    sent, moment = [], now
    while Notice.objects.filter(status="pending").exists() and moment < now + timedelta(days=3):
        while claimed := outbox.claim_next(moment):
            outbox.send(claimed, moment)
        sent.append(len(mailoutbox))
        moment += timedelta(minutes=30)
    assert sent[0] == 7
    assert max(later - earlier for earlier, later in pairwise(sent[::2])) <= 6
    assert sent[47] == 21
    assert (sent[-1], Notice.objects.filter(status="sent").count()) == (26, 26)
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}
