"""A change of rota or closures that takes people's time away is held back until staff have seen whom, and have chosen."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.domain.availability import Taken, capacity_kept
from bookings.models import ConsultationHours, Enquiry, Hold, Notice, RotaException
from bookings.models.event import NONE_SUITED, OFFERS_WITHDRAWN
from bookings.queries.displaced import displaced_holds, first_of_each_enquiry, has_no_room
from bookings.queries.slots import Slot, SlotFinder, bookable_days, nearest
from bookings.staff.displaced import WORDS, became_of
from services.models import BankHoliday, Closure
from tests.bookings.factories import request
from tests.bookings.queries.test_integrity import check

TEN = timedelta(minutes=10)


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def free(harley_street):
    """The free times of Harley Street by the real clock, which the admin looks at."""
    now = timezone.now()
    return list(SlotFinder([harley_street], *bookable_days(now), now).free_at(harley_street))


@pytest.fixture
def confirmed(harley_street, free, staff):
    now = timezone.now()
    enquiry = request(harley_street, free[6].starts_at, now=now, email="confirmed@example.org")
    return actions.confirm(enquiry, user=staff, now=now, address="1 A Street")


@pytest.fixture
def asked(harley_street, free, confirmed):
    day = timezone.localdate(confirmed.starts_at)
    other = next(offer for offer in free if timezone.localdate(offer.starts_at) == day and offer.starts_at != confirmed.starts_at)
    return request(harley_street, other.starts_at, now=timezone.now(), email="", contact_by="call", phone="+447700900982")


def close(desk, place, day, **more):
    values = {"location": place.pk if place else "", "reason": "Refurbishment", "first_day": day, "last_day": day, "_save": "Save"}
    return desk.post(reverse("admin:services_closure_add"), values | more)


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def rows(response):
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page(response).select("#content-main tbody tr")]


def kinds(enquiry):
    return list(Notice.objects.filter(event__enquiry=enquiry).order_by("pk").values_list("kind", flat=True))


def said(response):
    return [item.get_text() for item in page(response).select(".messagelist li")]


# The pure core


def taken(clinic_time, seat=1):
    return Taken(seat, clinic_time, clinic_time + timedelta(minutes=50))


def test_of_two_where_one_has_room_the_later_claim_loses_it(now):
    assert capacity_kept([taken(now), taken(now + TEN, 2)], [1, 1]) == [True, False]


def test_who_lost_their_room_takes_nobody_elses(now):
    first, second, third = taken(now), taken(now + 3 * TEN, 2), taken(now + 6 * TEN)
    assert capacity_kept([first, second, third], [1, 1, 1]) == [True, False, True]


def test_a_closed_hour_has_room_for_nobody(now):
    assert capacity_kept([taken(now)], [0]) == [False]


# Who is stranded


def test_nobody_is_while_the_rota_stands(confirmed, asked):
    assert displaced_holds(timezone.now()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda place, day: Closure.objects.create(location=place, reason="x", first_day=day, last_day=day),
        lambda place, day: Closure.objects.create(location=None, reason="x", first_day=day, last_day=day),
        lambda place, day: BankHoliday.objects.create(day=day, name="x", treatment="closed"),
        lambda place, day: ConsultationHours.objects.filter(location=place, weekday=day.weekday()).delete(),
        lambda place, day: RotaException.objects.create(location=place, day=day, opens=time(20), closes=time(21)),
    ],
)
def test_a_closure_a_holiday_or_other_hours_strand_all_of_the_day(confirmed, asked, change):
    change(confirmed.location, timezone.localdate(confirmed.starts_at))
    assert {hold.enquiry for hold in displaced_holds(timezone.now())} == {confirmed, asked}


def test_a_closure_elsewhere_or_on_another_day_strands_nobody(confirmed, online):
    day = timezone.localdate(confirmed.starts_at)
    Closure.objects.create(location=online, reason="x", first_day=day, last_day=day)
    Closure.objects.create(location=None, reason="x", first_day=day + timedelta(days=1), last_day=day + timedelta(days=1))
    assert displaced_holds(timezone.now()) == []


def test_what_is_past_or_no_longer_on_offer_is_stranded_by_nothing(harley_street, confirmed, free, staff):
    offer = next(offer for offer in free if offer.starts_at != confirmed.starts_at)
    offered = actions.offer_times(request(now=timezone.now(), email="b@example.org"), [offer], user=staff, now=timezone.now())
    until = offered.holds.get().expires_at
    ConsultationHours.objects.all().delete()
    assert {hold.enquiry for hold in displaced_holds(until - timedelta(seconds=1))} == {confirmed, offered}
    Hold.objects.filter(enquiry=offered).update(expires_at=offer.starts_at - timedelta(minutes=1))
    assert {hold.enquiry for hold in displaced_holds(offer.starts_at - timedelta(minutes=1))} <= {confirmed}
    assert displaced_holds(max(confirmed.starts_at, offer.starts_at)) == []


def test_a_consultation_after_midnight_belongs_to_the_day_in_london(harley_street, now):
    ConsultationHours.objects.filter(weekday=3).update(opens=time(0), closes=time(2))
    after_midnight = datetime(2026, 6, 3, 23, 0, tzinfo=UTC)  # Thursday 4 June, midnight
    asked = request(harley_street, after_midnight, now=now)
    assert displaced_holds(now) == []
    Closure.objects.create(location=None, reason="x", first_day=date(2026, 6, 4), last_day=date(2026, 6, 4))
    assert [hold.enquiry for hold in displaced_holds(now)] == [asked]


def test_of_somebody_who_loses_both_the_appointment_counts_not_the_times_beside_it(harley_street, confirmed, free, staff):
    others = [offer for offer in free if offer.starts_at != confirmed.starts_at][:2]
    actions.offer_times(confirmed, others, user=staff, now=timezone.now())
    ConsultationHours.objects.all().delete()
    assert len(displaced_holds(timezone.now())) == 3
    assert [(hold.kind, hold.starts_at) for hold in first_of_each_enquiry(displaced_holds(timezone.now()))] == [
        ("confirmed", confirmed.starts_at)
    ]


def test_where_fewer_fit_the_one_who_claimed_last_is_stranded(harley_street, confirmed):
    ConsultationHours.objects.update(at_once=2)
    second = request(harley_street, confirmed.starts_at, now=timezone.now(), email="second@example.org")
    assert displaced_holds(timezone.now()) == []
    ConsultationHours.objects.update(at_once=1)
    assert [hold.enquiry for hold in displaced_holds(timezone.now())] == [second]


def test_it_asks_as_often_for_two_as_for_one(confirmed, free, django_assert_num_queries):
    with django_assert_num_queries(6):
        displaced_holds(timezone.now())
    request(confirmed.location, free[9].starts_at, now=timezone.now(), email="more@example.org")
    with django_assert_num_queries(6):
        displaced_holds(timezone.now())


# The admin asks


def test_a_closure_that_strands_people_is_not_saved_but_lists_them(desk, confirmed, asked):
    response = close(desk, confirmed.location, timezone.localdate(confirmed.starts_at))
    assert response.status_code == 200
    assert not Closure.objects.exists()
    assert sorted((row[0], row[4], row[5]) for row in rows(response)) == sorted(
        [(confirmed.reference, "Confirmed", "Email"), (asked.reference, "Asked for", "Phone call")]
    )
    assert "2 people, 1 of them confirmed; 1 would be called or texted" in " ".join(page(response).get_text().split())
    assert Enquiry.objects.get(pk=confirmed.pk).status == "confirmed"
    assert kinds(confirmed) == ["received", "confirmed"]


def test_one_who_loses_their_time_is_one_person(desk, confirmed):
    response = close(desk, confirmed.location, timezone.localdate(confirmed.starts_at))
    assert "there is no room any more for 1 person, who is confirmed." in " ".join(page(response).get_text().split())


def press(desk, response, name, value):
    """Presses a button of the page."""
    form = page(response).select_one("#content-main form")
    assert form.select_one(f'button[name="{name}"][value="{value}"]')
    sent = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    return desk.post(response.request["PATH_INFO"], sent | {name: value}, follow=True)


def choose(desk, response, choice):
    """Presses one of the three that decide."""
    return press(desk, response, "stranded", choice)


def typed(response, *names):
    """What stands in the fields of the form."""
    fields = [page(response).select_one(f"[name={name}]") for name in names]
    return [(field.select_one("option[selected]") or field)["value"] for field in fields]


def test_offering_new_times_to_all_says_sorry_and_holds_what_it_offers(desk, confirmed, asked):
    day = timezone.localdate(confirmed.starts_at)
    response = choose(desk, close(desk, confirmed.location, day), "offer")
    assert Closure.objects.get().first_day == day
    for enquiry, sent in [(confirmed, ["received", "confirmed", "cancelled_clinic"]), (asked, ["received", "offered"])]:
        enquiry.refresh_from_db()
        assert (enquiry.status, kinds(enquiry)) == ("proposed", sent)
        holds = enquiry.holds.all()
        assert [hold.kind for hold in holds] == ["offered"] * 3
        assert day not in {timezone.localdate(hold.starts_at) for hold in holds}
    assert said(response)[0] == "2 offered new times. 1 is to be called or texted: see “Tell by phone”."
    assert displaced_holds(timezone.now()) == []


def test_cancelling_says_sorry_to_the_confirmed_and_leaves_requests_to_answer(desk, confirmed, asked):
    response = choose(desk, close(desk, None, timezone.localdate(confirmed.starts_at)), "cancel")
    confirmed.refresh_from_db()
    asked.refresh_from_db()
    assert (confirmed.status, confirmed.holds.count(), kinds(confirmed)[-1]) == ("cancelled_clinic", 0, "cancelled_clinic")
    assert (asked.status, kinds(asked)) == ("new", ["received"])
    assert said(response)[0] == "1 cancelled with an apology; 1 left to answer. Who has no time yet stands under “Waiting for a time”."


def test_leaving_it_saves_the_change_and_tells_nobody(desk, confirmed, asked):
    choose(desk, close(desk, confirmed.location, timezone.localdate(confirmed.starts_at)), "leave")
    assert Closure.objects.count() == 1
    assert Notice.objects.exclude(kind__in=["received", "confirmed"]).count() == 0
    waiting = page(desk.get(reverse("admin:bookings_enquiry_waiting"))).select_one(".stranded").get_text()
    assert confirmed.reference in waiting
    assert asked.reference in waiting
    assert {hold.enquiry for hold in displaced_holds(timezone.now())} == {confirmed, asked}


def test_with_nothing_else_free_people_are_left_as_they_were_and_staff_are_told(desk, confirmed):
    today = timezone.localdate()
    values = {"first_day": today, "last_day": today + timedelta(days=90)}
    response = choose(desk, close(desk, confirmed.location, today, **values), "offer")
    confirmed.refresh_from_db()
    assert (confirmed.status, kinds(confirmed)) == ("confirmed", ["received", "confirmed"])
    assert said(response)[0] == "1 left as they were: no other time is free there. Who has no time yet stands under “Waiting for a time”."


def test_who_is_not_told_is_not_counted_as_to_be_told_by_phone(desk, confirmed, asked):
    today = timezone.localdate()
    values = {"first_day": today, "last_day": today + timedelta(days=90)}
    response = choose(desk, close(desk, confirmed.location, today, **values), "offer")
    assert said(response)[0] == "2 left as they were: no other time is free there. Who has no time yet stands under “Waiting for a time”."


def test_where_the_times_for_them_are_taken_at_that_very_moment_that_is_said(desk, confirmed, free, online):
    """Somebody’s cells stand where the diary, read a moment before, shows nothing: so it looks to who comes a moment too late."""
    day = timezone.localdate(confirmed.starts_at)
    other = [offer for offer in free if timezone.localdate(offer.starts_at) != day]
    (first,) = nearest(other, Slot(confirmed.starts_at, confirmed.location), 1)
    rival = request(first.location, first.starts_at, now=timezone.now(), email="rival@example.org")
    rival.holds.update(location=online)
    response = choose(desk, close(desk, confirmed.location, day), "offer")
    confirmed.refresh_from_db()
    assert (confirmed.status, confirmed.holds.count(), kinds(confirmed)) == ("confirmed", 1, ["received", "confirmed"])
    assert "1 left as they were: the times we would have offered were taken or closed meanwhile." in said(response)[0]


@pytest.mark.parametrize("choice", ["offer", "cancel"])
@pytest.mark.parametrize("meanwhile", ["cancelled", "moved"])
def test_who_has_done_something_themselves_meanwhile_is_left_alone(confirmed, free, staff, choice, meanwhile):
    """Between the moment they are listed and the moment something is done for them."""
    day = timezone.localdate(confirmed.starts_at)
    Closure.objects.create(location=confirmed.location, reason="x", first_day=day, last_day=day)
    (hold,) = displaced_holds(timezone.now())
    if meanwhile == "cancelled":
        actions.cancel(confirmed, now=timezone.now())
    else:
        elsewhere = next(offer for offer in free if timezone.localdate(offer.starts_at) > day)
        actions.change_time(confirmed, elsewhere, now=timezone.now())
    before = list(Enquiry.objects.values()), list(Hold.objects.values()), kinds(confirmed)
    assert became_of(hold, choice, staff, timezone.now()) == "changed"
    assert (list(Enquiry.objects.values()), list(Hold.objects.values()), kinds(confirmed)) == before
    assert WORDS["changed"].format(1) == "1 left as they were: something happened to their request meanwhile"


def test_of_who_has_other_times_on_offer_the_lost_appointment_is_cancelled_too(desk, confirmed, free, staff):
    later = next(offer for offer in free if timezone.localdate(offer.starts_at) > timezone.localdate(confirmed.starts_at))
    actions.offer_times(confirmed, [later], user=staff, now=timezone.now())
    response = choose(desk, close(desk, confirmed.location, timezone.localdate(confirmed.starts_at)), "cancel")
    confirmed.refresh_from_db()
    assert (confirmed.status, confirmed.holds.count(), kinds(confirmed)[-1]) == ("cancelled_clinic", 0, "cancelled_clinic")
    assert said(response)[0] == "1 cancelled with an apology."


def test_going_back_saves_nothing_and_everything_typed_is_still_there(desk, confirmed):
    place, day = confirmed.location, timezone.localdate(confirmed.starts_at)
    later = day + timedelta(days=2)
    back = press(desk, close(desk, place, day, last_day=later, reason="The lift & the boiler"), "back", "yes")
    assert typed(back, "location", "reason", "first_day", "last_day") == [
        str(place.pk),
        "The lift & the boiler",
        day.isoformat(),
        later.isoformat(),
    ]
    assert said(back) == ["Nothing is saved yet. Everything you typed is still here."]
    assert page(back).select(".errornote, .errorlist") == []
    assert not Closure.objects.exists()
    assert kinds(confirmed) == ["received", "confirmed"]
    assert [cells[0] for cells in rows(close(desk, place, day))] == [confirmed.reference]  # and asks again


def test_going_back_from_a_changed_row_shows_the_change_and_leaves_the_row(desk, confirmed):
    row = ConsultationHours.objects.get(location=confirmed.location, weekday=timezone.localtime(confirmed.starts_at).weekday())
    url = reverse("admin:bookings_consultationhours_change", args=[row.pk])
    form = {"location": row.location_id, "weekday": row.weekday, "opens": "20:00", "closes": "21:30", "at_once": 2, "every": 60}
    asked = desk.post(url, form | {"_continue": "Save"})
    assert [cells[0] for cells in rows(asked)] == [confirmed.reference]
    back = press(desk, asked, "back", "yes")
    assert typed(back, *form) == [str(value) for value in form.values()]
    assert page(back).title.get_text().startswith(str(row))
    row.refresh_from_db()
    assert (row.opens, row.closes) == (time(9), time(12))


def test_going_back_from_a_deletion_deletes_nothing_and_asks_whether_to(desk, confirmed):
    row = ConsultationHours.objects.get(location=confirmed.location, weekday=timezone.localtime(confirmed.starts_at).weekday())
    back = press(desk, desk.post(reverse("admin:bookings_consultationhours_delete", args=[row.pk]), {"post": "yes"}), "back", "yes")
    assert back.redirect_chain == [(back.request["PATH_INFO"], 302)]
    assert page(back).select_one("#content form input[name=post]")
    assert ConsultationHours.objects.filter(pk=row.pk).exists()


def test_a_closure_that_strands_nobody_is_saved_at_once(desk, confirmed):
    response = close(desk, confirmed.location, timezone.localdate(confirmed.starts_at) + timedelta(days=1))
    assert (response.status_code, Closure.objects.count()) == (302, 1)


def test_deleting_a_row_of_the_rota_asks_too(desk, confirmed):
    row = ConsultationHours.objects.get(location=confirmed.location, weekday=timezone.localtime(confirmed.starts_at).weekday())
    url = reverse("admin:bookings_consultationhours_delete", args=[row.pk])
    response = desk.post(url, {"post": "yes"})
    assert [cells[0] for cells in rows(response)] == [confirmed.reference]
    assert ConsultationHours.objects.filter(pk=row.pk).exists()
    choose(desk, response, "leave")
    assert not ConsultationHours.objects.filter(pk=row.pk).exists()


def test_who_was_without_room_before_is_not_asked_about_again(desk, confirmed):
    day = timezone.localdate(confirmed.starts_at)
    Closure.objects.create(location=confirmed.location, reason="Water", first_day=day, last_day=day)
    assert close(desk, None, day).status_code == 302


def test_an_offer_on_a_closed_day_is_replaced_and_the_confirmed_time_stays(desk, confirmed, free, staff):
    later = next(offer for offer in free if timezone.localdate(offer.starts_at) > timezone.localdate(confirmed.starts_at))
    actions.offer_times(confirmed, [later], user=staff, now=timezone.now())
    choose(desk, close(desk, confirmed.location, timezone.localdate(later.starts_at)), "offer")
    confirmed.refresh_from_db()
    assert confirmed.status == "proposed"
    assert Hold.objects.get(enquiry=confirmed, kind="confirmed").starts_at == confirmed.starts_at
    assert later.starts_at not in set(confirmed.holds.values_list("starts_at", flat=True))
    assert kinds(confirmed) == ["received", "confirmed", "offered", "offered"]
    notes = list(confirmed.events.values_list("note", flat=True))
    assert OFFERS_WITHDRAWN in notes  # it is not the person to whom none of them suited
    assert NONE_SUITED not in notes
    assert confirmed.events.confirmations().count() == 1  # nobody gave the appointment its time anew


def test_of_the_times_on_offer_only_what_a_closure_took_is_replaced(desk, asked, free, staff):
    wish, days = asked.starts_at, {timezone.localdate(offer.starts_at): offer for offer in free}
    gone, kept = list(days.values())[2], list(days.values())[5]
    actions.offer_times(asked, [gone, kept], user=staff, now=timezone.now())
    choose(desk, close(desk, asked.location, timezone.localdate(gone.starts_at)), "offer")
    asked.refresh_from_db()
    times = set(asked.holds.values_list("starts_at", flat=True))
    assert (len(times), kept.starts_at in times, gone.starts_at in times) == (3, True, False)
    assert (asked.status, asked.starts_at) == ("proposed", wish)


def test_a_closure_with_a_mistake_gets_its_sentence_as_ever(desk, confirmed):
    day = timezone.localdate(confirmed.starts_at)
    response = close(desk, confirmed.location, day, last_day=day - timedelta(days=1))
    assert "The last day must not be before the first day." in page(response).get_text()


def test_on_a_grid_of_half_hours_the_times_offered_do_not_overlap(desk, confirmed):
    """Where one consultation runs at once, two that overlap could not both be held, and the person would be left as they are."""
    confirmed.location.consultation_hours.update(every=30)
    response = choose(desk, close(desk, confirmed.location, timezone.localdate(confirmed.starts_at)), "offer")
    assert said(response)[0] == "1 offered new times."
    starts = list(confirmed.holds.order_by("starts_at").values_list("starts_at", flat=True))
    assert len(starts) == 3
    assert all(later - earlier >= timedelta(minutes=50) for earlier, later in pairwise(starts))


# What has room, and who claimed last, at fixed instants


def moment(hour, minute=0):
    return datetime(2026, 6, 4, hour - 1, minute, tzinfo=UTC)


@pytest.fixture
def two_every_half_hour(harley_street):
    ConsultationHours.objects.update(at_once=2, every=30, closes=time(13))
    return harley_street


def test_who_overlaps_two_that_follow_one_another_has_room(two_every_half_hour, now):
    """At no instant do more than two run, in whatever order they were claimed."""
    for start in (moment(9, 30), moment(10, 30), moment(10)):
        request(two_every_half_hour, start, now=now, email=f"{start:%H%M}@example.org")
    assert displaced_holds(now) == []
    assert check() == ["3 holds, all whole."]


def test_a_time_whose_seats_are_held_by_turns_is_free_and_can_be_had(two_every_half_hour, now):
    gone = request(two_every_half_hour, moment(9), now=now, email="gone@example.org")
    second = request(two_every_half_hour, moment(9, 30), now=now, email="second@example.org")
    actions.cancel(gone, now=now)
    third = request(two_every_half_hour, moment(10, 30), now=now, email="third@example.org")
    assert [one.holds.get().seat for one in (second, third)] == [2, 1]
    day = moment(10).date()
    assert moment(10) in [offer.starts_at for offer in SlotFinder([two_every_half_hour], day, day, now).free()]
    between = request(two_every_half_hour, moment(10), now=now, email="between@example.org")
    assert {one.holds.get().seat for one in (second, between, third)} == {1, 2}
    assert check() == ["3 holds, all whole."]
    assert displaced_holds(now) == []


def test_who_moved_here_last_has_claimed_last(harley_street, staff, now):
    ConsultationHours.objects.update(at_once=2)
    mover = request(harley_street, moment(10) + timedelta(days=1), now=now, email="mover@example.org")
    other = request(harley_street, moment(10), now=now, email="other@example.org")
    actions.change_time(mover, Slot(moment(10), harley_street), now=now - timedelta(hours=1))  # whatever the clock says
    ConsultationHours.objects.update(at_once=1)
    assert [hold.enquiry for hold in displaced_holds(now)] == [mover]
    assert [has_no_room(one.holds.get(), now) for one in (mover, other)] == [True, False]


@pytest.mark.parametrize("choice", ["offer", "cancel"])
def test_nobody_is_told_of_a_change_by_somebody_who_has_not_seen_what_is_new_on_their_request(desk, confirmed, staff, choice):
    shown = close(desk, confirmed.location, timezone.localdate(confirmed.starts_at))
    actions.add_note(confirmed, text="We found her a room next door", user=staff, now=timezone.now())
    response = choose(desk, shown, choice)
    confirmed.refresh_from_db()
    assert (confirmed.status, kinds(confirmed)) == ("confirmed", ["received", "confirmed"])
    assert said(response)[0].startswith("1 left as they were: something happened to their request meanwhile.")
