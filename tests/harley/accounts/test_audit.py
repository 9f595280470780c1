"""The record that managers read: who opened which request, what was done with it, who changed what. No word of the people."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.jobs import jobs
from bookings.models import Event
from harley.accounts.access_log import PAGES
from harley.models import Look
from tests.bookings import factories

PERSON = {"name": "Wilhelmina Quist", "email": "wilhelmina@example.org", "phone": "+447700900982", "message": "I use a stick"}


@pytest.fixture
def enquiry(content):
    return factories.request(now=timezone.now(), **PERSON)


@pytest.fixture
def reception(db):
    user = get_user_model().objects.create_user("reception", is_staff=True)
    user.groups.add(Group.objects.get(name="Reception"))
    return user


@pytest.fixture
def desk(client, reception):
    client.force_login(reception)
    return client


@pytest.fixture
def manager(db):
    user = get_user_model().objects.create_user("manager", is_staff=True)
    user.groups.add(Group.objects.get(name="Manager"))
    client = Client()
    client.force_login(user)
    return client


def page(enquiry, name="change"):
    return reverse(f"admin:bookings_enquiry_{name}", args=[enquiry.pk])


def looks():
    return list(Look.objects.order_by("pk").values_list("user__username", "enquiry__reference", "page"))


def test_every_look_at_a_request_is_recorded(desk, enquiry):
    before = timezone.now()
    for name in ("change", "decline", "history"):
        assert desk.get(page(enquiry, name)).status_code == 200
    assert looks() == [("reception", enquiry.reference, name) for name in ("change", "decline", "history")]
    assert Look.objects.filter(at__gte=before).count() == 3


def test_what_was_not_shown_is_not_recorded(desk, enquiry, client):
    Client().get(page(enquiry))
    desk.get(reverse("admin:bookings_enquiry_change", args=[enquiry.pk + 1]))
    desk.get(reverse("admin:bookings_enquiry_confirm", args=[enquiry.pk + 1]))
    desk.get(page(enquiry, "rescue"))  # leads back to the page of the request
    desk.get(reverse("admin:bookings_enquiry_changelist"))
    client.get(enquiry.get_absolute_url())
    other = get_user_model().objects.create_user("other", is_staff=True)
    stranger = Client()
    stranger.force_login(other)
    assert stranger.get(page(enquiry)).status_code == 403
    assert looks() == []


def test_every_page_of_a_request_has_a_route_that_is_recorded():
    """Whichever module adds one: its address names a request by `pk` or `object_id`, first thing after the model."""
    within = next(pattern for pattern in admin.site.urls[0] if str(pattern.pattern) == "bookings/enquiry/")
    of_one = [pattern for pattern in within.url_patterns if str(pattern.pattern).startswith("<")]
    assert len(of_one) > 10
    for pattern in of_one:
        assert f"admin/bookings/enquiry/{pattern.pattern}".startswith(PAGES), pattern
        assert {"pk", "object_id"} & set(pattern.pattern.converters), pattern
    of_many = {pattern.name for pattern in within.url_patterns if pattern.pattern.converters} - {pattern.name for pattern in of_one}
    assert of_many == {"bookings_enquiry_bulk", "bookings_enquiry_from_board"}  # neither shows one request's page


def test_what_was_done_is_recorded_with_who_did_it(desk, enquiry):
    desk.post(page(enquiry, "decline"), {"reason": "no_capacity"})
    event = Event.objects.filter(enquiry=enquiry).last()
    assert (event.user.username, event.from_status, event.to_status) == ("reception", "new", "declined")


def test_managers_read_it_all_and_change_nothing(manager, desk, enquiry):
    desk.get(page(enquiry))
    desk.post(page(enquiry, "decline"), {"reason": "no_capacity"})
    for model in (Look, Event, LogEntry):
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        shown = manager.get(url).content.decode()
        assert not any(word in shown for word in PERSON.values())
        if model is not LogEntry:
            assert enquiry.reference in shown
            assert "reception" in shown
            assert enquiry.reference in manager.get(url, {"q": enquiry.reference.lower()}).content.decode()
            assert enquiry.reference not in manager.get(url, {"q": "HT-99999"}).content.decode()
        row = model._default_manager.first()
        if row:
            change = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
            assert manager.get(change).status_code == 200
            assert manager.post(change, {}).status_code == 403


def test_a_change_names_the_fields_and_not_what_stood_there(manager, enquiry):
    place = enquiry._meta.get_field("location").related_model.objects.exclude(is_online=True).first()
    url = reverse("admin:services_location_change", args=[place.pk])
    form = manager.get(url).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None} | {"address": "1 Secret Street"}
    manager.post(url, data)
    place.refresh_from_db()
    assert place.address == "1 Secret Street"
    shown = manager.get(reverse("admin:admin_logentry_changelist")).content.decode()
    assert "Changed Address" in shown
    assert "Secret" not in shown


def test_the_record_holds_nothing_of_the_person(desk, enquiry):
    desk.get(page(enquiry))
    actions.erase(enquiry, now=timezone.now())
    rows = repr([list(model.objects.values_list()) for model in (Look, LogEntry, Event)]).lower()
    assert not any(word.lower() in rows for word in PERSON.values())
    assert looks() == [("reception", enquiry.reference, "change")]


@pytest.mark.parametrize("url", ["harley_look", "bookings_event", "admin_logentry"])
def test_the_lists_ask_the_database_as_often_for_three_rows_as_for_one(manager, desk, enquiry, url, django_assert_max_num_queries):
    counts = []
    for rows in (1, 2):
        for _ in range(rows):
            desk.get(page(enquiry))
            LogEntry.objects.log_actions(desk.session["_auth_user_id"], [enquiry], CHANGE, "", single_object=True)
            Event.objects.create(enquiry=enquiry, at=timezone.now(), actor="staff", to_status="new")
        manager.get(reverse(f"admin:{url}_changelist"))  # which the audit log records once in an hour
        with django_assert_max_num_queries(14) as asked:
            manager.get(reverse(f"admin:{url}_changelist"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_is_no_longer_needed_goes(reception, enquiry):
    now = timezone.now()
    old, young = now - timedelta(days=731), now - timedelta(days=729)
    for at in (old, young):
        Look.objects.create(at=at, user=reception, enquiry=enquiry, page="change")
        entry = LogEntry.objects.log_actions(reception.pk, [reception], CHANGE, change_message="", single_object=True)
        LogEntry.objects.filter(pk=entry.pk).update(action_time=at)
    for n, minutes in enumerate((61, 59)):
        AccessAttempt.objects.create(username=f"a{n}", ip_address="203.0.113.7", user_agent="", failures_since_start=1)
        AccessAttempt.objects.filter(username=f"a{n}").update(attempt_time=now - timedelta(minutes=minutes))
    ours = [one for one in jobs.forgetting(now) if one.counts_as.startswith(("records", "counts of wrong"))]
    assert {one.counts_as: one.do() for one in ours} == {
        "counts of wrong passwords deleted": 1,
        "records of changes deleted": 1,
        "records of looks deleted": 1,
    }
    assert (Look.objects.get().at, LogEntry.objects.get().action_time) == (young, young)
    assert AccessAttempt.objects.get().username == "a1"


def test_nobody_may_write_the_record(db):
    for role in Group.objects.all():
        written = role.permissions.filter(content_type__model__in=["look", "logentry", "event"]).exclude(codename__startswith="view_")
        assert list(written) == []
    assert Permission.objects.filter(codename="view_look").exists()


@pytest.mark.parametrize("shape", ["{}", "({})", "Ref {},", "\u200b{}", "{} Robin"])
@pytest.mark.parametrize("name", ["bookings_event", "harley_look"])
def test_a_record_is_found_by_a_reference_as_it_is_copied(manager, desk, enquiry, name, shape):
    desk.get(page(enquiry))
    url = reverse(f"admin:{name}_changelist")
    assert len(manager.get(url, {"q": shape.format(enquiry.reference)}).context["cl"].result_list) == 1
    assert len(manager.get(url, {"q": shape.format("HT-ZZZZZ")}).context["cl"].result_list) == 0
