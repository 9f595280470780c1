"""Our own words read easily: a Flesch-Kincaid grade of 8 or less, which is UK age 13. tests/reading.py says how it is counted.

Each text under a heading is measured by itself, from the page as shown; those of a page with fewer than 30 words are measured together.
The clinic's own words of 2020 are its to change and are left out: on the page about DIT by the names of their sections, elsewhere where
they are quoted. So are its ratings, the citations of studies, and the call panel that stands on every page. The names of three therapies
count as one plain word each: there is no plainer one.
"""

import re
from copy import copy
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from django.utils.html import linebreaks

from bookings.domain.status import Status
from bookings.models import Closing, Enquiry, Notice
from bookings.models.event import OFFERS_LAPSED, TIME_CHANGED
from bookings.notifications import samples
from bookings.notifications.rendering import written
from bookings.queries.slots import next_slots
from services.clinic.clinic import Clinic
from services.models import Service
from tests.bookings.factories import request
from tests.bookings.walker import Walker
from tests.reading import Text, texts
from tests.services.found import paths

pytestmark = pytest.mark.same_everywhere

HARDEST = 8
SHORTEST = 30  # words; the grade of fewer says little
DIT = "/therapies/dynamic-interpersonal-therapy/"
SEED_SECTIONS = ["relationships", "our-practitioners", "start", "what-is-dit", "sessions", "results", "approach"]
NAMES = ["dynamic interpersonal therapy", "interpersonal psychotherapy", "psychodynamic"]


def plain(html: str) -> str:
    return re.sub("|".join(NAMES), "name", html, flags=re.IGNORECASE)


def shown(response) -> BeautifulSoup:
    main = BeautifulSoup(plain(response.content.decode()), "html.parser").main
    for each in main.select(".ratings, .panel--call"):
        each.decompose()
    return main


def measured(page: str, found: list[Text]) -> list[Text]:
    """The texts long enough to be measured alone, and the others of the page as one."""
    long = [text for text in found if len(text.words) >= SHORTEST]
    short = [sentence for text in found if text not in long for sentence in text.sentences]
    return long + ([Text(f"{page}: short texts", "", tuple(short))] if short else [])


def too_hard(found: list[Text]) -> str:
    """What to rewrite, for a person: each text with its grade and its longest sentences."""
    hard = [text for text in found if text.grade > HARDEST]
    return "\n".join(f"{text.grade:.1f} {text.name}" + "".join(f"\n     {each}" for each in text.longest) for text in hard)


@pytest.fixture
def seed(content, client):
    """The clinic's own words of 2020, as one text."""
    sections = [text for text in texts(DIT, shown(client.get(DIT))) if text.anchor in SEED_SECTIONS]
    assert [text.anchor for text in sections] == SEED_SECTIONS
    service = Service.objects.get()
    own = [sentence for text in sections for sentence in text.sentences]
    return " ".join([*own, plain(service.strapline), plain(service.proven_lead_in)]).lower()


@pytest.fixture
def times(rota):
    """The next free time at each place, by the place's slug."""
    return {place.slug: offer for place, offer in next_slots(Clinic(timezone.now()))}


def test_the_measure_tells_easy_from_hard():
    easy, _ = texts("easy", "<p>We meet. You and your therapist talk for about 50 minutes.</p><h2>A heading of four words</h2>")
    (hard,) = texts("hard", "<ul><li>Psychological assessments necessitate considerable preparation</li></ul>")
    assert easy.sentences == ("You and your therapist talk for about 50 minutes.",)
    assert easy.grade == pytest.approx(0.39 * 9 + 11.8 * 13 / 9 - 15.59)
    assert too_hard([easy, hard]) == "35.9 hard\n     Psychological assessments necessitate considerable preparation"


def test_every_public_page(seed, client, settings):
    found = []
    for url in paths(client, settings.SITE_URL):
        ours = [
            Text(
                text.name,
                text.anchor,
                tuple(each for each in text.sentences if not re.search(rf"\b{re.escape(each.rstrip('.:').lower())}\b", seed)),
            )
            for text in texts(url, shown(client.get(url)))
            if not text.name.endswith(": Sources")
        ]
        found += measured(url, ours)
    assert sum(len(text.words) for text in found) > 3000
    assert not (hard := too_hard(found)), hard


def steps(walker):
    """The booking as asked for, and with every answer missing, up to the page from which the request is sent."""
    yield walker.get("")
    yield from (walker.get("where/"), walker.post("where/"))
    walker.where()
    yield from (walker.get("when/"), walker.post("when/"), walker.get("when/other/"), walker.post("when/other/"))
    walker.when()
    yield from (walker.get("you/"), walker.post("you/"))
    yield from (walker.to_check().get("check/"), walker.get("clear/"), walker.post("clear/"), walker.get("you/"))


def in_every_state(walker, enquiry):
    """The pages of a request while it goes on, then its own page in every state."""
    url = enquiry.get_absolute_url()
    yield from (walker.client.get(f"{url}{verb}/") for verb in ("cancel", "change", "delete"))
    for status in Status:
        if enquiry.starts_at or status != Status.CONFIRMED:  # what is confirmed has a time: the database sees to it
            Enquiry.objects.filter(pk=enquiry.pk).update(status=status, outcome="booked")
            yield walker.client.get(url)


def test_every_page_of_the_booking(times):
    walker, now = Walker(), timezone.now()
    timed = request(times["online"].location, times["online"].starts_at, now=now)
    untimed = request(now=now, contact_by="call", email="", phone="+447700900982", preferred_times=["weekends"])
    pages = [*steps(walker), *in_every_state(walker, timed), *in_every_state(walker, untimed), walker.client.get("/request/wrong/")]
    found = []
    for n, response in enumerate(pages):
        name = f"{response.request['REQUEST_METHOD']} {response.request['PATH_INFO']} (page {n})"
        found += measured(name, texts(name, shown(response)))
    assert not (hard := too_hard(found)), hard


def variants(kind, about):
    """The other things a message of this kind may say."""
    enquiry = about.enquiry
    if kind == "expired":
        return [replace(about, came_from=state) for state in ("proposed", "waitlisted")]
    if kind == "confirmed":
        return [replace(about, note=note) for note in (TIME_CHANGED, OFFERS_LAPSED)]
    if kind in {"offered", "cancelled_clinic"}:
        return [replace(about, holds=about.holds[:1]), replace(about, holds=())]
    if kind == "received":
        untimed = copy(enquiry)
        untimed.starts_at, untimed.preferred_times, untimed.wants_earlier = None, ["weekends"], True
        return [replace(about, note=TIME_CHANGED), replace(about, enquiry=untimed, holds=())]
    if kind == "declined":
        other = copy(enquiry)
        other.decline_reason = "not_suitable"
        return [replace(about, enquiry=other)]
    return []


def test_every_message_to_a_client_written_and_spoken(content):
    now, found = timezone.now(), []
    clinic = Clinic(now)
    for kind in (kind for kind in Notice.Kind if Notice.is_to_client(kind)):
        about = samples.about(kind, now)
        for n, each in enumerate([about, *variants(kind, about)]):
            words = written(kind, each.context(now, clinic), clinic)
            found += measured(f"{kind} {n}", texts(f"{kind} {n}", plain(words.html)))
            found += measured(f"{kind} {n} by phone", texts(f"{kind} {n} by phone", linebreaks(plain(words.spoken))))
    assert len(found) >= 2 * len(Closing.KINDS)
    assert not (hard := too_hard(found)), hard


def test_every_message_to_staff(content):
    now, found = timezone.now(), []
    for kind in (kind for kind in Notice.Kind if not Notice.is_to_client(kind)):
        found += measured(kind, texts(kind, plain(samples.sample(kind, now, Clinic(now)).html)))
    assert not (hard := too_hard(found)), hard
