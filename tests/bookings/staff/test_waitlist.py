"""Who waits for a time or an earlier one, and what has come free that fits."""

from datetime import time, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.domain.availability import RULES
from bookings.models import Enquiry, RotaException
from bookings.staff.dashboard import SHOWN_ASIDE, Dashboard
from bookings.staff.enquiry.slot_choice import staff_diary
from bookings.staff.enquiry.waitlist import propose, queues, waiting
from services.clinic.clinic import Clinic
from services.clinic.uk_time import LONDON, appointment, clock
from services.models import Closure, Location
from tests.bookings.desk import at, confirmed, free_times, page, said, waiting_for, words
from tests.bookings.factories import request
from tests.plans import plan_of, reads_whole_table


@pytest.fixture
def free(harley_street, online, now):
    return staff_diary(Location.objects.all(), now).free()


def fits(enquiry, free):
    return [f"{offer.starts_at.astimezone(LONDON):%a %H:%M} {offer.location.slug}" for offer in proposed_to(enquiry, free)]


def proposed_to(enquiry, free):
    (row,) = propose([enquiry], free)
    return row.fits


def rows(response):
    return [words(item) for item in page(response).select(".waiting > li")]


def test_what_fits_is_at_the_place_in_the_parts_named_and_before_the_time_they_have(free, harley_street, online, now, thursday_ten, staff):
    anywhere = request(now=now, email="a@example.org")
    assert fits(actions.waitlist(anywhere, user=staff, now=now), free) == [
        "Tue 09:00 harley-street", "Tue 09:00 online", "Wed 09:00 harley-street",
    ]  # fmt: skip
    picky = request(now=now, email="b@example.org", location_id=online.pk, preferred_times=["weekends"])
    assert fits(actions.waitlist(picky, user=staff, now=now), free) == ["Sat 09:00 online", "Sat 10:00 online", "Sun 09:00 online"]
    evenings = request(now=now, email="c@example.org", preferred_times=["weekday_evenings"])
    assert fits(actions.waitlist(evenings, user=staff, now=now), free) == []
    has_one = request(harley_street, thursday_ten - timedelta(days=1, hours=1), now=now, email="d@example.org", wants_earlier=True)
    assert fits(has_one, free) == ["Tue 09:00 harley-street", "Tue 10:00 harley-street"]


def test_what_fits_does_not_overlap(harley_street, now, staff):
    """Or pressing the one button could never hold all of it."""
    harley_street.consultation_hours.update(every=30)
    enquiry = actions.waitlist(request(now=now, email="a@example.org"), user=staff, now=now)
    fitting = proposed_to(enquiry, staff_diary([harley_street], now).free())
    assert fits(enquiry, fitting) == ["Tue 09:00 harley-street", "Tue 10:00 harley-street", "Wed 09:00 harley-street"]
    assert actions.offer_times(enquiry, fitting, user=staff, now=now).holds.count() == 3


def test_no_time_is_proposed_to_two_who_wait(free, harley_street, online, now, staff):
    """Nor one that overlaps it: the second to be offered it would be told that it is gone."""
    harley_street.consultation_hours.update(every=30)
    free = staff_diary([harley_street], now).free()
    rows = list(propose([actions.waitlist(request(now=now, email=f"{n}@example.org"), user=staff, now=now) for n in range(4)], free))
    times = [offer.starts_at for row in rows for offer in row.fits]
    assert len(times) == 12
    assert all(abs(one - other) >= RULES.length for number, one in enumerate(times) for other in times[:number])


def test_who_comes_after_somebody_with_the_same_wishes_is_told_so(desk, harley_street, staff):
    """And may be offered it all the same."""
    now = timezone.now()
    for n in range(2):
        enquiry = request(now=now + timedelta(seconds=n), email=f"{n}@example.org", location_id=harley_street.pk)
        actions.waitlist(enquiry, user=staff, now=now + timedelta(seconds=n))
    first, second = Enquiry.objects.order_by("pk")
    only_one = staff_diary([harley_street], now).free()[-1:]
    assert [row.fits_only_others for row in propose([first, second], only_one)] == [False, True]
    assert [row.fits_only_others for row in propose([first, second], [])] == [False, False]
    harley_street.consultation_hours.all().delete()
    RotaException.objects.create(location=harley_street, day=now.date() + timedelta(days=9), opens=time(10), closes=time(11), at_once=1)
    above, below = page(desk.get(at("waiting"))).select(".waiting > li")
    assert len(above.select("[name=slots]")) == 1
    assert not below.select("form")
    assert "What would fit is proposed to somebody above, who has waited longer." in words(below)
    assert page(desk.get(below.select_one("p.quiet a")["href"])).select("[name=slots]")


def test_who_waits_is_listed_the_longest_first(clinic, harley_street, staff):
    now = timezone.now()
    first, second, third = free_times(harley_street, 3)
    late = confirmed(third, staff, name="Has one", wants_earlier=True)
    Enquiry.objects.filter(pk=late.pk).update(waiting_since=now - timedelta(days=3))
    listed = actions.waitlist(request(now=now - timedelta(days=9), email="b@example.org"), user=staff, now=now)
    waiting_for(second, email="c@example.org")  # content with it
    actions.cancel(waiting_for(first, email="d@example.org", wants_earlier=True), now=now)
    assert waiting(now) == [listed, late]


def test_the_page_is_short_and_walks_an_index_however_many_have_asked(clinic, now, staff, monkeypatch):
    monkeypatch.setattr("bookings.staff.enquiry.waitlist.MOST", 2)
    for number in range(3):
        early = now - timedelta(days=9 - number)
        actions.waitlist(request(now=early, email=f"{number}@example.org"), user=staff, now=early)
    assert waiting(now) == list(Enquiry.objects.order_by("waiting_since")[:2])
    for queue in queues(now):
        assert not reads_whole_table(plan_of(queue[:2]), "bookings_enquiry")


def test_one_click_offers_what_fits(desk, harley_street, staff):
    enquiry = actions.waitlist(request(now=timezone.now()), user=staff, now=timezone.now())
    shown = desk.get(at("waiting"))
    form = page(shown).select_one(".waiting form")
    slots = [field["value"] for field in form.select("[name=slots]")]
    assert len(slots) == 3
    assert said(desk.post(form["action"], {"slots": slots}, follow=True)) == ["The times are held for them."]
    assert said(desk.post(form["action"], {"slots": slots}, follow=True)) == [
        f"This request is “Waiting for the client” now (you, {clock(enquiry.events.last().at)} today), so this step is no longer open."
    ]
    assert (enquiry.holds.count(), rows(desk.get(at("waiting")))) == (3, [])


def test_nothing_is_offered_with_one_click_that_begins_before_an_email_is_read(desk, harley_street, staff):
    """All times on offer are held only until the first of them begins."""
    enquiry = actions.waitlist(request(now=timezone.now(), location_id=harley_street.pk), user=staff, now=timezone.now())
    slots = [field["value"] for field in page(desk.get(at("waiting"))).select("[name=slots]")]
    nearest = min(offer.starts_at for offer in staff_diary([harley_street], timezone.now()).free())
    first = min(offer.starts_at for offer in staff_diary([harley_street], timezone.now()).free() if offer.slot in slots)
    assert nearest < timezone.now() + RULES.notice <= first
    assert b"Nothing that fits" not in desk.get(at("offer", enquiry.pk)).content


def test_the_other_link_has_them_chosen_and_asks_for_words(desk, harley_street, staff):
    actions.waitlist(request(now=timezone.now()), user=staff, now=timezone.now())
    link = page(desk.get(at("waiting"))).select_one(".waiting form a")["href"]
    opened = page(desk.get(link))
    assert [field["value"] for field in opened.select("[name=slots][checked]")] == QueryDict(link.partition("?")[2]).getlist("slots")
    assert opened.select_one("#id_paragraph")


def test_a_time_that_was_asked_for_is_offered_along_with_earlier_ones(desk, harley_street):
    later = free_times(harley_street, 8)[-1]
    enquiry = waiting_for(later, wants_earlier=True)
    form = page(desk.get(at("waiting"))).select_one(".waiting form")
    slots = [field["value"] for field in form.select("[name=slots]")]
    assert (len(slots), slots[-1]) == (3, later.slot)
    desk.post(form["action"], {"slots": slots})
    assert later.starts_at in set(enquiry.holds.values_list("starts_at", flat=True))


def test_nobody_waits_and_nothing_fits_are_said(desk, clinic, staff):
    assert "Nobody waits for a time." in words(page(desk.get(at("waiting"))))
    actions.waitlist(request(now=timezone.now()), user=staff, now=timezone.now())
    assert "Nothing that fits is free." in rows(desk.get(at("waiting")))[0]


def test_the_page_asks_the_database_as_often_for_thirty_as_for_one(
    desk, harley_street, staff, django_assert_num_queries, django_assert_max_num_queries
):
    def one(number):
        actions.waitlist(request(now=timezone.now(), email=f"{number}@example.org"), user=staff, now=timezone.now())

    one(0)
    desk.get(at("waiting"))
    with django_assert_max_num_queries(15) as for_one:
        desk.get(at("waiting"))
    for number in range(1, 30):
        one(number)
    with django_assert_num_queries(len(for_one.captured_queries)):
        assert len(rows(desk.get(at("waiting")))) == 30


def test_it_is_linked_from_the_list_and_closed_to_strangers(desk, client, django_user_model, clinic):
    tools = [words(link) for link in page(desk.get(at("changelist"))).select(".object-tools a")]
    assert {"Waiting for a time", "Add a phone enquiry"} <= set(tools)
    client.force_login(django_user_model.objects.create_user("stranger", is_staff=True))
    assert client.get(at("waiting")).status_code == 403


def test_who_has_lost_the_room_for_their_time_is_counted_first_and_one_click_leads_to_all_of_them(desk, harley_street, staff):
    """With the clock as it is, for the page that is led to."""
    now = timezone.now()
    times = free_times(harley_street, SHOWN_ASIDE + 1)
    for n, offer in enumerate(times):
        request(harley_street, offer.starts_at, now=now, email=f"{n}@example.org", name=f"Client {n}")
    assert not page(desk.get(reverse("admin:index"))).select("#lost .row")
    Closure.objects.create(location=harley_street, reason="Flood", first_day=now.date(), last_day=times[-1].starts_at.date())
    box = page(desk.get(reverse("admin:index"))).select_one("#lost.box-pressing")
    assert box.select_one(".row-what a").get_text().startswith("Client 0 ")
    assert (box.select_one(".box-count").get_text(), len(box.select(".row"))) == (str(SHOWN_ASIDE + 1), SHOWN_ASIDE)
    led_to = page(desk.get(box.select_one("h2 a")["href"]))
    assert len(led_to.select(".stranded li")) == SHOWN_ASIDE + 1
    assert Dashboard(staff, Clinic(now)).next[0].name == "new"
    Enquiry.objects.update(status="confirmed")
    assert Dashboard(staff, Clinic(now)).next[0].name == "lost"


def test_the_page_of_who_has_lost_the_room_says_so_and_what_to_press(desk, harley_street, staff):
    """With the clock as it is."""
    times = free_times(harley_street, 3)
    has_one, asked = confirmed(times[0], staff), waiting_for(times[1], email="b@example.org")
    offered = actions.offer_times(
        confirmed(times[2], staff, email="c@example.org"), free_times(harley_street, 2)[1:], user=staff, now=timezone.now()
    )

    def shown(enquiry):
        section = page(desk.get(at("change", enquiry.pk))).select_one(".request-next")
        first = section.select_one(".button.default")
        return words(section.h2), first and words(first)

    assert shown(asked) == ("The time they asked for is held for them. Confirm it, or offer others.", "Confirm this time")
    days = sorted(offer.starts_at.astimezone(LONDON).date() for offer in times)
    Closure.objects.create(location=harley_street, reason="Flood", first_day=days[0], last_day=days[-1])
    gone = "There is no room any more for their time, {}: a closure, or other hours, took it. {}"
    other = "They do not know yet. Offer other times, or cancel with an apology."
    assert shown(has_one) == (gone.format(appointment(times[0].starts_at), other), "Offer other times")
    assert shown(asked) == (gone.format(appointment(times[1].starts_at), "They do not know yet. Offer others."), "Offer other times")
    assert shown(offered)[0].startswith(gone.format(appointment(times[2].starts_at), "They choose from the times on offer."))
