"""Every page of the booking is HTML without one error: asked for, answered wrongly, and in every state of a request."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.domain.status import Status
from bookings.models import Enquiry
from services.models import ClinicDetails, Closure, CrisisContact, Location
from tests.bookings.factories import request
from tests.bookings.walker import Walker, page
from tests.markup import faults

pytestmark = pytest.mark.same_everywhere

NASTY = "A & B <b>\"quoted\"</b> 'x' &amp; </p> &nbsp</textarea></script>\nsecond line"


class Reader(Walker):
    """A walker that keeps the faults of every page it was shown."""

    def __init__(self, **extra):
        super().__init__(**extra)
        self.shown, self.wrong = [], []

    def read(self, *responses):
        for response in responses:
            self.shown.append(f"{response.status_code} {page(response).title.get_text()}")
            self.wrong += [
                f"{response.request['REQUEST_METHOD']} {response.request['PATH_INFO']}: {each}" for each in faults(response.content)
            ]


@pytest.fixture
def reader(harley_street, online):
    ClinicDetails.objects.update(crisis_statement=NASTY, emergency_heading="Call 999 & go", emergency_signs=NASTY)
    CrisisContact.objects.create(name="A & B", how="Call 116 123", number="116 123")
    Location.objects.update(area="By the river & <sea>")
    return Reader()


def ends(reader, *statuses):
    """No fault, and these pages were among those read."""
    assert reader.wrong == []
    assert [shown[:3] for shown in reader.shown] == list(statuses)


def test_every_step_as_asked_for_and_with_every_answer_missing(reader):
    reader.read(reader.get(""), reader.get("", at="online"), reader.get("where/"), reader.post("where/"), reader.get("where/", at="online"))
    reader.where()
    reader.read(reader.get("when/"), reader.post("when/"), reader.get("when/", part="evening"), reader.get("when/", days="weekend"))
    reader.read(reader.post("when/", slot="nonsense"), reader.get("when/other/"), reader.post("when/other/"))
    reader.when()
    reader.read(
        reader.get("you/"), reader.post("you/"), reader.you(contact_by="phone"), reader.you(phone="12", email="sam@", message="x" * 501)
    )
    reader.you(name=NASTY, email="sam@gmial.com", phone="07700 900 982", message=NASTY)
    reader.read(reader.get("check/"), reader.post("check/", token="forged"), reader.get("where/"), reader.get("when/"), reader.get("you/"))
    reader.read(reader.get("clear/"), reader.post("clear/"))
    ends(reader, *["200"] * 23)
    assert len([shown for shown in reader.shown if shown[4:].startswith("Error: ")]) == 8


def test_any_place_and_no_time(reader):
    reader.where("any")
    reader.read(reader.get("when/"))
    reader.post("when/", slot="none")
    reader.post("when/other/", preferred=["weekends"])
    reader.you()
    reader.read(reader.get("check/"))
    ends(reader, "200", "200")


def test_a_place_without_free_times(reader, harley_street):
    harley_street.consultation_hours.all().delete()
    reader.where()
    reader.read(reader.client.get("/book/when/", follow=True))
    ends(reader, "200")


def test_a_lost_time(reader):
    reader.to_check()
    Walker().to_check(slot=reader.client.session["booking"]["slot"]).send()
    reader.read(reader.send())
    reader.when()
    today = datetime.now(UTC).date()
    Closure.objects.create(reason="Flood", first_day=today, last_day=today + timedelta(days=6))
    reader.read(reader.send())
    ends(reader, "409", "200")


def test_lost_answers_a_second_sending_and_too_many(reader):
    reader.read(*(reader.get(step) for step in ("when/", "when/other/", "you/", "check/")))
    reader.read(reader.to_check().send_twice_with_another_name())
    for n in range(30):
        Walker().to_check(slot=None, email=f"{n}@example.org", website="x").send()
    reader.read(reader.to_check().send())
    ends(reader, "200", "200", "200", "200", "409", "429")


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("place", ["harley_street", "online", None])
def test_the_page_of_a_request_in_every_state(reader, place, status, made):
    enquiry = made(place)
    if place or status != "confirmed":  # a confirmed request has a time: the database sees to it
        Enquiry.objects.update(status=status, outcome="booked", video_link="https://video.example/?a=1&b=2")
    Location.objects.update(address="1 Any & Street\nLondon")
    reader.read(reader.client.get(enquiry.get_absolute_url()))
    for name, mistake in {"change/": {"slot": NASTY}, "cancel/": {"reason": "x" * 10_000}}.items():
        path = enquiry.get_absolute_url() + name
        reader.read(reader.client.get(path, follow=True), reader.client.post(path, mistake, follow=True))
    delete = f"{enquiry.get_absolute_url()}delete/"
    reader.read(reader.client.get(delete, follow=True), reader.client.post(delete, follow=True))
    ends(reader, *["200"] * 7)


@pytest.fixture
def made(harley_street, online, thursday_ten, now):
    def request_at(place):
        if place is None:
            return request(now=now, email="", contact_by="phone", phone="+447700900982", preferred_times=["weekends"])
        return request({"harley_street": harley_street, "online": online}[place], thursday_ten, now=now)

    return request_at


def test_a_link_that_leads_nowhere(reader):
    reader.read(reader.client.get("/request/wrong/"), reader.client.get("/request/wrong/cancel/"))
    ends(reader, "404", "404")
