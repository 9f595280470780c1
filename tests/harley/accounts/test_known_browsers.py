"""Browsers in which somebody has signed in before are not held up by what others guess, and nobody passes for one of them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from harley.accounts import known_browsers, lockout
from services.encryption import decrypt, encrypt

PASSWORD = "harbour-lantern-walnut"
LOGIN, CODE = "/admin/login/", "/admin/second-factor/code/"
CLINIC = "198.51.100.7"  # the address of everyone on its Wi-Fi
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def reception(db):
    return get_user_model().objects.create_user("reception", "", PASSWORD, is_staff=True)


@pytest.fixture
def manager(db):
    return get_user_model().objects.create_user("manager", "", PASSWORD, is_staff=True)


def sign_in(client, password=PASSWORD, username="reception", address=CLINIC) -> int:
    """Return the status of the answer; whoever is let in opens the board."""
    answer = client.post(LOGIN, {"username": username, "password": password, "next": "/admin/"}, REMOTE_ADDR=address)
    if answer.status_code == 302:
        client.get("/admin/", REMOTE_ADDR=address)
    return answer.status_code


def known(username="reception", client=None) -> Client:
    """Return a browser in which somebody has signed in and out."""
    client = client or Client()
    assert sign_in(client, username=username) == 302
    client.post("/admin/logout/")
    return client


def lock(address=CLINIC, username="reception") -> None:
    assert [sign_in(Client(), "wrong", username, address) for _ in range(5)][-1] == 429


def accounts(client) -> list[int]:
    content = decrypt(client.cookies["browser"].value, known_browsers.PURPOSE)
    return [pk for pk, _ in json.loads(content)[2]]


# What is counted together


def test_guests_on_the_same_wifi_lock_each_other_and_not_who_has_signed_in_before(reception):
    desk = known()
    lock()
    assert sign_in(Client()) == 429
    assert sign_in(desk) == 302


def test_ones_own_wrong_guesses_lock_that_browser_alone(reception):
    desk, office = known(), known()
    assert [sign_in(desk, "wrong") for _ in range(5)] == [200, 200, 200, 200, 429]
    assert [sign_in(desk), sign_in(office), sign_in(Client())] == [429, 302, 302]


def test_a_browser_takes_its_count_along_to_another_address(reception):
    desk = known()
    for number in range(5):
        sign_in(desk, "wrong", address=f"203.0.113.{number}")
    assert sign_in(desk, address="203.0.113.99") == 429


def test_a_hundred_addresses_get_few_guesses_and_stop_no_known_browser(reception):
    desk = known()
    told = [sign_in(Client(), "wrong", address=f"203.0.113.{number}") for number in range(100)]
    assert told[:20] == [200] * 20
    assert told.count(200) <= 24  # one after a second, another after two, and so on: the test itself takes some seconds
    assert sign_in(Client(), address="192.0.2.1") == 429
    assert sign_in(desk) == 302
    assert sign_in(Client(), username="somebody else", address="192.0.2.1") == 200


def test_the_answer_to_a_name_that_nobody_has_is_the_same(db):
    told = [sign_in(Client(), "wrong", address=f"203.0.113.{number}") for number in range(30)]
    assert told[:20] == [200] * 20
    assert 429 in told[20:]


def test_an_operator_ends_every_wait_for_a_name(reception):
    for number in range(30):
        sign_in(Client(), "wrong", address=f"203.0.113.{number}")
    lock("192.0.2.1", "somebody else")
    call_command("axes_reset_username", "reception", verbosity=0)
    assert sign_in(Client(), address="203.0.113.1") == 302
    assert {attempt.username for attempt in AccessAttempt.objects.all()} == {"somebody else"}


def test_the_page_says_what_helps(reception):
    lock()
    page = Client().post(LOGIN, {"username": "reception", "password": PASSWORD}, REMOTE_ADDR=CLINIC)
    assert "A browser in which you have signed in before is not held up by what others type." in page.content.decode()
    AccessAttempt.objects.filter(ip_address=CLINIC).update(attempt_time=NOON)
    AccessAttempt.objects.filter(user_agent="everywhere").update(failures_since_start=25)
    page = Client().post(LOGIN, {"username": "reception", "password": PASSWORD}, REMOTE_ADDR=CLINIC)
    assert int(page["Retry-After"]) in range(28, 33)
    assert f"Wait {page['Retry-After']} seconds, then" in page.content.decode()


# The waits themselves


def test_the_waits_of_a_name_grow_to_a_quarter_of_an_hour():
    waits = [lockout.wait_everywhere(failures).total_seconds() for failures in range(34)]
    assert waits == [0] * 20 + [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] + [900] * 4
    assert lockout.wait_everywhere(10**9) == timedelta(minutes=15)


def test_five_wrong_ones_rest_for_a_quarter_of_an_hour_and_an_hours_quiet_ends_the_rest():
    assert [lockout.wait_of_one(failures).total_seconds() for failures in range(7)] == [0, 0, 0, 0, 0, 900, 900]
    one, everyone = lockout.OF_ONE, lockout.OF_ALL
    assert one.waits_until(5, NOON, NOON + timedelta(minutes=14, seconds=59)) == NOON + timedelta(minutes=15)
    assert one.waits_until(5, NOON, NOON + timedelta(minutes=15)) is None
    assert [everyone.failures(40, NOON, NOON + timedelta(minutes=minutes)) for minutes in (59, 60)] == [40, 0]


@pytest.mark.django_db
def test_guesses_from_everywhere_at_the_pace_of_the_longest_wait_get_no_more_than_four_an_hour():
    now, looked_at = NOON, []
    for second in range(0, 5 * 3600, 10):  # somebody with more addresses than guesses
        now = NOON + timedelta(seconds=second)
        if lockout.count("reception", f"10.0.{second // 250}.{second % 250}", None, now).is_looked_at:
            looked_at.append(now)
    assert len([at for at in looked_at if at < NOON + timedelta(hours=1)]) <= 32
    for hour in range(1, 5):
        assert len([at for at in looked_at if NOON + timedelta(hours=hour) <= at < NOON + timedelta(hours=hour + 1)]) <= 4


# Whose browser it is


def test_the_cookie_stays_for_a_year_for_the_admin_alone_and_out_of_reach_of_scripts(reception, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = known().cookies["browser"]
    facts = {name: cookie[name] for name in ("max-age", "path", "httponly", "samesite", "secure")}
    assert facts == {"max-age": 365 * 24 * 3600, "path": "/admin/", "httponly": True, "samesite": "Lax", "secure": True}
    assert "reception" not in cookie.value


def test_who_has_not_given_the_second_factor_gets_none(reception):
    TOTPDevice.objects.create(user=reception, name="App")
    StaticDevice.objects.create(user=reception).token_set.create(token="bcdfghjk")
    client = Client()
    assert sign_in(client) == 302
    client.get(CODE)
    assert "browser" not in client.cookies
    client.post(CODE, {"code": "bcdf-ghjk"}, follow=True)
    assert accounts(client) == [reception.pk]


def test_wrong_passwords_get_none_and_looking_around_neither(reception):
    client = Client()
    sign_in(client, "wrong")
    for path in ("/", "/admin/", LOGIN):
        client.get(path)
    assert "browser" not in client.cookies


def test_the_five_last_of_a_shared_browser_are_known(db):
    desk = Client()
    names = [f"colleague{number}" for number in range(6)]
    users = [get_user_model().objects.create_user(name, "", PASSWORD, is_staff=True) for name in names]
    for name in names:
        known(name, desk)
    assert accounts(desk) == [user.pk for user in reversed(users[1:])]
    for name in names:
        lock(username=name)
    assert [sign_in(desk, username=name) for name in names] == [429, 302, 302, 302, 302, 302]


def test_the_cookie_of_another_account_makes_no_browser_known(reception, manager):
    desk = known("manager")
    lock()
    assert sign_in(desk) == 429


def test_after_a_changed_password_only_the_browser_it_was_changed_in_is_known(reception):
    desk, office = known(), known()
    sign_in(desk)
    new = f"other-{PASSWORD}"
    desk.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}, follow=True)
    desk.post("/admin/logout/")
    lock()
    assert [sign_in(desk, new), sign_in(office, new)] == [302, 429]


def test_who_has_left_is_known_nowhere(reception):
    desk = known()
    get_user_model().objects.update(is_active=False)
    lock()
    assert sign_in(desk) == 429


@pytest.mark.parametrize("value", ["", "x", "gAAAAA" + "x" * 80, "é", '["a",1,[[1,"b"]]]'])
def test_a_forged_cookie_is_no_cookie(reception, value):
    lock()
    client = Client()
    client.cookies["browser"] = value
    assert sign_in(client) == 429


def test_a_cookie_made_for_something_else_or_long_ago_is_no_cookie(reception, settings):
    desk = known()
    lock()
    other = Client()
    other.cookies["browser"] = encrypt(decrypt(desk.cookies["browser"].value, known_browsers.PURPOSE), "something else")
    assert sign_in(other) == 429
    settings.BROWSER_COOKIE_AGE = -1
    assert sign_in(desk) == 429


def test_a_new_key_of_the_site_keeps_browsers_known_while_the_former_one_is_told(reception, settings):
    desk = known()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "9876543210" * 5
    lock()
    assert sign_in(desk) == 302


def test_one_session_makes_one_browser(reception):
    """Or somebody at a computer left alone would make browsers as they like, each with five guesses."""
    desk = Client()
    sign_in(desk)
    keys = set()
    for _ in range(3):
        del desk.cookies["browser"]
        desk.get("/admin/")
        keys.add(json.loads(decrypt(desk.cookies["browser"].value, known_browsers.PURPOSE))[0])
    assert len(keys) == 1


def test_the_cookie_is_sent_once_and_anew_when_half_of_its_time_is_over(reception):
    desk = known()
    sign_in(desk)
    assert "browser" not in desk.get("/admin/").cookies
    key, made, theirs = json.loads(decrypt(desk.cookies["browser"].value, known_browsers.PURPOSE))
    desk.cookies["browser"] = encrypt(json.dumps([key, made - 183 * 24 * 3600, theirs]).encode(), known_browsers.PURPOSE)
    renewed = desk.get("/admin/").cookies["browser"].value
    assert json.loads(decrypt(renewed, known_browsers.PURPOSE))[::2] == [key, theirs]
