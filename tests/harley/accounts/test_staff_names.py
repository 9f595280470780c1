"""Colleagues are called by their names wherever staff read of them; by a user name only who has given no name, or where it tells apart."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from services.clinic.staff_names import account_name, name_of
from services.models import Person
from tests.bookings.desk import PHONE, at, page, words
from tests.bookings.factories import request


@pytest.fixture
def nair(db):
    return get_user_model().objects.create_superuser("pnair", first_name="Priya", last_name="Nair")


@pytest.fixture
def desk(nair):
    client = Client()
    client.force_login(nair)
    return client


@pytest.fixture
def enquiry(content, nair):
    """A request of which Priya Nair has done all there is to do."""
    now = timezone.now()
    one = request(now=now, **PHONE)
    by = {"user": nair, "now": now}
    actions.assign(one, nair, **by)
    actions.add_note(one, text="Rang", **by)
    actions.waitlist(one, **by)
    LogEntry.objects.log_actions(nair.pk, [nair], CHANGE, "Exported", single_object=True)
    person = Person.objects.create(name="Dr Example", slug="dr-example", user=nair)
    LogEntry.objects.log_actions(nair.pk, [person], CHANGE, "Changed", single_object=True)
    return one


def test_a_name_is_whole_or_what_there_is_of_it():
    user = get_user_model()
    assert name_of(user(username="pnair", first_name="Priya", last_name="Nair")) == "Priya Nair"
    assert name_of(user(username="pnair", last_name="Nair")) == "Nair"
    assert name_of(user(username="pnair", first_name=" ")) == "pnair"
    assert account_name(user(username="pnair", first_name="Priya")) == "Priya (pnair)"
    assert account_name(user(username="pnair")) == "pnair"


def test_no_page_calls_a_colleague_by_a_user_name_alone(desk, enquiry, nair):
    person = Person.objects.get(user=nair)
    pages = [
        reverse("admin:index"),
        at("change", enquiry.pk),
        at("assign", enquiry.pk),
        at("changelist") + "?state=all",
        reverse("admin:bookings_event_changelist"),
        reverse("admin:harley_look_changelist"),
        reverse("admin:admin_logentry_changelist"),
        reverse("admin:services_person_changelist"),
        reverse("admin:services_person_change", args=[person.pk]),
        reverse("admin:services_person_history", args=[person.pk]),
        reverse("admin:bookings_person", args=[enquiry.pk]),
    ]
    for url in pages:
        shown = page(desk.get(url))
        text = words(shown)
        assert "Priya Nair" in text, url
        assert "pnair" not in text.replace("Priya Nair (pnair)", ""), url
        assert [link["title"] for link in shown.select("[title*=pnair]")] == []


def test_the_export_and_the_suggestions_do_not_either(desk, enquiry):
    today = timezone.localdate().isoformat()
    listed = b"".join(desk.post(reverse("admin:bookings_export"), {"first": today, "last": today})).decode()
    assert "Priya Nair" in listed
    assert "pnair" not in listed
    asked = {"app_label": "services", "model_name": "person", "field_name": "user", "term": "pnair"}
    assert [found["text"] for found in desk.get(reverse("admin:autocomplete"), asked).json()["results"]] == ["Priya Nair (pnair)"]
    client = Client()
    client.force_login(get_user_model().objects.create_user("visitor", first_name="Vic"))
    assert "You are authenticated as Vic," in words(page(client.get(reverse("admin:login"))))


def test_what_the_history_said_by_user_name_it_says_by_name(enquiry, nair):
    enquiry.events.filter(note="Assigned to Priya Nair").update(note="Assigned to pnair")
    import_module("bookings.migrations.0021_assigned_to_people_by_name").name_colleagues(apps, None)
    assert enquiry.events.filter(note="Assigned to Priya Nair").count() == 1
