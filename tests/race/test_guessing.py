"""A hundred guesses at a password, and many at a code, at the same moment: no more are looked at than one after the other."""

import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from harley.accounts import lockout
from tests.race.crowd import all_at_once
from tests.race.visitor import Visitor
from tests.servers import running_site, test_database_url

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PASSWORD = "harbour-lantern-walnut"
LOGIN, CODE, SET_UP = "/admin/login/", "/admin/second-factor/code/", "/admin/second-factor/set-up/"


@pytest.fixture(scope="module", params=["as it is", "slow"])
def either_site(request, django_db_setup):
    """The site, or one that waits before and after each step of counting."""
    if request.param == "as it is":
        yield request.getfixturevalue("site")
        return
    settings = {"DJANGO_SETTINGS_MODULE": "tests.race.slow_settings"}
    with running_site(DATABASE_URL=test_database_url(), TRUSTED_PROXIES="1", WEB_WORKERS="4", **settings) as address:
        yield address


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


def test_of_a_hundred_guesses_at_once_four_are_told_that_they_are_wrong(either_site, staff):
    crowd = guessers(either_site, 100)
    answers = all_at_once(crowd, guess(lambda visitor: f"guess {crowd.index(visitor)}"))

    told = [answer.status for answer in answers]
    assert set(told) == {200, 429}
    assert told.count(200) == 4
    assert AccessAttempt.objects.get(user_agent=lockout.NETWORK).failures_since_start == 5
    assert not Session.objects.exists()


def test_the_right_password_sent_among_wrong_ones_is_refused_once_five_were_wrong(either_site, staff):
    """Whoever is let in was among the first few; the answer to one refused is the answer to the wrong ones."""
    crowd = guessers(either_site, 60)
    right = crowd[-1]
    answers = all_at_once(crowd, guess(lambda visitor: PASSWORD if visitor is right else "wrong"))

    said = answers[-1]
    assert said.status in {302, 429}
    wrong = [answer for answer in answers[:-1] if answer.status == 200]
    assert len(wrong) <= (4 if said.status == 429 else 8)  # somebody who comes in begins anew
    if said.status == 429:
        assert said.text == next(answer.text for answer in answers[:-1] if answer.status == 429)
        assert not Session.objects.exists()
    late = guessers(either_site, 1)
    if said.status == 429:
        assert all_at_once(late, guess(lambda visitor: PASSWORD))[0].status == 429


def test_a_known_browser_comes_in_among_a_hundred_unknown_ones_at_its_address(either_site, staff):
    """And its own count is its own, whatever the others do at the same moment."""
    desk = guessers(either_site, 1)[0]
    assert guess(lambda visitor: PASSWORD)(desk).status == 302
    assert desk.ask("/admin/").status == 200
    desk.ask("/admin/logout/", csrfmiddlewaretoken=desk.cookies["csrftoken"])
    desk.last_page = desk.ask(LOGIN).hidden
    crowd = [*guessers(either_site, 100), desk]
    answers = all_at_once(crowd, guess(lambda visitor: PASSWORD if visitor is desk else "wrong"))

    assert answers[-1].status == 302
    assert [answer.status for answer in answers[:-1]].count(200) == 4
    assert desk.ask("/admin/").status == 200


def test_a_hundred_addresses_at_once_get_twenty_guesses_and_few_more(either_site, staff):
    crowd = guessers(either_site, 100)
    for number, visitor in enumerate(crowd):
        visitor.address = f"203.0.113.{number}"
    began = time.monotonic()
    answers = all_at_once(crowd, guess(lambda visitor: "wrong"))
    seconds = time.monotonic() - began

    looked_at = [answer.status for answer in answers].count(200)
    assert 20 <= looked_at <= 20 + math.log2(1 + seconds)
    assert AccessAttempt.objects.get(user_agent=lockout.EVERYWHERE).failures_since_start == looked_at


def test_no_number_is_given_twice_while_somebody_signs_in_again_and_again(transactional_db):
    """Between two times that the counting begins anew, five are looked at, whoever comes between."""
    barrier = threading.Barrier(12)
    looked_at, began_anew = [], []

    def wrong(number):
        barrier.wait(20)
        looked_at.extend(lockout.count("manager", "203.0.113.7", None, timezone.now()).is_looked_at for _ in range(15))
        connection.close()

    def right(number):
        barrier.wait(20)
        for _ in range(15):
            one = lockout.count("manager", "203.0.113.7", None, timezone.now())
            lockout.take_back(one)
            began_anew.append(one.is_looked_at)
        connection.close()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda number: (right if number == 0 else wrong)(number), range(12)))
    assert sum(looked_at) <= 4 * (1 + sum(began_anew)) + 1
    assert sum(looked_at) >= 4


@pytest.mark.parametrize("kind", ["app", "recovery", "setting up"])
def test_of_thirty_codes_at_once_one_is_looked_at(site, staff, kind):
    """And another only once the wait is over: a second after the first that was wrong, then two, then four."""
    crowd = guessers(site, 1) * 30
    if kind != "setting up":
        TOTPDevice.objects.create(user=staff, name="App")
        StaticDevice.objects.create(user=staff, name="Recovery codes")
    sign_in(crowd[0])
    path = {"app": CODE, "recovery": f"{CODE}?recovery", "setting up": SET_UP}[kind]
    page = crowd[0].ask(path).hidden
    if kind == "setting up":
        crowd[0].ask(path, **page, begin="1")
        page = crowd[0].ask(path).hidden
    number = count()
    letters = "bb" if kind == "recovery" else ""
    began = time.monotonic()
    answers = all_at_once(crowd, lambda visitor: visitor.ask(path, **page, code=f"{letters}{next(number):06}"))
    seconds = time.monotonic() - began

    assert sorted({answer.status for answer in answers}) == [200, 429]
    looked_at = [answer.status for answer in answers].count(200)
    assert looked_at <= 1 + math.log2(1 + seconds)
    device = (StaticDevice if kind == "recovery" else TOTPDevice).objects.get()
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
