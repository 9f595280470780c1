"""Thousands of hostile submissions, from so many addresses that no limit hides the code: none breaks anything."""

import random
import string
import traceback
from collections import Counter
from contextlib import suppress
from io import BytesIO, StringIO
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.core import signing
from django.core.management import call_command
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from bookings import actions
from bookings.domain.status import MAY_HOLD, InvalidTransition
from bookings.fields import visible
from bookings.models import Enquiry, Hold
from bookings.queries.slots import SlotFinder, bookable_days, next_slots
from bookings.urls import urlpatterns
from services.clinic.clinic import Clinic
from tests.bookings import factories, stages
from tests.depth import rounds

SUBMISSIONS = rounds(deep=10_000, quick=1_000)
BEHIND_EACH = rounds(deep=210, quick=42)  # to each address behind a link
EXPECTED = {200, 302, 303, 400, 403, 404, 405, 409, 413, 429}
SEED = 20261124
CSRF = "a" * 32  # a visitor may choose their own: it only has to be the same in cookie and form
MARK = "<script>alert(1)</script>"
PLACES = ["harley-street", "online", "any"]
STEPS = ["where/", "when/", "when/other/", "you/", "check/", "clear/"]
# Whatever can be done behind a link, also what is added later
VERBS = [
    str(each.pattern).split("/", 2)[2] for each in urlpatterns if str(each.pattern).startswith("request/<")
]  # whatever can be done behind a link, also what is added later
VALUES = [
    b"", b" ", b"\0", b"null\0byte", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"%", b"%zz", b"-1", b"9" * 400, b"1e309", b"NaN",
    b"' OR 1=1 --", b'"; DROP TABLE bookings_enquiry; --', b"{{ 7*7 }}{% debug %}", b"../../../../etc/passwd", b"\r\nSet-Cookie: a=b",
    b"x" * 501, b"y" * 60_000, MARK.encode(), b"javascript:alert(1)", b"=cmd|'/C calc'!A0", b"[]", b"{}", b"on", b"none", b"any",
    "\u202egnp.exe".encode(), "Z\u0351\u036b\u0343\u036a\u0302\u036b".encode() * 30, "👩‍👩‍👧‍👦".encode() * 50, "ﷺ".encode() * 120,
    "\u200b\u2060\ufeff".encode(), "İıſK".encode(), b"a@b", b"a@" + b"b" * 250 + b".example", b"a@b.example\r\nBcc: c@d.example",
    b"+44" + b"0" * 40, "٠٧٧٠٠٩٠٠٩٨٢".encode(), b"harley-street.202699999999", b"harley-street.000101010000", b"online.", b".", b"..",
    b"nowhere.202611251400", b"harley-street.999912312359", b"harley-street.20261125140\0",
]  # fmt: skip
FIELDS = ["where", "slot", "preferred", "name", "email", "phone", "contact_by", "message_safety", "best_time", "message", "adult"]
FIELDS += ["offer", "website", "token", "earlier", "wants", "reason", "csrfmiddlewaretoken", "__proto__", "id", "status", "starts_at", "at"]
KINDS = ["application/x-www-form-urlencoded"] * 6 + [
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/json",
    "",
    "text/x",
]
KINDS += ["application/x-www-form-urlencoded; charset=utf-7", "application/x-www-form-urlencoded; charset=rot13"]
QUERIES = ["", "", "from=%ff", "from=9999-12-31&part=x", "at=%00", "at=" + "a" * 3000, "from=0001-01-01&days=weekend"]


class Attacker:
    """One visitor with a cookie jar, who knows the form and sends it bent."""

    def __init__(self, application, number: int, chance: random.Random):
        self.application = application
        self.chance, self.cookies = chance, {"csrftoken": CSRF}
        self.address = f"198.{18 + number // 62500}.{number // 250 % 250}.{number % 250 + 1}"

    def ask(self, path: str, body: bytes | None = None, kind: str = KINDS[0], query: str = "") -> tuple[int, str, str]:
        """Through the door gunicorn knocks on. Gives status, location and text."""
        environ = {
            "REQUEST_METHOD": "GET" if body is None else "POST",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "HTTP_X_FORWARDED_FOR": self.address,
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body or b"")),
            "wsgi.input": BytesIO(body or b""),
            "wsgi.url_scheme": "http",
        }
        said = {}

        def start_response(status, headers, exc_info=None):
            said.update(status=int(status[:3]), headers=headers)

        answer = self.application(environ, start_response)
        text = b"".join(answer).decode()
        answer.close()
        for name, value in said["headers"]:
            if name == "Set-Cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
        return said["status"], dict(said["headers"]).get("Location", ""), text

    def post(self, path: str, **answers: str) -> tuple[int, str, str]:
        return self.ask(path, urlencode(answers | {"csrfmiddlewaretoken": CSRF}).encode())

    def walk(self, slot: str) -> None:
        """As far as the last page, honestly, so that what follows meets answers to bend."""
        self.post("/book/where/", where=self.chance.choice(PLACES))
        self.post("/book/when/", slot=slot)
        self.post("/book/you/", name="Sam", email=f"{self.address}@example.org", contact_by="email", adult="on")

    def bent(self) -> bytes:
        """A body with some of the form's fields and hostile values, now and then none of a form at all."""
        if self.chance.random() < 0.05:
            return self.chance.randbytes(self.chance.choice([0, 1, 100, 5_000, 70_000]))
        fields = self.chance.choices(FIELDS, k=self.chance.choice([1, 3, 8, 250]))
        pairs = [f"{quote_from_bytes(name.encode())}={quote_from_bytes(self.value())}" for name in fields]
        if self.chance.random() < 0.9:
            pairs.append(f"csrfmiddlewaretoken={CSRF}")
        return "&".join(pairs).encode()

    def value(self) -> bytes:
        if self.chance.random() < 0.1:
            return signing.dumps(
                self.chance.choice([[1], ["x", "y"], {}, None, [["a"] * 50, ""]]), key="theirs", salt="bookings.check"
            ).encode()
        if self.chance.random() < 0.1:
            return "".join(self.chance.choices(string.printable, k=self.chance.randint(1, 40))).encode()
        return self.chance.choice(VALUES)

    def attack(self, keys: list[str]) -> tuple[int, str, str]:
        if self.chance.random() < 0.2:
            self.cookies[self.chance.choice(["sessionid", "csrftoken", "x"])] = self.chance.choice(["", "x" * 40, "%00", "ä", "a b"])
            self.cookies["csrftoken"] = CSRF
        ours = f"/request/{self.chance.choice([*keys, 'never', 'a' * 200])}/{self.chance.choice(VERBS)}"
        path = self.chance.choice([f"/book/{self.chance.choice(STEPS)}"] * 4 + [ours])
        return self.ask(path, self.bent(), self.chance.choice(KINDS), self.chance.choice(QUERIES))

    def honest(self, slot: str, offer: str) -> bytes:
        """What the forms behind a link would send, all at once."""
        return urlencode({"slot": slot, "wants": "yes", "reason": "", "offer": offer, "csrfmiddlewaretoken": CSRF}).encode()


@pytest.fixture
def application(settings):
    """The site as gunicorn calls it; the tracebacks of what fails in it are its `failures`."""
    settings.TRUSTED_PROXIES = 1
    settings.ALLOWED_HOSTS = ["localhost"]
    application = import_string(settings.WSGI_APPLICATION)  # only now: it wants the static files collected
    application.failures = []

    def remember(**_):
        application.failures.append(traceback.format_exc(limit=-3))

    got_request_exception.connect(remember)
    request_started.disconnect(close_old_connections)  # as Django's own test client does: the test is one transaction
    request_finished.disconnect(close_old_connections)
    yield application
    got_request_exception.disconnect(remember)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def nothing_is_stored_that_should_not_be() -> None:
    for enquiry in Enquiry.objects.all():
        if enquiry.erased_at:
            enquiry.validate_constraints()
        else:
            enquiry.full_clean(exclude=["fingerprint"])
        for name in ("name", "email", "phone_typed", "message", "cancel_reason"):
            value = getattr(enquiry, name)
            assert value == visible(value)
    assert not Hold.objects.exclude(enquiry__status__in=MAY_HOLD).exists()
    call_command("check_holds", stdout=StringIO())


def offer_times_to(key: str) -> None:
    """Some of those requests get an answer, so that the page that asks to choose is met, too."""
    now = timezone.now()
    offers = [offer for _, offer in next_slots(Clinic(now)) if offer]
    with suppress(Enquiry.DoesNotExist, InvalidTransition, actions.SlotUnavailable):
        actions.offer_times(Enquiry.objects.of_key(key), offers, user=None, now=now)


@pytest.mark.django_db
def test_hostile_submissions_to_the_booking(application, harley_street, online, next_time):
    chance = random.Random(SEED)  # the same every time: what is found can be found again
    statuses, keys, accepted = Counter(), [], 0
    for number in range(SUBMISSIONS // 10):
        attacker = Attacker(application, number, chance)
        if number % 3 == 0:
            attacker.walk(next_time.slot)
        if number % 20 == 0 and keys:
            offer_times_to(keys[-1])
        for _ in range(10):
            status, location, text = attacker.attack(keys[-5:])
            statuses[status] += 1
            assert MARK not in text
            if status == 303 and location not in {f"/request/{key}/" for key in keys}:
                accepted += 1
                keys.append(location.split("/")[2])
    assert application.failures == []
    assert sum(statuses.values()) == SUBMISSIONS
    assert set(statuses) <= EXPECTED, statuses
    assert statuses[200] + statuses[302] > SUBMISSIONS / 5, statuses  # most of them got past the doors
    assert Enquiry.objects.count() == accepted
    nothing_is_stored_that_should_not_be()


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb or "shown")
def test_hostile_submissions_to_the_pages_behind_a_link(application, harley_street, online, staff, verb):
    """At each address, to a request in each state its person can meet it in; one in ten is what an honest form would send."""
    now = timezone.now()
    first, *rest = list(SlotFinder([harley_street], *bookable_days(now), now).free_at(harley_street))[:40:4]
    chance = random.Random(SEED)
    made = [
        factories.request(harley_street, first.starts_at, now=now),
        factories.request(now=now, email="", phone="+447700900982", contact_by="call", name=MARK),
        factories.request(now=now, suspect=True),
        stages.confirmed(harley_street, rest[0].starts_at, staff, now, email="b@example.org"),
        stages.offered(harley_street, rest[1].starts_at, staff, now, email="c@example.org"),
        actions.decline(factories.request(now=now, email="d@example.org"), reason="no_capacity", user=staff, now=now),
        actions.cancel(factories.request(now=now, email="e@example.org"), now=now),
    ]
    offers = [str(pk) for pk in Hold.objects.filter(kind="offered").values_list("pk", flat=True)] + ["none", "1"]
    statuses = Counter()
    for number in range(BEHIND_EACH // len(made)):
        for enquiry in made:
            attacker = Attacker(application, number, chance)
            body = attacker.honest(rest[number % len(rest)].slot, chance.choice(offers)) if chance.random() < 0.1 else attacker.bent()
            status, location, text = attacker.ask(f"/request/{enquiry.key}/{verb}", body, chance.choice(KINDS), chance.choice(QUERIES))
            statuses[status] += 1
            assert MARK not in text
            assert location == "" or location.startswith(("/request/", "/book/"))
    assert application.failures == []
    assert set(statuses) <= EXPECTED, statuses
    assert Enquiry.objects.count() == len(made)  # whatever is sent to a link makes no request
    nothing_is_stored_that_should_not_be()
