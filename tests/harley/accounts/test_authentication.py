"""Signing in by name and password: guesses are counted, and a session lasts as long as a day at reception."""

import re
from datetime import timedelta
from typing import ClassVar

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings as site_settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

PASSWORD = "harbour-lantern-walnut"
LOGIN = "/admin/login/"


@pytest.fixture
def reception(db):
    return get_user_model().objects.create_user("reception", "", PASSWORD, is_staff=True)


def sign_in(client, password, username="reception", *, next_page="/admin/", **headers):
    return client.post(f"{LOGIN}?next={next_page}", {"username": username, "password": password, "next": next_page}, **headers)


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_right_password_leads_to_where_one_wanted_to_go(client, reception):
    wanted = reverse("admin:services_page_changelist")
    assert client.get(wanted)["Location"] == f"{LOGIN}?next={wanted}"
    assert sign_in(client, PASSWORD, next_page=wanted)["Location"] == wanted


@pytest.mark.parametrize("away", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "http:///evil.test"])
def test_next_never_leads_to_another_site(client, reception, away):
    assert sign_in(client, PASSWORD, next_page=away)["Location"] == "/admin/"


def test_a_wrong_password_keeps_the_name_and_not_the_password(client, reception):
    answer = sign_in(client, "wrong-horse")
    assert answer.status_code == 200
    assert 'value="reception"' in answer.content.decode()
    assert "wrong-horse" not in answer.content.decode()
    assert "<title>Error:" in answer.content.decode()


def test_after_five_wrong_passwords_the_right_one_waits_too(client, reception):
    answers = [sign_in(client, "wrong").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    locked = sign_in(client, PASSWORD)
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert "Wait 15 minutes, then sign in again" in words(locked)
    assert not Session.objects.exists()


def test_after_a_quarter_of_an_hour_it_goes_on_however_often_one_tried_meanwhile(client, reception):
    for _ in range(9):
        sign_in(client, "wrong")
    attempt = AccessAttempt.objects.get(ip_address="127.0.0.1")
    assert attempt.failures_since_start == 5
    AccessAttempt.objects.update(attempt_time=attempt.attempt_time - timedelta(minutes=14, seconds=50))
    assert sign_in(client, PASSWORD).status_code == 429
    AccessAttempt.objects.update(attempt_time=attempt.attempt_time - timedelta(minutes=15, seconds=1))
    assert sign_in(client, PASSWORD).status_code == 302


def test_another_name_and_another_address_are_not_locked(client, reception):
    get_user_model().objects.create_user("manager", "", PASSWORD, is_staff=True)
    for _ in range(5):
        sign_in(client, "wrong")
    assert sign_in(client, PASSWORD, "manager").status_code == 302
    client.post("/admin/logout/")
    assert sign_in(client, PASSWORD, REMOTE_ADDR="203.0.113.7").status_code == 302


@pytest.mark.parametrize(
    ("account", "typed"), [("reception", "Reception"), ("Sam.Reed", "SAM.REED"), ("åsa", "Åsa"), ("reception", " reception ")]
)
def test_capitals_do_not_matter_when_signing_in(client, db, account, typed):
    get_user_model().objects.create_user(account, "", PASSWORD, is_staff=True)
    assert sign_in(client, PASSWORD, typed).status_code == 302


def test_accounts_that_differ_in_capitals_alone_are_told_apart(client, db):
    for name, password in (("Robin", PASSWORD), ("robin", f"other-{PASSWORD}")):
        get_user_model().objects.create_user(name, "", password, is_staff=True)
    assert sign_in(client, PASSWORD, "robin").status_code == 200
    assert sign_in(client, PASSWORD, "ROBIN").status_code == 200
    assert sign_in(client, PASSWORD, "Robin").status_code == 302


@pytest.mark.parametrize("name", ["reception", "nobody"])
def test_guesses_at_a_name_count_together_however_it_is_written(client, reception, name):
    """Or each way of writing it would be five guesses more."""
    ways = [name, name.upper(), name.title(), name.swapcase(), f" {name[0]}{name[1:].upper()}"]
    assert [sign_in(client, "wrong", way).status_code for way in ways] == [200, 200, 200, 200, 429]


def test_an_account_gets_no_name_that_differs_in_capitals_alone(admin_client, reception):
    other = get_user_model().objects.create_user("robin", "", PASSWORD, is_staff=True)
    answer = admin_client.post(reverse("admin:auth_user_change", args=[other.pk]), {"username": "Reception"})
    assert "Another account has this name, perhaps in other capitals." in words(answer)
    answer = admin_client.post(reverse("admin:auth_user_add"), {"username": "Reception", "password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 200
    assert set(get_user_model().objects.values_list("username", flat=True)) == {"admin", "reception", "robin"}


def test_an_unknown_name_is_answered_like_a_known_one(client, reception):
    for _ in range(5):
        known, unknown = sign_in(client, "wrong"), sign_in(client, "wrong", "nobody")
        assert known.status_code == unknown.status_code
        token = re.compile(r'value="[\w]{64}"')
        same = known.content.decode().replace("reception", "nobody"), unknown.content.decode()
        assert len({token.sub("", text) for text in same}) == 1


def test_a_home_with_ipv6_counts_as_one_address(client, reception):
    answers = [sign_in(client, "wrong", REMOTE_ADDR=f"2001:db8:1:2::{n}").status_code for n in range(1, 6)]
    assert answers[-1] == 429
    assert sign_in(client, "wrong", REMOTE_ADDR="2001:db8:1:3::1").status_code == 200


@pytest.mark.parametrize("address", ["", "unknown", "::ffff:203.0.113.7"])
def test_an_odd_address_is_no_way_around_and_no_error(client, reception, address):
    answers = [sign_in(client, "wrong", REMOTE_ADDR=address).status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]


def test_a_header_of_the_visitor_is_no_other_address(client, reception):
    answers = [sign_in(client, "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}").status_code for n in range(5)]
    assert answers[-1] == 429


@pytest.mark.parametrize("written", ["203.0.113.7:{}", "[2001:db8::7]:{}", "2001:db8::{}", "unknown:{}"])
def test_another_port_or_half_of_an_address_is_no_other_visitor(client, reception, settings, written):
    settings.TRUSTED_PROXIES = 1
    answers = [sign_in(client, "wrong", HTTP_X_FORWARDED_FOR=written.format(4100 + n)).status_code for n in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]


def test_behind_our_proxy_the_visitors_address_counts(client, reception, settings):
    settings.TRUSTED_PROXIES = 1
    for n in range(5):
        locked = sign_in(client, "wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}, 203.0.113.7")
    assert locked.status_code == 429
    assert sign_in(client, "wrong", HTTP_X_FORWARDED_FOR="203.0.113.8").status_code == 200


def test_signing_in_forgets_the_wrong_tries_and_logs_nobody(client, reception):
    for _ in range(4):
        sign_in(client, "wrong")
    sign_in(client, PASSWORD)
    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()


def test_neither_name_nor_address_nor_password_reaches_the_logs(client, reception, caplog):
    for _ in range(6):
        sign_in(client, "wrong-horse", REMOTE_ADDR="203.0.113.7")
    assert "login failure by somebody" in caplog.text
    for private in ("reception", "203.0.113.7", "wrong-horse"):
        assert private not in caplog.text
    stored = AccessAttempt.objects.order_by("pk").values("username", "ip_address", "user_agent", "post_data", "get_data", "path_info")
    nothing = {"post_data": "", "get_data": "", "path_info": ""}
    assert list(stored) == [
        {"username": "reception", "ip_address": "203.0.113.7", "user_agent": "network"} | nothing,
        {"username": "reception", "ip_address": "::", "user_agent": "everywhere"} | nothing,
    ]


def test_strange_letters_in_the_name_are_no_server_error(client, db):
    for name in ("a\0b", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "x" * 151, "x" * 500, "ﬀ", ""):
        assert sign_in(client, "wrong", name).status_code in {200, 400}


def test_staff_are_signed_out_after_eight_hours_whatever_they_do_and_when_the_browser_closes(client, reception):
    before = timezone.now()
    cookie = sign_in(client, PASSWORD).cookies[site_settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    first = Session.objects.get().expire_date
    assert timedelta(hours=7, minutes=59) < first - before < timedelta(hours=8, minutes=1)
    client.post("/book/where/", {"where": "any"})  # changes the session
    assert Session.objects.get().expire_date == first
    Session.objects.update(expire_date=before)
    assert client.get("/admin/")["Location"] == f"{LOGIN}?next=/admin/"


def test_a_visitors_answers_stay_for_a_day_from_the_last_answer(client, db):
    before = timezone.now()
    cookie = client.post("/book/where/", {"where": "any"}).cookies[site_settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert Session.objects.get().expire_date - before > timedelta(hours=23, minutes=59)


def test_who_was_let_go_is_out_at_once(client, reception):
    sign_in(client, PASSWORD)
    assert client.get("/admin/").status_code == 200
    get_user_model().objects.update(is_active=False)
    assert client.get("/admin/").status_code == 302


def test_the_session_gets_a_new_key_with_the_password(client, reception):
    client.post("/book/where/", {"where": "any"})
    before = client.session.session_key
    sign_in(client, PASSWORD)
    assert client.session.session_key != before


class Meanwhile(MD5PasswordHasher):
    """Looking at a password takes its time: meanwhile something else happens, and inside it the next."""

    algorithm = "meanwhile"
    happens: ClassVar[list] = []

    def verify(self, password, encoded):
        if self.happens:
            self.happens.pop(0)()
        return super().verify(password, encoded)


@pytest.fixture
def guess_inside_each_other(reception, settings):
    """Send guesses, each while the one before is being looked at; give the answers in the order in which they were sent."""
    settings.PASSWORD_HASHERS = ["tests.harley.accounts.test_authentication.Meanwhile"]
    reception.set_password(PASSWORD)
    reception.save()

    def send(passwords):
        answers = {}

        def guess(number):
            answers[number] = sign_in(Client(), passwords[number])

        Meanwhile.happens[:] = [lambda number=number: guess(number) for number in range(1, len(passwords))]
        guess(0)
        Meanwhile.happens.clear()
        return [answers[number] for number in sorted(answers)]

    return send


def test_a_right_password_among_many_guesses_at_once_is_refused_like_the_wrong_ones(guess_inside_each_other):
    answers = guess_inside_each_other(["wrong"] * 5 + [PASSWORD])
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429, 429]
    assert not Session.objects.exists()
    assert words(answers[-1]) == words(answers[-2])


def test_what_was_being_looked_at_when_somebody_signs_in_is_answered_by_its_own_number(guess_inside_each_other):
    """And leaves nothing behind: the counting has begun anew."""
    answers = guess_inside_each_other(["wrong"] * 4 + [PASSWORD])
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 302]
    assert not AccessAttempt.objects.exists()
