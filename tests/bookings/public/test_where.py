"""Where one would like to meet: what each place says of itself, links that name a place, and places without a free time."""

import pytest
from django.utils import timezone

from bookings import actions
from bookings.queries.slots import next_slots
from services.clinic.clinic import Clinic
from services.clinic.uk_time import clock, short_date
from services.models import Location
from tests.bookings.factories import request
from tests.bookings.walker import Walker, page, words


@pytest.fixture
def walker(harley_street, online):
    return Walker()


def chosen(response):
    return [radio["value"] for radio in page(response).select("input[name=where][checked]")]


def hints(response):
    return {radio["value"]: page(response).select_one(f"#{radio['id']}_hint").get_text() for radio in page(response).select("[name=where]")}


def test_each_place_says_its_next_free_time_and_any_place_the_first_of_them(walker, harley_street, staff):
    """A time on offer to somebody is not free."""
    now = timezone.now()
    times = dict(next_slots(Clinic(now)))
    actions.offer_times(request(now=now), [times[harley_street]], user=staff, now=now)
    after = dict(next_slots(Clinic(now)))
    assert after[harley_street].starts_at > times[harley_street].starts_at
    said = {slug: hint.rpartition("Next free time: ")[2] for slug, hint in hints(walker.get("where/")).items()}
    in_words = {place.slug: f"{short_date(offer.starts_at)}, {clock(offer.starts_at)}" for place, offer in after.items()}
    assert said == in_words | {"any": in_words["online"]}


def test_without_any_free_time_each_says_so(walker):
    for place in Location.objects.all():
        place.consultation_hours.all().delete()
    assert all(hint.endswith("No free time in the next 8 weeks") for hint in hints(walker.get("where/")).values())


def test_the_page_of_a_place_leads_to_the_question_with_that_place_chosen(walker, client, online):
    (book,) = [a["href"] for a in page(client.get(online.get_absolute_url())).select("a") if "online consultation" in a.get_text()]
    (begin,) = [a["href"] for a in page(client.get(book)).select("a") if "Request a consultation" in a.get_text()]
    assert chosen(client.get(begin)) == ["online"]


def test_a_place_that_a_link_named_is_chosen_on_that_page_and_kept_nowhere(walker):
    assert chosen(walker.get("where/", at="online")) == ["online"]
    assert chosen(walker.get("where/", at="nowhere")) == []
    assert not walker.client.session.keys()


def test_what_is_answered_counts_more_than_an_old_link(walker):
    walker.get("where/", at="online")
    walker.where("harley-street")
    assert chosen(walker.get("where/")) == ["harley-street"]
    assert chosen(walker.get("where/", at="any")) == ["any"]


def test_a_link_that_names_a_place_changes_nothing_of_what_is_about_to_be_sent(walker):
    walker.to_check()
    token = walker.token
    walker.get("where/", at="online")
    assert walker.send(token).status_code == 303


def test_a_place_without_a_free_time_asks_when_one_could_come_and_says_how_to_call(walker, harley_street):
    harley_street.consultation_hours.all().delete()
    walker.where("harley-street")
    shown = walker.client.get("/book/when/", follow=True)
    assert shown.redirect_chain == [("/book/when/other/", 302)]
    assert "There is no free time at Harley Street in the next 8 weeks." in words(shown)
    assert "0345 474 1724" in words(shown)
    assert "choose another place" in words(shown)
    assert page(shown).select("input[name=preferred]")


def test_any_place_shows_seven_days_at_a_time_each_time_with_its_place(walker):
    walker.where("any")
    shown = page(walker.get("when/"))
    assert len(shown.select(".days li")) == 7
    names = {"harley-street": "Harley Street", "online": "Online"}
    slots = [radio for radio in shown.select("input[name=slot]") if radio["value"] != "none"]
    assert {radio["value"].split(".")[0] for radio in slots} == set(names)
    for radio in slots:
        assert shown.select_one(f"label[for={radio['id']}]").get_text().endswith(names[radio["value"].split(".")[0]])
        assert radio["data-label"].endswith(names[radio["value"].split(".")[0]])
    later = next(a["href"] for a in shown.select(".week nav a") if "Later days" in a.get_text())
    assert len(page(walker.client.get(later)).select(".days li")) == 7
