"""Every page of the admin at six widths, with a month of 120 requests whose names are as long and as foreign as people's are, and empty."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.redirects.models import Redirect
from django.utils import timezone

from bookings import sample_month
from bookings.domain.schedule import MAIL, TIMETABLE
from bookings.models import Closing, Enquiry, Job, RotaException
from harley.models import Look
from services.models import BankHoliday, Closure, Image, Location, Person
from tests import depth
from tests.browser import desk_pages
from tests.browser.conftest import sign_in
from tests.browser.layout import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"viewport": {"width": 1440, "height": 900}, "has_touch": False, "is_mobile": False, "reduced_motion": "reduce"}
LONG = "Featherstonehaugh-Cholmondeley-Marjoribanks"
BAD = {  # what a careless style sheet does, and what is found
    "<div style='display: flex; width: 80px'><p style='overflow-wrap: anywhere; width: 30px'>Wilhelmina</p></div>": "is broken into",
    "<p style='width: 90px; white-space: nowrap; overflow: hidden'>Confirmed without a practitioner</p>": "cut: ",
    "<p style='display: grid; grid-template-columns: 60px auto'><span style='white-space: nowrap'>for less than a minute</span>"
    "<a class='button' href='#'>What came of it?</a></p>": "lie over one another",
    "<p style='position: relative; height: 20px'>One<i style='position: absolute; left: 0; top: 3px'>Two</i></p>": "lie over one another",
    "<div id='content'><div style='overflow: auto'><p style='width: 3000px'>A table</p></div></div>": "scrolls inside",
    "<button style='position: relative; left: 3000px'>Save</button>": "scrolls sideways",
    "<button style='position: relative; left: -20px'>Save</button>": "outside the window",
    "<details class='filter'><summary>State</summary><ul style='position: absolute; left: -40px'><li>All</li></ul></details>": "the menu",
}


@pytest.mark.parametrize(("html", "found"), BAD.items(), ids=BAD.values())
def test_what_is_bad_is_found(html, found, browser):
    with browser.new_context(viewport=DESK["viewport"]) as context:
        page = context.new_page()
        page.set_content(f"<body style='margin: 0'>{html}</body>")
        assert any(found in each for each in faults(page))


def test_what_is_good_is_not(browser):
    good = "<p>Wilhelmina van der Westhuizen-Oosterhout</p><div style='overflow: auto'><p style='width: 3000px'>A table</p></div>"
    good += "<span style='position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)'>For ears</span>"
    with browser.new_context(viewport=DESK["viewport"]) as context:
        page = context.new_page()
        page.set_content(f"<body style='margin: 0'>{good}<button>Save</button></body>")
        assert faults(page) == []


def look_at(page, paths: dict[str, list[str]]) -> str:
    """Look at each page; return what is wrong, a line each."""
    found = []
    for path in dict.fromkeys(path for some in paths.values() for path in some):
        if page.goto(path).status != 200:
            found.append(f"{path} cannot be opened")
        found += [f"{path} {each}" for each in faults(page)]
    return "\n".join(found)


@pytest.fixture
def desk(open_page, staff):
    """The page of a browser in which somebody at reception is signed in; the worker is alive."""
    now = timezone.now()
    for job in (MAIL, *TIMETABLE):
        Job.objects.create(name=job, started_at=now, finished_at=now)
    page, watch = open_page(**DESK)
    sign_in(page)
    watch.expected.add(404)  # of the picture in `fill`, which has no file
    return page


def fill(staff) -> None:
    """Give the clinic a month of work and every kind of row."""
    now, today = timezone.now(), timezone.localdate()
    Person.objects.create(name=f"Dr Anastasia {LONG}", slug="anastasia", is_practitioner=True)
    Person.objects.create(name="Ng", slug="ng", is_practitioner=True)
    sample_month.make_month(staff, now)
    place = Location.objects.get(slug="harley-street")
    RotaException.objects.create(location=place, day=today + timedelta(days=9), opens="10:00", closes="12:00")
    Closure.objects.create(reason="Refurbishment", first_day=today + timedelta(days=60), last_day=today + timedelta(days=62))
    BankHoliday.objects.get_or_create(day=today + timedelta(days=25), defaults={"name": "Substitute day for the Queen’s birthday"})
    Closing.objects.create(kind="confirmed", text="Please bring the letter of your GP.")
    Redirect.objects.create(site_id=1, old_path=f"/{'w' * 150}/", new_path="/therapies/dynamic-interpersonal-therapy/")
    get_user_model().objects.create(username=f"{'w' * 140}", first_name="Anastasia", last_name=LONG, is_staff=True)
    Look.objects.create(user=staff, at=now, enquiry=Enquiry.objects.latest("pk"), page="bookings_enquiry_change")
    LogEntry.objects.create(user=staff, content_type_id=1, object_id=1, object_repr=LONG, action_flag=2, change_message=LONG * 3)
    Image(name=f"The waiting room of {LONG}", slug="waiting", alt="Two armchairs", digest="0" * 32, width=1200, height=800).save()


def test_every_page_with_a_month_of_requests(desk, staff):
    fill(staff)
    paths = desk_pages.paths()
    left = {name for name in desk_pages.names() - set(paths) - set(desk_pages.NO_PAGE) if not name.endswith("_draft")}
    assert left - desk_pages.NEVER == set()
    assert look_at(desk, desk_pages.paths(any_model=depth.DEEP)) == ""


def test_the_pages_of_the_day_with_nothing_on_them(desk):
    paths = {name: some for name, some in desk_pages.paths().items() if not name.startswith(("services_", "redirects_", "auth_"))}
    assert look_at(desk, paths) == ""
