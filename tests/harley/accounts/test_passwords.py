"""A password that somebody else has set is changed at the next sign-in, before anything else; one's own is changed with the old one."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from harley.models import PasswordToChange

GIVEN, OWN = "harbour-lantern-walnut", "copper-thistle-window"
LOGIN, CHANGE = "/admin/login/", "/admin/password_change/"
CODE, SET_UP = "/admin/second-factor/code/", "/admin/second-factor/set-up/"


@pytest.fixture
def manager(db):
    user = get_user_model().objects.create_user("manager", "", GIVEN, is_staff=True)
    user.groups.add(Group.objects.get(name="Manager"))
    return user


@pytest.fixture
def reception(db):
    user = get_user_model().objects.create_user("reception", "", "what-she-had-before", is_staff=True)
    user.groups.add(Group.objects.get(name="Reception"))
    return user


@pytest.fixture
def given(manager, reception):
    """The password that a manager has set for reception."""
    set_password(browser(manager), reception)
    return GIVEN


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def set_password(client, user, password=GIVEN):
    path = reverse("admin:auth_user_password_change", args=[user.pk])
    return client.post(path, {"password1": password, "password2": password, "usable_password": "true"}, follow=True)


def sign_in(username="reception", password=GIVEN, wanted="/admin/"):
    client = Client()
    return client, client.post(LOGIN, {"username": username, "password": password, "next": wanted}, follow=True)


def change(client, old, new, **more):
    return client.post(CHANGE, {"old_password": old, "new_password1": new, "new_password2": new} | more, follow=True)


def page(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def words(response) -> str:
    return " ".join(page(response).get_text(" ").split())


def landed(response) -> str:
    return response.redirect_chain[-1][0] if response.redirect_chain else ""


def addresses(patterns=None, before="/admin/") -> list[str]:
    """Every address of the admin; whatever stands for a row has the number 1."""
    found = []
    for entry in admin.site.get_urls() if patterns is None else patterns:
        path = re.sub(r"<(?:\w+:)?\w+>", "1", str(entry.pattern))
        path = before + re.sub(r"\(\?P<url>.*\)\$?$", "no/such/page", path)
        found += [path] if isinstance(entry, URLPattern) else addresses(entry.url_patterns, path)
    return found


# Who is marked


def test_a_manager_who_sets_a_password_marks_its_account_and_is_told(manager, reception):
    said = set_password(browser(manager), reception)
    assert "They are asked to change it at their next sign-in." in words(said)
    assert "The password must be changed at the next sign-in" in words(said)
    assert PasswordToChange.objects.get().user == reception


def test_a_new_account_is_marked(manager):
    sent = {"username": "ada", "password1": GIVEN, "password2": GIVEN, "_save": "Save"}
    said = browser(manager).post(reverse("admin:auth_user_add"), sent, follow=True)
    assert "The password must be changed at the next sign-in" in words(said)
    assert PasswordToChange.objects.get().user.username == "ada"


def test_a_refused_password_marks_nobody(manager, reception):
    set_password(browser(manager), reception, "short")
    browser(manager).get(reverse("admin:auth_user_password_change", args=[reception.pk]))
    assert not PasswordToChange.objects.exists()


def test_ones_own_password_marks_nobody(manager):
    set_password(browser(manager), manager, OWN)
    manager.refresh_from_db()
    assert manager.check_password(OWN)
    assert change(browser(manager), OWN, GIVEN).status_code == 200
    assert not PasswordToChange.objects.exists()


def test_the_command_line_marks_nobody(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", GIVEN)
    call_command("createsuperuser", "--no-input", username="root", email="", verbosity=0)
    monkeypatch.setattr("getpass.getpass", lambda *args, **kwargs: OWN)
    call_command("changepassword", "root", verbosity=0)
    assert get_user_model().objects.get().check_password(OWN)
    assert not PasswordToChange.objects.exists()


def test_an_account_that_is_not_marked_says_nothing_of_it(manager, reception):
    shown = browser(manager).get(reverse("admin:auth_user_change", args=[reception.pk]))
    assert "must be changed" not in words(shown)


# What comes first


def test_every_address_of_the_admin_leads_to_the_page_of_the_password(given, content):
    client, _ = sign_in()
    wanted = addresses()
    assert len(wanted) > 150
    for path in wanted:
        if path in {CHANGE, "/admin/logout/", "/admin/r/1/1/"}:
            continue
        assert landed(client.get(path, follow=True)).startswith(CHANGE), path
        if path != LOGIN:  # which asks for a name and a password, as it does anybody
            assert landed(client.post(path, follow=True)).startswith(CHANGE), path
    assert client.get("/admin/r/1/1/").status_code == 404
    assert client.get(CHANGE).status_code == 200
    assert PasswordToChange.objects.exists()


def test_the_page_says_why_and_leads_on_to_where_one_wanted_to_go(given, reception, content):
    wanted = reverse("admin:bookings_enquiry_changelist")
    client, asked = sign_in(wanted=wanted)
    assert page(asked).select_one("h1").get_text() == "Password change"
    assert "Somebody else has set your password, so you are not the only one who knows it." in words(asked)
    assert not page(asked).select("#nav-sidebar, #user-tools")
    done = change(client, GIVEN, OWN, next=page(asked).select_one("input[name=next]")["value"])
    assert landed(done) == wanted
    assert "Your password is changed." in words(done)
    assert not PasswordToChange.objects.exists()
    assert client.get("/admin/").status_code == 200
    reception.refresh_from_db()
    assert reception.check_password(OWN)


def test_one_can_leave_instead(given):
    client, asked = sign_in()
    assert page(asked).select_one("form[action='/admin/logout/'] button")
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session


def test_the_same_password_again_does_not_count(given):
    client, _ = sign_in()
    assert "This is the password you have now. Please choose another one." in words(change(client, GIVEN, GIVEN))
    assert PasswordToChange.objects.exists()
    assert landed(client.get("/admin/", follow=True)).startswith(CHANGE)


@pytest.mark.parametrize("away", ["https://evil.test/", "//evil.test", "/\\evil.test"])
def test_next_never_leads_to_another_site(given, away):
    client, _ = sign_in()
    assert landed(change(client, GIVEN, OWN, next=away)) == "/admin/"


def test_setting_an_app_up_comes_after_the_password(given, settings, content):
    settings.REQUIRE_SECOND_FACTOR = True
    client, asked = sign_in()
    assert landed(asked).startswith(CHANGE)
    assert landed(client.post(SET_UP, {"begin": "1"}, follow=True)).startswith(CHANGE)
    assert not TOTPDevice.objects.exists()
    assert landed(change(client, GIVEN, OWN)).startswith(SET_UP)


def test_the_code_comes_before_the_password_where_there_is_an_app(given, reception):
    """Two people know the password: alone it changes nothing."""
    device = TOTPDevice.objects.create(user=reception, name="App")
    client, asked = sign_in()
    assert landed(asked).startswith(CODE)
    assert landed(change(client, GIVEN, OWN)).startswith(CODE)
    reception.refresh_from_db()
    assert reception.check_password(GIVEN)
    assert landed(client.post(CODE, {"code": f"{totp(device.bin_key):06}"}, follow=True)).startswith(CHANGE)
    assert landed(change(client, GIVEN, OWN)) == "/admin/"


def test_what_was_typed_before_the_session_ended_comes_back_behind_the_new_password(given, content):
    carried = page(Client().post("/admin/services/article/add/", {"title": "How it helps"})).select_one("[name=typed]")
    assert carried is not None
    client = Client()
    sent = {"username": "reception", "password": GIVEN, "typed": carried["value"], "next": "/admin/again/"}
    asked = client.post(LOGIN, sent, follow=True)
    done = change(client, GIVEN, OWN, next=page(asked).select_one("input[name=next]")["value"])
    assert page(done).select_one("#content-main [name=title]").get_text().strip() == "How it helps"


def test_the_mark_is_read_with_the_account(reception):
    """No page of the admin costs a query more."""
    client = browser(reception)
    with CaptureQueriesContext(connection) as queries:
        client.get("/admin/")
    asked = [query["sql"] for query in queries if "passwordtochange" in query["sql"]]
    assert len(asked) == 1
    assert 'FROM "auth_user"' in asked[0]


# One's own, of one's own accord


def test_ones_own_password_is_changed_with_the_page_it_always_had(reception, content):
    client = browser(reception)
    assert page(client.get(CHANGE)).select_one("#user-tools")
    assert landed(change(client, "what-she-had-before", OWN)) == "/admin/password_change/done/"


def test_the_old_password_is_not_guessed_there_either(reception):
    """A computer that was left alone is no way to somebody's password."""
    client = browser(reception)
    for _ in range(5):
        assert "was entered incorrectly" in words(change(client, "wrong", OWN))
    said = words(change(client, "what-she-had-before", OWN))
    assert "Several passwords were wrong, so this one was not looked at. Please wait 15 minutes, then try again." in said
    attempt = AccessAttempt.objects.get()
    AccessAttempt.objects.update(attempt_time=attempt.attempt_time - timedelta(minutes=15))
    assert landed(change(client, "what-she-had-before", OWN)) == "/admin/password_change/done/"
    assert not AccessAttempt.objects.exists()
