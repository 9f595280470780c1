"""A form that is opened and saved as it stands changes nothing: no row, no mark of staff's hand, no entry in the log, no page's edition."""

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.redirects.models import Redirect
from django.urls import reverse

from bookings.models import Closing, RotaException
from services.content.loader import load_content
from services.models import BankHoliday, Closure, Edition, Image, Location, Person, Service
from tests.installed import Table
from tests.sent_forms import sent_of, typed

LINES = "First line.\nSecond line.\n\n* a list\n* of two"
KEPT = {"admin.LogEntry", "sessions.Session", "auth.User"}  # what opening a page or signing in may write
EDITED = [
    model
    for model, each in admin.site._registry.items()
    if model._meta.label
    not in {"admin.LogEntry", "harley.Look", "harley.AuditEntry", "bookings.Event", "bookings.Notice", "bookings.Enquiry"}
]


@pytest.fixture
def everything(rota, db):
    """Rows of every kind that staff edit, with texts on several lines."""
    image = Image.objects.create(name="Room", slug="room", alt="A room", digest="0" * 32, width=480, height=320)
    place = Location.objects.first()
    Location.objects.filter(pk=place.pk).update(address=LINES, getting_there=LINES, getting_in=LINES, picture=image)
    Person.objects.create(name="Ada King", slug="ada", text=LINES, photo=image, profile_url="https://example.org/ada?x=1").places.add(place)
    Closing.objects.create(kind="confirmed", text=LINES)
    Closure.objects.create(reason="Refurbishment", first_day="2031-01-02", last_day="2031-01-03")
    BankHoliday.objects.get_or_create(day="2031-01-01", defaults={"name": "New Year"})
    RotaException.objects.create(location=place, day="2031-01-06", opens="09:00", closes="12:30")
    Redirect.objects.create(site_id=1, old_path="/old/", new_path="/therapies/")
    User.objects.create_user("robin", first_name="Robin", last_name="Hart", email="robin@xn--mller-kva.example", is_staff=True).groups.add(
        Group.objects.first()
    )


def our_forms(kind: type) -> set[type]:
    """Every form class of the site."""
    return {
        each
        for one in kind.__subclasses__()
        for each in {one, *our_forms(one)}
        if each.__module__.split(".")[0] in {"harley", "services", "bookings"}
    }


def stored() -> dict[str, set[str]]:
    return {table.model._meta.label: set(map(repr, table.rows)) for table in Table.all() if table.model._meta.label not in KEPT}


def forms_of(model) -> list[str]:
    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk]) for row in model._default_manager.all()
    ]


@pytest.mark.parametrize("model", EDITED, ids=lambda model: model._meta.label)
def test_a_row_saved_as_it_stands_changes_nothing(everything, admin_client, model):
    users, mark = list(User.objects.order_by("pk").values_list("username", "first_name", "email", "password")), Edition.current()
    before, paths = stored(), forms_of(model)
    assert paths
    for path in paths:
        form = f"#{model._meta.model_name}_form"
        answer = admin_client.post(path, sent_of(admin_client.get(path), form, "_continue"), follow=True)
        assert answer.status_code == 200, path
        assert answer.redirect_chain, [*answer.context["errors"]]
        said = [str(message) for message in answer.context["messages"]]
        assert said[:1] == ["Nothing was different from what is stored, so there was nothing to save."]
    assert {name: rows ^ before[name] for name, rows in stored().items() if rows != before[name]} == {}
    assert list(User.objects.order_by("pk").values_list("username", "first_name", "email", "password")) == users
    assert (LogEntry.objects.count(), Edition.current()) == (0, mark)


@pytest.mark.parametrize(
    "model", [model for model in EDITED if admin.site._registry[model].list_editable], ids=lambda model: model._meta.label
)
def test_a_list_saved_as_it_stands_changes_nothing(everything, admin_client, model):
    path, mark, before = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), Edition.current(), stored()
    admin_client.post(path, sent_of(admin_client.get(path), "#changelist-form", "_save"))
    assert {name: rows ^ before[name] for name, rows in stored().items() if rows != before[name]} == {}
    assert (LogEntry.objects.count(), Edition.current()) == (0, mark)


def test_the_mark_of_staffs_hand_comes_with_the_first_change_and_not_before(content, admin_client):
    for path in [path for model in EDITED for path in forms_of(model) if model._meta.app_label == "services"]:
        admin_client.post(path, sent_of(admin_client.get(path), "#content-main form", "_save"))
    assert not [note for report in load_content() for note in report.notes]
    path = reverse("admin:services_clinicdetails_change", args=[1])
    admin_client.post(path, typed(sent_of(admin_client.get(path), "#content-main form", "_save"), town="Leeds"))
    notes = [note for report in load_content() for note in report.notes]
    assert len(notes) == 1
    assert "edited by staff" in notes[0]


def test_new_lines_are_stored_as_one_character_wherever_they_are_typed(content, admin_client):
    path = reverse("admin:services_location_change", args=[Location.objects.first().pk])
    sent = sent_of(admin_client.get(path), "#location_form", "_save")
    admin_client.post(
        path, typed(sent, address="1 Any Street\r\nLondon", getting_there="By bus.\rOr on foot.", introduction="One.\r\n\r\nTwo.")
    )
    place = Location.objects.first()
    assert (place.address, place.getting_there, place.introduction) == ("1 Any Street\nLondon", "By bus.\nOr on foot.", "One.\n\nTwo.")
    assert LogEntry.objects.get().get_change_message() == "Changed Introduction, Address and How to get there."


def test_a_part_that_changed_makes_its_page_newer_and_nothing_else_is_written_of_it(content, admin_client):
    path = forms_of(Service)[0]
    before = Service.objects.get()
    sent = sent_of(admin_client.get(path), "#service_form", "_save")
    admin_client.post(path, typed(sent, **{"facts-0-value": "Another value"}))
    after = Service.objects.get()
    assert after.updated_at > before.updated_at
    assert LogEntry.objects.get().get_change_message() == f"Changed Value for fact “{after.facts.first()}”."


@pytest.mark.parametrize("form", sorted(our_forms(forms.Form), key=str), ids=str)
def test_every_text_area_ends_its_lines_in_one_character(form):
    areas = {name: each for name, each in form.base_fields.items() if isinstance(each.widget, forms.Textarea)}
    assert [name for name, each in areas.items() if each.to_python("a\r\nb\rc") != "a\nb\nc"] == []
