"""Wherever staff type a date or a time they type it as the site writes it, and wherever a list shows one it stands so."""

from datetime import date, time

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import models
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone

from bookings.models import RotaException
from services.clinic.uk_time import full_date
from services.fields import DateField, TimeField
from services.models import BankHoliday, Closure, OpeningHours
from tests.bookings.desk import page, words

KINDS = {models.DateField: DateField, models.TimeField: TimeField}


@pytest.fixture
def asked(rf: RequestFactory, admin_user):
    request = rf.get("/")
    request.user = admin_user
    request.resolver_match = resolve(reverse("admin:services_service_add"))  # inlines ask which row they are of
    return request


def with_times(model):
    return [field for field in model._meta.concrete_fields if type(field) in {*KINDS, models.DateTimeField}]


ALL = admin.site._registry.values()
FORMS = [
    one for one in ALL if one.model.__name__ not in {"Enquiry", "Notice", "Look", "AuditEntry", "Event", "LogEntry"}
]  # they have no form of Django's
ADMINS = [one for one in ALL if with_times(one.model)]


def test_there_are_such_pages():
    assert {"Closure", "OpeningHours", "LogEntry", "Page", "User"} <= {one.model.__name__ for one in ADMINS}


@pytest.mark.parametrize("one", FORMS, ids=lambda one: one.model.__name__)
def test_each_field_of_a_form_reads_what_people_type(one, asked):
    forms = [
        (one.model, one.get_form(asked)),
        *((inline.model, inline.get_formset(asked).form) for inline in one.get_inline_instances(asked)),
    ]
    if one.list_editable:
        forms.append((one.model, one.get_changelist_form(asked)))
    for model, form in forms:
        for field in with_times(model):
            if field.name in form.base_fields:
                assert type(form.base_fields[field.name]) is KINDS[type(field)], f"{model.__name__}.{field.name}"


@pytest.mark.parametrize("one", ADMINS, ids=lambda one: one.model.__name__)
def test_no_list_shows_one_as_django_would(one, asked):
    plain = set(one.get_list_display(asked)) - set(one.list_editable)
    assert not plain & {field.name for field in with_times(one.model)}


@pytest.mark.parametrize(
    ("opens", "closes", "day"),
    [
        ("9am", "5:30 pm", "25 December 2026"),
        ("9:30", "17.30", "25.12.2026"),
        ("0930", "midday", "Fri 25 Dec 2026"),
        ("9:00", "9pm", "25/12/26"),
    ],
)
def test_other_hours_of_a_day_are_typed_as_people_write_them(admin_client, harley_street, opens, closes, day):
    form = {"location": harley_street.pk, "day": day, "opens": opens, "closes": closes, "at_once": "1", "every": "60"}
    assert admin_client.post(reverse("admin:bookings_rotaexception_add"), form).status_code == 302
    assert RotaException.objects.get().day == date(2026, 12, 25)
    assert RotaException.objects.get().opens in {time(9), time(9, 30)}


def test_a_form_shows_what_is_stored_as_the_site_writes_it(admin_client, harley_street):
    row = RotaException.objects.create(location=harley_street, day=date(2026, 12, 25), opens=time(9), closes=time(12), at_once=1)
    shown = page(admin_client.get(reverse("admin:bookings_rotaexception_change", args=[row.pk])))
    assert [shown.select_one(f"#id_{name}")["value"] for name in ("day", "opens", "closes")] == ["25 December 2026", "9am", "midday"]


def test_what_cannot_be_read_is_said_and_stays_as_it_was_typed(admin_client, harley_street):
    form = {"location": harley_street.pk, "day": "Thu 25 Dec 2026", "opens": "7", "closes": "12", "at_once": "1", "every": "60"}
    shown = page(admin_client.post(reverse("admin:bookings_rotaexception_add"), form))
    said = [words(error) for error in shown.select(".errorlist li")]
    assert "25 December 2026 is a Friday. Check the date" in said
    assert said.count("Enter a time like 9am, 5:30pm or 17:30") == 2
    assert [shown.select_one(f"#id_{name}")["value"] for name in ("day", "opens", "closes")] == ["Thu 25 Dec 2026", "7", "12"]


def test_lists_print_dates_and_times_as_the_site_does(admin_client, admin_user, harley_street):
    Closure.objects.create(reason="Works", first_day=date(2126, 12, 24), last_day=date(2126, 12, 25))
    BankHoliday.objects.create(name="Christmas Day", day=date(2126, 12, 25), treatment="other", opens=time(9), closes=time(12, 30))
    LogEntry.objects.log_actions(admin_user.pk, [admin_user], CHANGE, change_message="x", single_object=True)

    def cells(name):
        return [
            words(cell)
            for cell in page(admin_client.get(reverse(f"admin:{name}_changelist"))).select("#result_list tbody tr:first-child > *")
        ]

    assert {"24 December 2126", "25 December 2126"} <= set(cells("services_closure"))
    assert {"25 December 2126", "9am", "12:30pm"} <= set(cells("services_bankholiday"))
    assert any(cell.startswith(f"{full_date(timezone.localdate())}, ") for cell in cells("admin_logentry"))
    assert any(cell.startswith(f"{full_date(timezone.localdate())}, ") for cell in cells("auth_user"))


def test_opening_hours_are_typed_in_the_list(admin_client, clinic):
    rows = list(OpeningHours.objects.all())
    shown = page(admin_client.get(reverse("admin:services_openinghours_changelist")))
    form = {
        field["name"]: field.get("value", "") for field in shown.select("#changelist-form input[name]") if field.get("type") != "checkbox"
    }
    assert form["form-0-opens"] == "7am"
    form |= {"form-0-opens": "7.15am", "form-0-closes": "9:45pm", "_save": "Save"}
    assert admin_client.post(reverse("admin:services_openinghours_changelist"), form).status_code == 302
    changed = [row for row in OpeningHours.objects.all() if row not in rows or (row.opens, row.closes) != (rows[0].opens, rows[0].closes)]
    assert (time(7, 15), time(21, 45)) in {(row.opens, row.closes) for row in changed}


@pytest.mark.parametrize("day", ["2026-12-25", "25 December 2026", "25/12/2026", "Fri 25 Dec 2026"])
def test_a_day_in_an_address_is_read_where_a_browser_has_no_picker(admin_client, clinic, day):
    assert "25 December" in words(page(admin_client.get(reverse("admin:bookings_diary"), {"day": day})).h1)
    export = admin_client.get(reverse("admin:bookings_export"), {"first": day, "last": day})
    assert "25 December 2026" in words(page(export))
