"""What leaves the house as a file: for those who may, written down each time, and safe to open."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from bookings import actions
from bookings.models import Enquiry, Notice
from bookings.staff.reports.csv_file import safe
from services.models import Person
from tests.bookings.factories import request

JUNE = {"first": "2026-06-01", "last": "2026-06-30"}
NASTY = "=cmd|' /C calc'!A0"


@pytest.fixture
def manager(client, clinic):
    user = get_user_model().objects.create_user("manager", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["export_enquiry", "view_enquiry"]))
    client.force_login(user)
    return client


def read(response):
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


@pytest.mark.parametrize(
    "text",
    [
        NASTY,
        "+44 7700+1",
        "+44(1)",
        "-1-1",
        "-A1",
        "+",
        "-",
        "+ 1",
        "+1\n=2",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "  =1",
        "\u00a0=1",
        "＝1",
        "＋1",
        "－1",
        "＠1",
    ],
)
def test_what_a_spreadsheet_might_run_gets_an_apostrophe(text):
    assert safe(text) == "'" + text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Sam", "Sam"),
        ("a=b", "a=b"),
        ("", ""),
        (None, ""),
        (12, "12"),
        ("+44 7700 900982", "+44 7700 900982"),
        (-1.5, "-1.5"),
        ("£5 - £9", "£5 - £9"),
    ],
)
def test_everything_else_stays_as_it_is(value, said):
    assert safe(value) == said


def test_the_file_has_a_line_a_request_in_the_period(manager, harley_street, thursday_ten, now):
    asked = request(harley_street, thursday_ten, now=now, name="Zoë “Z” O’Neil", message=f"{NASTY}\nsecond line, with commas")
    request(now=now - timedelta(days=1), email="may@example.org")
    response = manager.post(reverse("admin:bookings_export"), JUNE)
    assert response["Content-Disposition"] == 'attachment; filename="requests-2026-06-01-2026-06-30.csv"'
    lines = read(response)
    assert len(lines) == 1
    assert lines[0] == {
        "reference": asked.reference,
        "state": "To answer",
        "source": "Website",
        "sent": "2026-06-01 12:00",
        "place": "Harley Street",
        "time": "2026-06-04 10:00",
        "name": "Zoë “Z” O’Neil",
        "email": "sam@example.org",
        "phone": "",
        "contact by": "Email",
        "if nobody answers": "Please don’t leave a message",
        "best time to call": "",
        "message": f"'{NASTY}\nsecond line, with commas",
        "assigned to": "",
        "first answer": "",
        "outcome": "",
    }


@pytest.mark.parametrize(("phone", "shown"), [("+447700900982", "07700 900982"), ("+35312345678", "+353 1 234 5678")])
def test_a_phone_number_stands_there_as_it_is_dialled(manager, clinic, now, phone, shown):
    """No apostrophe, and a space in it: a spreadsheet keeps its first 0."""
    request(now=now, phone=phone)
    assert [line["phone"] for line in read(manager.post(reverse("admin:bookings_export"), JUNE))] == [shown]


def test_the_last_day_is_in_it_until_midnight_in_london(manager, clinic):
    for hour, minute in ((22, 59), (23, 0)):
        request(now=datetime(2026, 6, 30, hour, minute, tzinfo=UTC), email=f"{hour}@example.org")
    assert [(line["email"], line["sent"]) for line in read(manager.post(reverse("admin:bookings_export"), JUNE))] == [
        ("22@example.org", "2026-06-30 23:59")
    ]


def test_it_is_sent_while_it_is_read(manager, harley_street, now):
    for n in range(3):
        request(now=now, email=f"{n}@example.org")
    response = manager.post(reverse("admin:bookings_export"), JUNE)
    assert response.streaming
    assert len(read(response)) == 3


def test_deleted_details_are_in_no_file(manager, harley_street, now):
    actions.erase(request(now=now), now=now)
    assert read(manager.post(reverse("admin:bookings_export"), JUNE)) == []


def test_the_page_before_says_how_many_and_gives_nothing_yet(manager, harley_street, now):
    request(now=now)
    response = manager.get(reverse("admin:bookings_export"), JUNE)
    assert "The file holds 1 request sent from 1 to 30 June 2026" in response.content.decode()
    assert "sam@example.org" not in response.content.decode()
    assert not LogEntry.objects.exists()


def test_each_export_is_written_down_without_what_is_in_it(manager, harley_street, now):
    asked = request(now=now)
    manager.post(reverse("admin:bookings_export"), JUNE)
    manager.get(reverse("admin:bookings_person", args=[asked.pk]))
    manager.post(reverse("admin:bookings_person_file", args=[asked.pk]))
    assert [(entry.user.username, entry.change_message) for entry in LogEntry.objects.order_by("pk")] == [
        ("manager", "Exported the requests of 1 to 30 June 2026"),
        ("manager", f"Read all data of the person of {asked.reference}"),
        ("manager", f"Exported all data of the person of {asked.reference}"),
    ]


@pytest.fixture
def person(harley_street, thursday_ten, now, staff):
    """Two requests of one person, the second found by the phone number."""
    first = request(harley_street, thursday_ten, now=now, phone="+447700900982", phone_typed="07700 900982", message="Step-free, please")
    actions.confirm(first, user=staff, now=now, address="1 A Street", paragraph="See you soon")
    actions.add_note(first, text="Prefers mornings", user=staff, now=now)
    actions.add_note(first, call="no_message", user=staff, now=now)
    request(now=now + timedelta(days=3), email="", contact_by="call", phone="+447700900982", name="Samuel")
    request(now=now, email="other@example.org", name="Nobody Else")
    return first


def others_of(person):
    return list(Enquiry.objects.exclude(pk=person.pk).order_by("pk"))


def test_the_file_of_a_person_begins_with_this_request_and_holds_no_other_that_nobody_ticked(manager, person):
    response = manager.post(reverse("admin:bookings_person_file", args=[person.pk]))
    assert response["Content-Disposition"] == f'attachment; filename="{person.reference}.json"'
    assert [each["reference"] for each in json.loads(response.content)["requests"]] == [person.reference]


def test_the_file_of_a_person_holds_what_was_ticked_and_nothing_of_anybody_else(manager, person):
    """Also if somebody asks for a request that shares neither address nor number."""
    form = {"also": [other.pk for other in others_of(person)] + ["x", "", "99999999999999999999"]}
    response = manager.post(reverse("admin:bookings_person_file", args=[person.pk]), form)
    found = json.loads(response.content)["requests"]
    assert [(each["details"]["name"], each["details"]["phone"]) for each in found] == [
        ("Sam", "+447700900982"),
        ("Samuel", "+447700900982"),
    ]
    first, details = found[0], found[0]["details"]
    assert (details["message"], details["place"], details["starts_at"]) == (
        "Step-free, please",
        "Harley Street",
        "2026-06-04T09:00:00+00:00",
    )
    assert [event["to"] for event in first["history"]] == ["new", "confirmed"]
    assert [(message["kind"], message["added_words"]) for message in first["messages"]] == [("received", ""), ("confirmed", "See you soon")]
    assert [(note["call"], note["text"]) for note in first["notes"]] == [("", "Prefers mornings"), ("no_message", "")]
    assert [hold["kind"] for hold in first["held_times"]] == ["confirmed"]
    assert "Nobody Else" not in response.content.decode()


def test_who_sees_them_and_what_they_said_when_cancelling_are_in_it_and_messages_to_staff_are_not(manager, person, staff, now, settings):
    settings.STAFF_EMAIL = "reception@clinic.test"
    ada = Person.objects.create(name="Ada King", slug="ada", is_practitioner=True)
    actions.assign_person(person, ada, user=staff, now=now)

    def first():
        return json.loads(manager.post(reverse("admin:bookings_person_file", args=[person.pk])).content)["requests"][0]

    assert first()["held_times"][0]["with"] == "Ada King"
    actions.cancel(person, now=now, reason="I feel better")
    assert first()["details"]["cancel_reason"] == "I feel better"
    assert Notice.objects.filter(event__enquiry=person, kind="staff_replied").exists()
    assert [message["kind"] for message in first()["messages"]] == ["received", "confirmed", "cancelled"]


def test_nothing_that_opens_their_link_is_in_it(manager, person):
    text = manager.post(reverse("admin:bookings_person_file", args=[person.pk])).content.decode()
    assert person.key_tail not in text
    assert person.key_head not in text


def test_the_page_lists_the_others_to_tick_one_by_one_and_warns_of_another_name(manager, person, now):
    """Whoever typed the same address is not therefore the same person."""
    same = request(now=now + timedelta(days=4), name="SAM", email=person.email)
    url = reverse("admin:bookings_person", args=[person.pk])
    page = BeautifulSoup(manager.get(url).content, "html.parser")
    boxes = {box["value"]: " ".join(box.find_parent("p").get_text().split()) for box in page.select("[name=also]")}
    samuel = others_of(person)[0]
    assert not page.select("[name=also][checked]")
    assert list(boxes) == [str(samuel.pk), str(same.pk)]
    assert f"Another name: {person.reference} is Sam’s." in boxes[str(samuel.pk)]
    assert "Another name" not in boxes[str(same.pk)]
    assert len(page.select("section.module h2")) == 1
    shown = BeautifulSoup(manager.get(url, {"also": same.pk}).content, "html.parser")
    assert [heading.get_text() for heading in shown.select("section.module h2")] == [person.reference, same.reference]
    assert [field["value"] for field in shown.select("form[method=post] [name=also]")] == [str(same.pk)]
    assert LogEntry.objects.order_by("pk").last().change_message == f"Read all data of the person of {person.reference}, {same.reference}"


def test_the_page_of_a_person_reads_the_same(manager, person):
    ticked = {"also": [other.pk for other in others_of(person)]}
    page = BeautifulSoup(manager.get(reverse("admin:bookings_person", args=[person.pk]), ticked).content, "html.parser").get_text()
    for words in ("Step-free, please", "Prefers mornings", "See you soon", "07700 900982", "Samuel"):
        assert words in page
    assert "Nobody Else" not in page


def test_it_takes_as_many_queries_for_five_requests_as_for_one(manager, person, now, django_assert_num_queries):
    url = reverse("admin:bookings_person_file", args=[person.pk])
    with django_assert_num_queries(15):
        manager.post(url, {"also": [others_of(person)[0].pk]})
    for n in range(3):
        request(now=now + timedelta(days=n))
    with django_assert_num_queries(15):
        manager.post(url, {"also": [other.pk for other in others_of(person)]})


def test_of_deleted_details_there_is_nothing_to_give_out(manager, now, clinic):
    erased = actions.erase(request(now=now), now=now)
    response = manager.get(reverse("admin:bookings_person", args=[erased.pk]), follow=True)
    assert "there is nothing about them to give out" in response.content.decode()
    assert json.loads(manager.post(reverse("admin:bookings_person_file", args=[erased.pk])).content) == {"requests": []}


def test_who_may_not_export_is_refused_everything(client, person):
    user = get_user_model().objects.create_user("desk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_enquiry", "change_enquiry", "see_figures"]))
    client.force_login(user)
    for name, args in [("bookings_export", []), ("bookings_person", [person.pk]), ("bookings_person_file", [person.pk])]:
        url = reverse(f"admin:{name}", args=args)
        assert (client.get(url).status_code, client.post(url).status_code) in {(403, 403), (405, 403)}
    assert not LogEntry.objects.exists()


def test_the_file_of_a_person_takes_a_post(manager, person):
    assert manager.get(reverse("admin:bookings_person_file", args=[person.pk])).status_code == 405
