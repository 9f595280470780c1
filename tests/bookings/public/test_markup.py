"""What the HTML of every form must hold so that any browser and any screen reader can use it. axe alone does not notice all of this."""

from itertools import islice

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from bookings import actions
from bookings.domain.status import Status
from bookings.models import Enquiry
from bookings.queries.slots import Slot, SlotFinder, bookable_days, next_slots
from services.clinic.clinic import Clinic
from tests.bookings import factories
from tests.bookings.walker import Walker
from tests.slots import offer_of

pytestmark = [pytest.mark.same_everywhere, pytest.mark.django_db]

TYPED_BADLY = {"name": "", "email": "sam@", "phone": "12", "message": "x" * 501}


def where(walker):
    return walker.get("where/"), walker.post("where/")


def when(walker):
    walker.where()
    return walker.get("when/"), walker.post("when/")


def when_any_place(walker):
    walker.where("any")
    return walker.get("when/"), walker.post("when/")


def other(walker):
    walker.where()
    return walker.get("when/other/"), walker.post("when/other/")


def you(walker):
    walker.where()
    walker.when()
    return walker.get("you/"), walker.post("you/")


def you_typed_badly(walker):
    walker.where()
    walker.when()
    return walker.get("you/"), walker.post("you/", **TYPED_BADLY)


def check(walker):
    walker.where()
    walker.when()
    walker.you()
    return walker.get("check/"), walker.send()  # faster than anyone can read


def lost(walker):
    walker.where()
    page = walker.get("when/")
    slot = walker.slots()[0]
    offer = offer_of(slot)
    factories.request(offer.location, offer.starts_at, now=timezone.now())
    return page, walker.when(slot)


def made(**changes) -> Enquiry:
    """A request for the next free time of the first place."""
    now = timezone.now()
    _, offer = next_slots(Clinic(now))[0]
    return factories.request(offer.location, offer.starts_at, now=now, **changes)


def without_a_time() -> Enquiry:
    return factories.request(now=timezone.now(), preferred_times=["weekends"])


def change(walker):
    return twice(walker, made(), "change/")


def change_a_confirmed_one(walker):
    enquiry = made()
    Enquiry.objects.update(status=Status.CONFIRMED)
    return twice(walker, enquiry, "change/")


def choose_a_time(walker):
    return twice(walker, without_a_time(), "change/?at=any")


def change_to_a_time_that_is_gone(walker):
    return twice(walker, made(), "change/", slot="nonsense")


def change_to_a_time_that_is_lost(walker):
    enquiry = made()
    taken = made(email="alex@example.org")
    return twice(walker, enquiry, "change/", slot=Slot(taken.starts_at, taken.location).slot)


def cancel(walker):
    return twice(walker, made(), "cancel/", reason="x" * 501)


def proposed(confirmed=False) -> Enquiry:
    """Two times on offer, to someone with or without an appointment."""
    now = timezone.now()
    staff = get_user_model().objects.create(username="reception")
    enquiry = made()
    if confirmed:
        actions.confirm(enquiry, user=staff, now=now)
    free = SlotFinder([enquiry.location], *bookable_days(now), now).free_at(enquiry.location)
    return actions.offer_times(enquiry, list(islice(free, 2)), user=staff, now=now)


def accept(walker):
    return twice(walker, proposed(), "accept/")


def accept_what_is_gone(walker):
    return twice(walker, proposed(confirmed=True), "accept/", offer="nonsense")


def none_of_these(walker):
    return twice(walker, proposed(), "accept/none/", preferred="nonsense")


def keep_the_appointment(walker):
    return [walker.client.get(f"{proposed(confirmed=True).get_absolute_url()}accept/none/")]


def status_with_times_on_offer(walker):
    return [walker.client.get(proposed(confirmed=True).get_absolute_url())]


def twice(walker, enquiry, page, **answers):
    """A page of a request as it is first seen, and after these answers."""
    path = enquiry.get_absolute_url() + page
    return walker.client.get(path), walker.client.post(path, answers)


def clear(walker):
    walker.where()
    return [walker.get("clear/")]


def delete(walker):
    return [walker.client.get(f"{enquiry.get_absolute_url()}delete/") for enquiry in (made(), without_a_time())]


def status(walker):
    """In every state, also with an earlier time wanted and without a time."""
    enquiry = made()
    for state in Status:
        outcome = Enquiry.Outcome.BOOKED if state == Status.CLOSED else ""
        Enquiry.objects.filter(pk=enquiry.pk).update(status=state, outcome=outcome, wants_earlier=state == Status.CONFIRMED)
        yield walker.client.get(enquiry.get_absolute_url())
    yield walker.client.get(without_a_time().get_absolute_url())


def status_of_what_was_sent_before(walker):
    return [walker.to_check().send_twice_with_another_name()]


WITH_MISTAKES = [where, when, when_any_place, other, you, you_typed_badly, check, lost]
WITH_MISTAKES += [change, change_a_confirmed_one, choose_a_time, change_to_a_time_that_is_gone, change_to_a_time_that_is_lost, cancel]
WITH_MISTAKES += [accept, accept_what_is_gone, none_of_these]
WITHOUT = [
    clear,
    delete,
    status,
    status_of_what_was_sent_before,
    keep_the_appointment,
    status_with_times_on_offer,
]  # nothing on them can be answered wrongly


@pytest.fixture(scope="module")
def every_page(installed, django_db_blocker):
    """Each page as it is first seen, and with mistakes where it can have any. Made once for all tests, which only read them."""
    pages = {}
    with django_db_blocker.unblock(), transaction.atomic():
        installed.insert(installed.content + installed.rota)
        for ways in WITH_MISTAKES + WITHOUT:
            nothing_yet = connection.savepoint()
            pages[ways] = [BeautifulSoup(response.content, "lxml") for response in ways(Walker())]
            connection.savepoint_rollback(nothing_yet)
        transaction.set_rollback(True)
    return pages


@pytest.fixture(params=WITH_MISTAKES + WITHOUT, ids=lambda ways: ways.__name__)
def pages(request, every_page):
    return every_page[request.param]


@pytest.fixture(params=WITH_MISTAKES, ids=lambda ways: ways.__name__)
def first_and_mistaken(request, every_page):
    return every_page[request.param]


@pytest.fixture
def mistaken(first_and_mistaken):
    return first_and_mistaken[1]


@pytest.fixture
def form(mistaken):
    return mistaken.select_one("main form")


def test_a_page_with_mistakes_says_so_in_its_title(first_and_mistaken):
    first, mistaken = first_and_mistaken
    assert not first.title.get_text().startswith("Error")
    assert mistaken.title.get_text().startswith("Error: ")


def test_every_id_is_there_once(pages):
    for page in pages:
        ids = [element["id"] for element in page.select("[id]")]
        assert len(ids) == len(set(ids))


def test_every_description_that_is_pointed_to_exists(pages):
    for page in pages:
        for element in page.select("[aria-describedby], [aria-labelledby], [aria-controls]"):
            for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
                for target in element.get(name, "").split():
                    assert page.find(id=target), (element.name, target)


def test_every_link_of_the_summary_leads_to_an_input_and_says_what_stands_beside_it(mistaken):
    summary = mistaken.select_one(".error-summary")
    assert summary["tabindex"] == "-1"
    assert summary.has_attr("autofocus")
    assert summary.select_one("[role=alert] h2").get_text() == "There is a problem"
    assert summary.select("li")
    for link in summary.select("a"):
        target = mistaken.find(id=link["href"].removeprefix("#"))
        assert target.name in {"input", "textarea"}
        beside = [error.get_text().removeprefix("Error: ") for error in mistaken.select(".field-error")]
        assert link.get_text() in beside


def test_the_error_and_the_hint_belong_to_their_input_or_group(form):
    for error in form.select(".field-error"):
        described = error["id"] if error.has_attr("id") else error.parent["id"]
        users = [e for e in form.select("[aria-describedby]") if described in e["aria-describedby"].split()]
        assert users
        assert all(user.name in {"input", "textarea", "fieldset"} for user in users)
        assert error.select_one(".vh").get_text() == "Error: "


def test_radios_and_checkboxes_of_a_group_stand_in_a_fieldset_with_a_legend(pages):
    for page in pages:
        inputs = page.select("input[type=radio], input[type=checkbox]")
        names = [element["name"] for element in inputs]
        for element in inputs:
            if names.count(element["name"]) > 1:
                assert element.find_parent("fieldset").find("legend").get_text(strip=True)


def test_the_hint_of_an_option_belongs_to_its_radio(pages):
    for page in pages:
        for choice in page.select(".choice:has(.hint)"):
            assert choice.select_one(".hint")["id"] in choice.input["aria-describedby"].split()


def test_every_place_has_a_hint(every_page):
    assert len(every_page[where][0].select(".choice .hint")) == 5


def test_every_input_has_its_own_label_in_words_for_people(pages):
    for page in pages:
        for label in page.select("label"):
            assert page.find(id=label["for"]).name in {"input", "textarea"}
            assert label.get_text(strip=True)
            assert "[(" not in label.get_text()
        for element in page.select("main input:not([type=hidden]), main textarea"):
            assert len(page.select(f'label[for="{element["id"]}"]')) == 1


def test_the_browser_leaves_the_judging_to_us(pages):
    assert any(page.select("main form") for page in pages)
    for page in pages:
        for form in page.select("main form"):
            assert form.has_attr("novalidate")
        assert not page.select("main [required], main [maxlength], main [pattern], main input[type=number], main input[type=submit]")


def test_the_browser_may_fill_in_who_one_is(every_page):
    page = every_page[you][0]
    filled = {page.find(id=f"id_{name}")["autocomplete"] for name in ("name", "email")}
    assert filled == {"name", "email"}
    assert (page.find(id="id_phone")["autocomplete"], page.find(id="id_phone")["type"]) == ("tel", "tel")
    assert page.find(id="id_email")["type"] == "email"
    assert page.find(id="id_website")["autocomplete"] == "off"


def test_there_is_one_heading_of_the_first_level(pages):
    for page in pages:
        assert len(page.select("h1")) == 1
