"""The emails in admin: every kind as it looks, and the clinic's own words at the end of each."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from bookings import notifications
from bookings.models import Closing, Enquiry, Event, Hold, Notice
from services.clinic.clinic import Clinic
from services.models import Location, Person
from tests import markup
from tests.bookings.factories import request

LIST = reverse("admin:bookings_closing_changelist")
QUERIES = 6
POLICY = {"default-src 'none'", "style-src 'unsafe-inline'", "img-src 'self' data:", "sandbox"}
FORM = {"kind": "confirmed", "text": "We look forward to you.\n\nThe <b>team</b>", "_save": "Save"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, staff):
    client.force_login(staff)
    return client


def words(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").find(id="content").get_text(" ").split())


def test_the_list_has_every_kind_and_says_which_have_closing_words(admin, clinic, django_assert_num_queries):
    Closing.objects.create(kind="confirmed", text="We look forward to you.")
    shown = words(admin.get(LIST))
    assert [kind.label for kind in Notice.Kind if kind.label not in shown] == []
    assert "Your appointment is confirmed We look forward to you. Change the closing words of “Your appointment is confirmed”" in shown
    assert "Please choose a time None. Write some for “Please choose a time”" in shown


def test_the_list_asks_the_database_as_often_for_all_as_for_none(admin, clinic, django_assert_num_queries):
    admin.get(LIST)
    with django_assert_num_queries(QUERIES):
        admin.get(LIST)
    Closing.objects.bulk_create(Closing(kind=kind, text="x") for kind, _ in Closing.KINDS)
    with django_assert_num_queries(QUERIES):
        admin.get(LIST)


@pytest.mark.parametrize("kind", Notice.Kind)
def test_each_kind_is_shown_as_subject_text_and_page(kind, admin, content):
    """Under our strict policy, which no inline style may pass; the email itself stands under one of its own, where nothing can run."""
    page = admin.get(reverse("admin:bookings_email", args=[kind]))
    assert "style=" not in BeautifulSoup(page.content, "html.parser").find(id="content").decode()
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]
    shown = words(page)
    assert "nobody asked for this, and its links lead nowhere" in shown
    assert ("Told by phone" in shown) == Notice.is_to_client(kind)

    letter = admin.get(reverse("admin:bookings_email_letter", args=[kind]))
    assert set(letter.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert letter.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in letter.headers["Cache-Control"]
    assert markup.faults(letter.content) == []
    assert BeautifulSoup(letter.content, "html.parser").title.get_text() in shown
    assert "Sample. This is how the email will look." in letter.content.decode().replace("<strong>", "").replace("</strong>", "")


def test_looking_at_samples_writes_nothing(admin, content):
    tables = [Enquiry, Event, Hold, Notice, Closing, Location, Person]
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    for kind in Notice.Kind:
        admin.get(reverse("admin:bookings_email", args=[kind]))
        admin.get(reverse("admin:bookings_email_letter", args=[kind]))
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_no_such_kind(admin, clinic):
    assert admin.get(reverse("admin:bookings_email", args=["nonsense"])).status_code == 404
    assert admin.get(reverse("admin:bookings_email_letter", args=["nonsense"])).status_code == 404


def test_closing_words_are_written_seen_and_sent(admin, harley_street, thursday_ten, now, staff):
    form = admin.get(f"{reverse('admin:bookings_closing_add')}?kind=received")
    assert BeautifulSoup(form.content, "html.parser").select_one("option[selected]")["value"] == "received"
    response = admin.post(reverse("admin:bookings_closing_add"), FORM | {"kind": "received"})
    assert response.headers["Location"] == reverse("admin:bookings_email", args=["received"])
    assert "The <b>team</b>" in words(admin.get(response.headers["Location"]))
    request(harley_street, thursday_ten, now=now)
    said = notifications.render_notification(Notice.objects.get(kind="received"), now, Clinic(now))
    assert "The <b>team</b>\n\nHarley Therapy" in said.text
    assert "<p>The &lt;b&gt;team&lt;/b&gt;</p>" in said.html


def test_a_kind_has_one_set_of_closing_words_and_staffs_have_none(admin, clinic):
    admin.post(reverse("admin:bookings_closing_add"), FORM)
    again = admin.post(reverse("admin:bookings_closing_add"), FORM | {"text": "kept as typed"})
    assert "already exists" in words(again)
    assert "kept as typed" in words(again)
    assert "Select a valid choice" in words(admin.post(reverse("admin:bookings_closing_add"), FORM | {"kind": "staff_new"}))
    too_long = admin.post(reverse("admin:bookings_closing_add"), FORM | {"kind": "missed", "text": "x" * 1001})
    assert "at most 1000 characters" in words(too_long)
    assert Closing.objects.get().text == "We look forward to you.\r\n\r\nThe <b>team</b>".replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("may", "sees", "writes"), [([], False, False), (["view_closing"], True, False), (["view_closing", "add_closing"], True, True)]
)
def test_who_may_see_and_who_may_write(may, sees, writes, client, clinic):
    user = get_user_model().objects.create_user("somebody", password="a long password", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=may))
    client.force_login(user)
    for url in (LIST, reverse("admin:bookings_email", args=["missed"]), reverse("admin:bookings_email_letter", args=["missed"])):
        assert client.get(url).status_code == (200 if sees else 403)
    client.post(reverse("admin:bookings_closing_add"), FORM)
    assert Closing.objects.exists() == writes
    if sees:
        assert ("Write some" in words(client.get(LIST))) == writes


def test_nobody_sees_them_without_signing_in(client, clinic):
    for url in (LIST, reverse("admin:bookings_email_letter", args=["missed"])):
        assert client.get(url).status_code == 302
