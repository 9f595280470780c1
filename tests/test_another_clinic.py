"""What names the clinic is data: with other content files and settings nothing anywhere names this one, its places or its numbers."""

import io
import re
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.models import Enquiry, Notice
from bookings.notifications import message_for, samples
from bookings.notifications.colours import SITE
from bookings.queries.slots import next_slots
from services.clinic.clinic import Clinic
from services.models import ClinicDetails, Location, PhoneNumber
from services.pages import written_pages
from tests.bookings.walker import Walker
from tests.servers import ROOT

NOW = datetime(2026, 6, 1, 11, tzinfo=UTC)
OTHERS = {
    "harleytherapy": "northgatepractice",
    "Harley Therapy": "Northgate Practice",
    "Harley Street": "Mill Lane",
    "harley-street": "mill-lane",
    "City of London": "Old Town",
    "city-of-london": "old-town",
    "Canary Wharf": "The Quay",
    "canary-wharf": "the-quay",
    "London": "Leeds",
    "0345 474 1724": "0113 496 0123",
    "020 8003 4173": "0113 496 0456",
}
OURS = re.compile(r"harley|canary|london(?!-)|\bHT\b|0345 474|03454741724|8003 4173", re.IGNORECASE)
# The clock; and the name of the project, in the addresses of its own rows in the admin.
MEANT = re.compile(r"Europe/London|app-harley|/harley/|\bharley[-_][a-z]+")

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def northgate(settings, tmp_path):
    """The site of another clinic, as after its first install."""
    for path in settings.CONTENT_DIR.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        for old, new in OTHERS.items():
            text = text.replace(old, new)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    settings.CONTENT_DIR, settings.REFERENCE_PREFIXES = tmp_path, ["NP"]
    settings.STAFF_EMAIL = settings.MANAGER_EMAIL = "desk@northgate.example"
    settings.DEFAULT_FROM_EMAIL = "Bookings <bookings@northgate.example>"
    for command in ("load_content", "load_rota"):
        call_command(command, stdout=io.StringIO())


@pytest.fixture
def desk(admin_user, client):
    admin_user.username, admin_user.email = "root", ""
    admin_user.save()
    client.force_login(admin_user)
    return client


def named(text: str) -> list[str]:
    """What of this clinic stands in a text, with a few letters around it."""
    text = MEANT.sub("", text)
    return [text[max(0, found.start() - 30) : found.end() + 30] for found in OURS.finditer(text)]


def named_in(answer) -> list[str]:
    assert answer.status_code in {200, 302, 303, 400, 403, 404, 405}, answer.request["PATH_INFO"]
    return named(answer.content.decode())


def test_a_trace_of_ours_would_be_found():
    assert [len(named(text)) for text in ("Harley Therapy", "HT-7K3P2", "tel:+443454741724 or 0345 474 1724", "in London", "Leeds")] == [
        1,
        1,
        1,
        1,
        0,
    ]


def test_no_public_page_names_us(northgate, client):
    paths = re.findall(r"<loc>https?://[^/]+([^<]+)</loc>", client.get("/sitemap.xml").content.decode())
    assert len(paths) > 15
    paths += ["/robots.txt", "/.well-known/security.txt", "/sitemap.xml", "/no-such-page/", "/book/", "/book/where/", "/admin/login/"]
    assert {path: found for path in paths if (found := named_in(client.get(path)))} == {}
    assert "Northgate Practice" in client.get("/").content.decode()


def test_no_page_of_a_booking_names_us(northgate):
    walker = Walker()
    walker.to_check("mill-lane", phone="07700 900982", message_safety="named")
    pages = [walker.get(step) for step in ("where/", "when/", "you/", "check/", "clear/")]
    assert "You may leave a message saying Northgate Practice" in walker.get("you/").content.decode()
    assert "You may leave a message saying Northgate Practice" in walker.get("check/").content.decode()
    own = walker.send()["Location"]
    assert Enquiry.objects.get().reference.startswith("NP-")
    pages += [walker.client.get(f"{own}{verb}") for verb in ("", "change/", "cancel/", "delete/", "forget/", "calendar/")]
    assert [found for page in pages if (found := named_in(page))] == []


def test_no_email_and_no_calendar_file_names_us(northgate, admin_user):
    clinic = Clinic(timezone.now())
    place, slot = next(found for found in next_slots(clinic) if found[1])
    enquiry = actions.request_consultation(
        actions.BookingData(name="Sam", contact_by="email", email="sam@example.org", offer=slot, location_id=place.pk),
        submission="7d9b5cf4-4a1e-4a87-8b2e-000000000001", fingerprint="x", now=clinic.now,
    )  # fmt: skip
    actions.confirm(enquiry, user=admin_user, now=clinic.now, address="1 Mill Lane, Leeds")
    sent = [message_for(notice, clinic.now).message().as_string() for notice in Notice.objects.all()]
    assert len(sent) == 3
    assert any("text/calendar" in text for text in sent)
    assert [found for text in sent if (found := named(text))] == []
    for kind in Notice.Kind:
        words = samples.sample(kind, clinic.now, clinic)
        assert named(f"{words.subject} {words.text} {words.html}") == [], kind


def test_no_page_for_when_something_went_wrong_names_us(northgate):
    for name in ("500", "503", "unavailable", "too_many"):
        for context in ({"clinic": Clinic(NOW)}, {}):
            page = render_to_string(f"errors/{name}.html", context)
            assert named(page) == [], name
        assert "0113 496 0123" in render_to_string(f"errors/{name}.html", {"clinic": Clinic(NOW)})


def test_no_page_of_the_admin_names_us(northgate, desk):
    paths = [
        "/admin/",
        "/admin/to-do/",
        reverse("admin:bookings_diary"),
        reverse("admin:bookings_figures"),
        reverse("admin:bookings_export"),
    ]
    paths += [reverse("admin:second_factor"), reverse("admin:second_factor_set_up"), reverse("admin:bookings_enquiry_waiting")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        paths += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        row = model._default_manager.first()
        paths += [reverse(f"{name}_change", args=[row.pk])] if row else []
    assert {path: found for path in paths if (found := named_in(desk.get(path, follow=True)))} == {}


def test_before_anything_is_loaded_nobody_is_named(db, client):
    assert named_in(client.get("/")) == []
    assert named(written_pages.WrittenPage("errors/500.html", ROOT / "none").read().decode()) == []


def test_a_change_in_the_admin_reaches_what_is_drawn_before(northgate, tmp_path):
    page = written_pages.WrittenPage("errors/500.html", tmp_path / "500.html")
    page.keep(Clinic(NOW))
    details, phone = ClinicDetails.objects.get(), PhoneNumber.objects.get(role="layout")
    details.name, phone.number = "Southgate Practice", "0113 496 0999"
    details.save()
    phone.save()
    page.keep(Clinic(NOW))
    text = page.path.read_text()
    assert "Southgate Practice" in text
    assert "0113 496 0999" in text
    assert "Northgate" not in text


def test_a_reference_given_under_a_former_prefix_is_found(northgate, desk, settings):
    settings.REFERENCE_PREFIXES = ["NP", "OLD"]
    walker = Walker()
    walker.to_check("mill-lane").send()
    Enquiry.objects.update(reference="OLD-JJF3C")
    for typed in ("OLD-JJF3C", "jjf3c", "Ref OLD–JJF3C"):
        page = desk.get(reverse("admin:bookings_enquiry_changelist"), {"q": typed, "state": "all"}).content.decode()
        assert "OLD-JJF3C" in page, typed


def test_the_colours_of_emails_stand_in_one_place_and_are_the_sites(northgate):
    sheet = (ROOT / "static" / "css" / "site.css").read_text(encoding="utf-8")
    tokens = dict(re.findall(r"^    --([a-z-]+): (#[0-9a-f]{3,6});", sheet, re.MULTILINE)[::-1])  # the first of a name is by day
    assert {name: tokens[name] for name in SITE} == SITE
    for path in (ROOT / "templates" / "emails").rglob("*"):
        if path.is_file():
            assert not re.search(r"(?<![&\w])#[0-9a-fA-F]{3,6}\b(?=[;\s\"!])", path.read_text(encoding="utf-8")), path.name


def test_the_places_are_those_of_its_files(northgate):
    assert set(Location.objects.values_list("name", flat=True)) == {"Old Town", "The Quay", "Mill Lane", "Online"}
