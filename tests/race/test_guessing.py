"""A hundred guesses at a password, and many at a code, at the same moment: no more are looked at than one after the other."""

import math
import time
from itertools import count

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.sessions.models import Session
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.race.crowd import all_at_once
from tests.race.visitor import Visitor

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PASSWORD = "harbour-lantern-walnut"
LOGIN, CODE = "/admin/login/", "/admin/second-factor/code/"


@pytest.fixture
def staff(transactional_db):
    """With a password as the running site stores it: a look at it takes its time."""
    hashed = make_password(PASSWORD, hasher=PBKDF2PasswordHasher())
    return get_user_model().objects.create(username="manager", password=hashed, is_staff=True, is_superuser=True)


def guessers(site, number) -> list[Visitor]:
    """Browsers at one address, each on the page to sign in."""
    visitors = [Visitor(site, 7) for _ in range(number)]
    for visitor in visitors:
        visitor.last_page = visitor.ask(LOGIN).hidden
        visitor.opened_at = 0.0
    return visitors


def guess(password):
    return lambda visitor: visitor.ask(LOGIN, **visitor.last_page | {"username": "manager", "password": password(visitor)})


def sign_in(visitor, path="/admin/") -> None:
    visitor.last_page = visitor.ask(f"{LOGIN}?next={path}").hidden
    assert visitor.ask(LOGIN, **visitor.last_page, username="manager", password=PASSWORD).status == 302


def test_of_a_hundred_guesses_at_once_four_are_told_that_they_are_wrong(site, staff):
    crowd = guessers(site, 100)
    answers = all_at_once(crowd, guess(lambda visitor: f"guess {crowd.index(visitor)}"))

    told = [answer.status for answer in answers]
    assert set(told) == {200, 429}
    assert told.count(200) <= 4
    assert AccessAttempt.objects.get().failures_since_start >= 5
    assert not Session.objects.exists()


def test_the_right_password_sent_among_wrong_ones_is_refused_once_five_were_wrong(site, staff):
    """Whoever is let in was among the first few; the answer to one refused is the answer to the wrong ones."""
    crowd = guessers(site, 60)
    right = crowd[-1]
    answers = all_at_once(crowd, guess(lambda visitor: PASSWORD if visitor is right else "wrong"))

    said = answers[-1]
    assert said.status in {302, 429}
    wrong = [answer for answer in answers[:-1] if answer.status == 200]
    assert len(wrong) <= (4 if said.status == 429 else 8)  # somebody who comes in begins anew
    if said.status == 429:
        assert said.text == next(answer.text for answer in answers[:-1] if answer.status == 429)
        assert not Session.objects.exists()
    late = guessers(site, 1)
    if said.status == 429:
        assert all_at_once(late, guess(lambda visitor: PASSWORD))[0].status == 429


def test_of_thirty_codes_at_once_one_is_looked_at(site, staff):
    """And another only once the wait is over: a second after the first that was wrong, then two, then four."""
    device = TOTPDevice.objects.create(user=staff, name="App")
    crowd = guessers(site, 1) * 30
    sign_in(crowd[0])
    page = crowd[0].ask(CODE).hidden
    number = count()
    began = time.monotonic()
    answers = all_at_once(crowd, lambda visitor: visitor.ask(CODE, **page, code=f"{next(number):06}"))
    seconds = time.monotonic() - began

    assert sorted({answer.status for answer in answers}) == [200, 429]
    looked_at = [answer.status for answer in answers].count(200)
    assert looked_at <= 1 + math.log2(1 + seconds)
    device.refresh_from_db()
    assert device.throttling_failure_count == looked_at


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_right_code_sent_by_ten_browsers_at_once_lets_one_in(site, staff, kind):
    app = TOTPDevice.objects.create(user=staff, name="App")
    StaticDevice.objects.create(user=staff, name="Recovery codes").token_set.create(token="abcdefgh")
    crowd = guessers(site, 10)
    for visitor in crowd:
        sign_in(visitor)
        visitor.last_page = visitor.ask(CODE).hidden
    while time.time() % 30 > 25:  # the code must not change meanwhile
        time.sleep(0.5)
    code = f"{totp(app.bin_key):06}" if kind == "app" else "abcd-efgh"
    answers = all_at_once(crowd, lambda visitor: visitor.ask(CODE, **visitor.last_page, code=code))

    statuses = [answer.status for answer in answers]
    assert statuses.count(302) == 1
    assert set(statuses) <= {302, 200, 429}
    inside = [visitor for visitor in crowd if visitor.ask("/admin/").status == 200]
    assert inside == [crowd[statuses.index(302)]]
