"""A person deletes their details: nothing of them is left anywhere, and nobody is left waiting for a time that is gone."""

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.domain.status import InvalidTransition
from bookings.models import Enquiry, HoldCell, Notice
from bookings.notifications import outbox
from bookings.queries.slots import Slot
from bookings.staff.steps import BESIDE, BUTTONS, open_steps
from services.clinic.uk_time import long_date
from tests.bookings.factories import request
from tests.bookings.walker import Walker, page, words

PERSON = {
    "name": "Wilhelmina Quist",
    "email": "Wilhelmina@Example.org",
    "phone": "+447700900982",
    "phone_typed": "07700 900982",
    "message": "Is there a lift, I use a stick",
}
TRACES = ["wilhelmina", "quist", "07700 900982", "447700900982", "a stick", "no longer needed", "video.example"]


@pytest.fixture
def enquiry(harley_street, thursday_ten, now):
    return request(harley_street, thursday_ten, now=now, **PERSON)


@pytest.fixture
def coming(next_time):
    """With a time that is ahead by the real clock."""
    return request(next_time.location, next_time.starts_at, now=timezone.now(), **PERSON)


@pytest.fixture
def without_time(clinic, now):
    return request(now=now, preferred_times=["weekends"], **PERSON)


def url(enquiry):
    return f"{enquiry.get_absolute_url()}delete/"


def traces():
    """Where in the whole database anything of the person is found."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (names of our own tables)
            rows = "\n".join(repr(row) for row in cursor.fetchall()).lower()
            found += [f"{table}: {trace}" for trace in TRACES if trace in rows]
    return found


def send_all(now):
    while claimed := outbox.claim_next(now):
        outbox.send(claimed, now)


def test_the_search_for_traces_finds_them(enquiry):
    assert {trace.split(": ")[1] for trace in traces()} == {"wilhelmina", "quist", "07700 900982", "447700900982", "a stick"}
    assert len(apps.get_models()) > 20


def test_opening_the_page_deletes_nothing(client, coming):
    shown = words(client.get(url(coming)))
    assert f"This also cancels your request for {long_date(coming.starts_at)}" in shown
    assert "First we send you an email" in shown
    assert "This cannot be undone" in shown
    coming.refresh_from_db()
    assert (coming.status, coming.erase_by, coming.erased_at) == ("new", None, None)


def test_without_a_time_ahead_everything_goes_at_once(client, without_time, now):
    answer = client.post(url(without_time))
    assert "Your details are deleted" in words(answer)
    assert traces() == []
    without_time.refresh_from_db()
    assert without_time.status == "cancelled_client"
    assert without_time.erased_at
    assert set(Notice.objects.values_list("status", flat=True)) == {"dropped"}


def test_the_old_link_looks_like_one_that_never_was(client, without_time):
    client.post(url(without_time))
    for path in ("", "delete/", "cancel/", "change/"):
        gone, never = client.get(f"{without_time.get_absolute_url()}{path}"), client.get(f"/request/never/{path}")
        assert (gone.status_code, words(gone)) == (never.status_code, words(never)) == (404, words(never))


def test_with_a_time_ahead_the_email_goes_first(client, enquiry, now, mailoutbox, staff):
    actions.confirm(enquiry, user=staff, now=now, address="1 Any Street")
    waiting = actions.erase(enquiry, now=now)
    assert (waiting.status, waiting.erase_by) == ("cancelled_client", now + timedelta(hours=24))
    assert not HoldCell.objects.exists()
    assert actions.erase_due(now) == 0
    assert "We are deleting your details" in words(client.get(enquiry.get_absolute_url()))
    send_all(now)
    assert [message.to for message in mailoutbox] == [[PERSON["email"]]]
    assert "has been cancelled" in mailoutbox[0].body
    assert actions.erase_due(now) == 1
    assert traces() == []
    assert actions.erase_due(now) == 0


def test_nobody_waits_longer_than_a_day_for_a_mail_server(enquiry, now):
    actions.erase(enquiry, now=now)
    assert actions.erase_due(now + timedelta(hours=23, minutes=59)) == 0
    assert actions.erase_due(now + timedelta(hours=24)) == 1
    assert traces() == []
    assert outbox.claim_next(now + timedelta(days=2)) is None


def test_the_worker_erases_once_the_email_has_gone(coming, mailoutbox):
    actions.erase(coming, now=timezone.now())
    call_command("send_notices", stdout=StringIO())
    assert len(mailoutbox) == 1
    assert traces() == []


def test_who_wants_no_email_waits_for_none_and_staff_hear_of_the_free_time(client, coming, mailoutbox, settings):
    settings.STAFF_EMAIL = "reception@clinic.test"
    shown = client.get(url(coming))
    assert [label.get_text() for label in page(shown).select("form label")] == ["Please don’t send me an email about this"]
    assert "If you want no email, they go at once." in words(shown)
    assert "Your details are deleted" in words(client.post(url(coming), {"quiet": "on"}))
    assert traces() == []
    assert not HoldCell.objects.exists()
    call_command("send_notices", stdout=StringIO())
    (message,) = mailoutbox
    assert (message.to, "The person has cancelled." in message.body) == (["reception@clinic.test"], True)
    assert "Wilhelmina" not in message.body + message.subject


def test_of_whom_no_email_would_be_sent_nothing_is_asked(client, without_time):
    assert page(client.get(url(without_time))).select("form label") == []


def test_without_an_email_address_nothing_is_waited_for(harley_street, thursday_ten, now):
    enquiry = request(harley_street, thursday_ten, now=now, **(PERSON | {"email": "", "contact_by": "call"}))
    assert actions.erase(enquiry, now=now).erased_at
    assert traces() == []
    assert not HoldCell.objects.exists()
    assert not Notice.objects.to_tell().exists()


def test_after_cancelling_with_a_reason_one_can_delete_too(enquiry, now):
    actions.cancel(enquiry, now=now, reason="No longer needed")
    send_all(now)
    assert actions.erase(enquiry, now=now).erased_at
    assert traces() == []


def test_deleting_twice_changes_nothing_more(client, coming):
    for _ in range(2):
        assert client.post(url(coming)).status_code == 303
    assert Notice.objects.filter(kind="cancelled").count() == 1
    assert client.get(url(coming))["Location"] == coming.get_absolute_url()


def test_suspected_spam_is_deleted_without_a_word(clinic, now):
    assert actions.erase(request(now=now, suspect=True, **PERSON), now=now).erased_at
    assert traces() == []
    assert not Notice.objects.exists()


def test_the_session_forgets_the_request(harley_street, db):
    walker = Walker().to_check()
    sent = walker.send()
    assert walker.client.session["booking_sent"]
    walker.client.post(f"{sent['Location']}delete/")
    assert "booking_sent" not in walker.client.session


def test_what_links_to_it_lets_go(harley_street, thursday_ten, now, enquiry):
    other = request(now=now, preferred_times=["weekends"], **PERSON)
    assert other.possible_duplicate_of == enquiry
    actions.cancel(enquiry, now=now)
    send_all(now)
    actions.erase(enquiry, now=now)
    other.refresh_from_db()
    assert other.possible_duplicate_of is None


def test_staff_see_that_it_was_deleted_and_nothing_more(admin_client, enquiry, now):
    actions.erase(enquiry, now=now)
    change = reverse("admin:bookings_enquiry_change", args=[enquiry.pk])
    assert "Please do not copy them" in admin_client.get(change).content.decode()
    actions.erase_due(now + timedelta(hours=24))
    page = admin_client.get(change).content.decode()
    assert "Their details were erased on" in page
    assert "Send again" not in page
    assert "Details deleted" in admin_client.get(f"{reverse('admin:bookings_enquiry_changelist')}?state=all").content.decode()


def test_a_row_that_counts_as_erased_names_nobody(enquiry, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Enquiry.objects.update(erased_at=now)


def test_the_form_sent_once_more_afterwards_leads_nowhere(harley_street, mailoutbox):
    walker = Walker().to_check()
    token = walker.token
    sent = walker.send(token)
    walker.client.post(f"{sent['Location']}delete/")
    call_command("send_notices", stdout=StringIO())
    enquiry = Enquiry.objects.get()
    assert enquiry.erased_at
    again = walker.send(token)
    assert (again.status_code, "/request/" in again.content.decode()) == (200, False)
    assert "booking_sent" not in walker.client.session
    assert Enquiry.objects.count() == 1
    for verb in ("", "change/", "cancel/", "delete/"):
        assert walker.client.get(f"{enquiry.get_absolute_url()}{verb}").status_code == 404
    for verb in ("earlier/", "again/", "delete/"):
        assert walker.client.post(f"{enquiry.get_absolute_url()}{verb}").status_code == 404


def test_nobody_gets_a_video_link_after_deleting(admin_client, online, thursday_ten, staff, now):
    enquiry = request(online, thursday_ten, now=now, **PERSON)
    actions.confirm(enquiry, user=staff, now=now)
    actions.erase(enquiry, now=thursday_ten + timedelta(hours=2))
    assert Enquiry.objects.get().status == "confirmed"
    assert "Send the video link" not in admin_client.get(reverse("admin:bookings_enquiry_change", args=[enquiry.pk])).content.decode()
    with pytest.raises(InvalidTransition):
        actions.send_video_link(enquiry, video_link="https://video.example/1", user=staff, now=now)
    assert traces() == []


@pytest.mark.parametrize("reached", [{"email": "", "phone": "+447700900982", "contact_by": "call"}, {}])
def test_staff_hear_that_an_appointment_is_free_again_whose_person_deletes_their_details(
    harley_street, thursday_ten, now, staff, settings, mailoutbox, reached
):
    """However the person is reached, and however long the mail server was away meanwhile."""
    settings.STAFF_EMAIL = "reception@clinic.test"
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now, **reached), user=staff, now=now, address="1 A Street")
    actions.erase(enquiry, now=now)
    late = now + timedelta(hours=25)
    actions.erase_due(late)
    while claimed := outbox.claim_next(late):
        outbox.send(claimed, late)
    enquiry.refresh_from_db()
    assert enquiry.erased_at
    assert [mail.to for mail in mailoutbox] == [["reception@clinic.test"]]
    assert enquiry.reference in mailoutbox[0].body
    assert "The person has cancelled. The time is free again." in mailoutbox[0].body


def test_who_asks_to_be_forgotten_right_after_we_cancelled_still_hears_of_it(harley_street, thursday_ten, now, staff, mailoutbox):
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="1 A Street")
    actions.cancel_by_clinic(enquiry, user=staff, now=now)
    enquiry = actions.erase(enquiry, now=now)
    assert enquiry.erase_by
    while claimed := outbox.claim_next(now):
        outbox.send(claimed, now)
    assert "cancel" in mailoutbox[-1].subject.lower()
    assert actions.erase_due(now) == 1


def test_nothing_is_done_for_somebody_who_asked_to_be_forgotten(harley_street, thursday_ten, now, staff):
    """Staff see no step but to delete at once, and each verb refuses."""
    leaving = actions.erase(request(harley_street, thursday_ten, now=now), now=now)
    cancelled = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="1 A Street")
    erased = actions.erase_now(actions.cancel_by_clinic(cancelled, user=staff, now=now), user=staff, now=now)
    assert [step.verb for step in open_steps(leaving, staff, now)] == ["erase"]
    assert [step.verb for step in (*BUTTONS, *BESIDE) if step.is_open(erased, now)] == []
    by, offer = {"user": staff, "now": now}, Slot(thursday_ten, harley_street)
    for enquiry in (leaving, erased):
        for verb in (
            lambda one: actions.offer_times(one, [offer], **by),
            lambda one: actions.confirm(one, offer=offer, **by),
            lambda one: actions.assign(one, staff, **by),
            lambda one: actions.add_note(one, text="A note.", **by),
            lambda one: actions.correct_details(one, name="Sam", **by),
            lambda one: actions.replace_link(one, **by),
            lambda one: actions.want_earlier(one, True, **by),
        ):
            with pytest.raises(actions.DetailsDeleted):
                verb(enquiry)
    assert HoldCell.objects.count() == 0
