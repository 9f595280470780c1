"""Choosing times at the desk: whose wishes come first, what stays chosen, and what the steps with times do."""

from datetime import datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from bookings.domain.policy import MAX_OFFERS
from bookings.models import Enquiry, Notice
from bookings.queries.slots import Slot, nearest
from bookings.staff.enquiry.slot_choice import StaffSlotPicker, part_of_week
from services.clinic.uk_time import LONDON, near_time
from services.models import Location, Person
from tests.bookings.desk import at, begun, confirmed, free_times, page, said, waiting_for, words
from tests.bookings.factories import request


def local(offer):
    return f"{offer.starts_at.astimezone(LONDON):%a %H:%M} {offer.location.slug}"


def slots(shown, group=""):
    return [field["value"] for field in page(shown).select(f"{group} [name=slots]")]


def chosen(shown):
    return [field["value"] for field in page(shown).select("[name=slots][checked]")]


def now_is(enquiry):
    return Enquiry.objects.get(pk=enquiry.pk)


def test_times_that_fit_what_the_person_said_come_first_and_not_all_of_one_day(harley_street, online, now):
    enquiry = request(now=now, preferred_times=["weekends"], location_id=online.pk)
    suggested = [local(option.offer) for option in StaffSlotPicker({}, [], now, enquiry=enquiry).parts[1]]
    assert suggested == [f"{each} online" for each in ("Sat 09:00", "Sat 10:00", "Sun 09:00", "Sun 10:00", "Sat 09:00", "Sat 10:00")]


def test_else_those_nearest_to_the_time_asked_for(harley_street, online, now, thursday_ten):
    """As people mean it: the same hour on the days around it before another hour on the same day; the closest first."""
    enquiry = request(harley_street, thursday_ten, now=now)
    suggested = [local(option.offer) for option in StaffSlotPicker({}, [], now, enquiry=enquiry).parts[1]]
    assert suggested == [f"{each} harley-street" for each in ("Wed 10:00", "Fri 10:00", "Tue 10:00", "Sat 10:00", "Thu 10:00", "Thu 09:00")]


def test_the_time_asked_for_says_what_is_near_also_after_it_is_past(harley_street, online, now, thursday_ten):
    enquiry = request(harley_street, thursday_ten, now=now)
    later = thursday_ten + timedelta(days=4)  # a Monday
    suggested = [local(option.offer) for option in StaffSlotPicker({}, [], later, enquiry=enquiry).parts[1]]
    assert suggested[:2] == ["Thu 10:00 harley-street"] * 2


def test_of_any_place_the_one_asked_for_comes_first(harley_street, online, now, thursday_ten):
    enquiry = request(online, thursday_ten, now=now)
    suggested = [option.offer for option in StaffSlotPicker({"at": "any"}, [], now, enquiry=enquiry).parts[1]]
    assert {offer.location for offer in suggested} == {online}


# Days after Thursday 4 June, hour and minute; the closest first to 10am of that day
NEAR = [(0, 10, 0), (-1, 10, 0), (1, 10, 0), (0, 10, 30), (-2, 10, 0), (7, 10, 0), (0, 9, 0), (0, 11, 0), (14, 10, 0), (1, 11, 0)]
NEAR += [(0, 8, 0), (5, 11, 0), (0, 12, 0), (0, 17, 0)]


def test_what_is_near(harley_street):
    def offer(days, hour, minute, place=harley_street):
        return Slot(datetime(2026, 6, 4, hour, minute, tzinfo=LONDON) + timedelta(days=days), place)

    offers = [offer(*each) for each in NEAR]
    elsewhere = offer(0, 10, 0, Location(pk=-1))
    assert nearest([elsewhere, *reversed(offers)], offers[0], most=99) == [*offers, elsewhere]


def test_the_same_hour_is_that_of_the_clock_on_the_wall(harley_street):
    """A week over the change of the clocks is no hour apart."""
    asked, a_week_later = (Slot(datetime(2026, 10, day, 10, tzinfo=LONDON), harley_street) for day in (22, 29))
    an_hour_off = Slot(datetime(2026, 10, 29, 9, tzinfo=LONDON), harley_street)
    assert nearest([an_hour_off, a_week_later], asked) == [a_week_later, an_hour_off]


@pytest.mark.parametrize(
    ("hour", "part"), [(9, "weekday_mornings"), (12, "weekday_afternoons"), (16, "weekday_afternoons"), (17, "weekday_evenings")]
)
def test_the_part_of_the_week_of_a_time(hour, part):
    thursday = datetime(2026, 6, 4, hour, tzinfo=LONDON)
    assert part_of_week(Slot(thursday, Location())) == part
    assert part_of_week(Slot(thursday + timedelta(days=2), Location())) == "weekends"


def test_staff_may_choose_times_sooner_than_clients(harley_street, now):
    first = StaffSlotPicker({}, [], now).free[0]
    assert first.starts_at - now < timedelta(hours=24)


def test_days_and_places_are_shown_in_order_and_can_be_narrowed(harley_street, online, now):
    picker = StaffSlotPicker({}, [], now)
    days = picker.parts[2]
    assert [f"{day.date:%a}" for day in days] == ["Tue", "Wed", "Thu", "Fri"]
    assert [each.location.name for each in days[0].places] == ["Harley Street", "Online"]
    assert StaffSlotPicker(QueryDict(f"show={picker.later}"), [], now).first == picker.later
    assert StaffSlotPicker(QueryDict("show=1&from=2026-06-06&at=online"), [], now).parts[2][0].places[0].location == online
    assert StaffSlotPicker(QueryDict("part=evening"), [], now).parts[2] == []
    assert {f"{day.date:%a}" for day in StaffSlotPicker(QueryDict("part=weekends&at=online"), [], now).parts[2]} <= {"Sat", "Sun"}
    assert StaffSlotPicker(QueryDict("from=9999-99-99&at=nowhere&part=x"), [], now).at == "any"


def test_what_is_chosen_and_typed_stays_while_other_times_are_shown(desk, harley_street, online):
    enquiry = request(now=timezone.now())
    (here,), (there,) = free_times(harley_street), free_times(online)
    form = {"slots": [here.slot, there.slot], "paragraph": "Kept", "show": "1", "at": "online", "part": "weekends"}
    shown = desk.post(at("offer", enquiry.pk), form)
    assert (chosen(shown), words(page(shown).select_one("#id_paragraph"))) == ([here.slot, there.slot], "Kept")
    assert said(shown) == []
    assert set(slots(shown, ".picker-day")) == {slot for slot in slots(shown, ".picker-day") if slot.startswith("online.")}
    assert now_is(enquiry).status == "new"


def test_one_to_three_times_are_offered_and_held(desk, harley_street, online, staff):
    first, second, third, fourth, fifth = free_times(harley_street, 5)
    enquiry = waiting_for(first)
    assert said(desk.post(at("offer", enquiry.pk), {"paragraph": "Kept"})) == ["Choose one to three times"]
    many = desk.post(at("offer", enquiry.pk), {"slots": [one.slot for one in (second, third, fourth, fifth)]})
    assert said(many) == ["Choose at most three times, not 4"]
    assert len(chosen(many)) == 4
    done = desk.post(at("offer", enquiry.pk), {"slots": [first.slot, second.slot], "paragraph": "Either is fine."}, follow=True)
    assert said(done) == ["The times are held for them."]
    assert sorted(hold.starts_at for hold in enquiry.holds.all()) == [first.starts_at, second.starts_at]
    assert Notice.objects.get(kind="offered").paragraph == "Either is fine."


def test_a_time_that_was_taken_meanwhile_is_named_and_the_rest_stays(desk, harley_street):
    first, second, third = free_times(harley_street, 3)
    enquiry = waiting_for(first)
    waiting_for(second, email="rival@example.org")
    late = desk.post(at("offer", enquiry.pk), {"slots": [second.slot, third.slot], "paragraph": "Kept"})
    day = words(page(late).select_one(".error-summary li"))
    assert day.startswith("No longer free: ")
    assert day.endswith(" at Harley Street. It is not chosen any more; everything else is kept.")
    assert (chosen(late), words(page(late).select_one("#id_paragraph"))) == ([third.slot], "Kept")
    assert now_is(enquiry).status == "new"


def test_the_draft_of_an_offer_names_the_times(desk, harley_street):
    first, second = free_times(harley_street, 2)
    shown = desk.post(at("offer_draft", waiting_for(first).pk), {"slots": second.slot, "paragraph": "Either is fine."})
    assert "Either is fine." in shown.content.decode()
    assert Notice.objects.filter(kind="offered").count() == 0


def test_who_has_an_appointment_keeps_it_while_others_are_on_offer(desk, harley_street, staff):
    first, second = free_times(harley_street, 2)
    enquiry = confirmed(first, staff)
    assert "until they take another." in words(page(desk.get(at("offer", enquiry.pk))))
    desk.post(at("offer", enquiry.pk), {"slots": second.slot})
    assert sorted(enquiry.holds.values_list("kind", flat=True)) == ["confirmed", "offered"]


def test_a_time_agreed_on_the_phone_is_confirmed_with_what_its_place_needs(desk, harley_street, online):
    first, second = free_times(harley_street, 2)
    person = Person.objects.create(name="Dr Example", slug="dr-example", is_practitioner=True)
    person.places.add(online)
    enquiry = waiting_for(first)
    assert said(desk.post(at("book", enquiry.pk), {})) == ["Choose a time"]
    missing = desk.post(at("book", enquiry.pk), {"slots": second.slot, "person": person.pk, "paragraph": "Kept"})
    assert "Enter the address of Harley Street" in words(page(missing).select_one("#id_address_error"))
    assert "Dr Example does not see clients at Harley Street" in words(page(missing).select_one("#id_person_error"))
    assert chosen(missing) == [second.slot]
    done = desk.post(at("book", enquiry.pk), {"slots": second.slot, "address": "1 Any Street"}, follow=True)
    assert said(done) == ["The time is confirmed."]
    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.starts_at, enquiry.location.address) == ("confirmed", second.starts_at, "1 Any Street")


def test_an_appointment_moves_and_its_own_time_is_not_offered(desk, harley_street, staff):
    first, second = free_times(harley_street, 2)
    enquiry = confirmed(first, staff)
    assert first.slot not in slots(desk.get(at("book", enquiry.pk)))
    assert said(desk.post(at("book", enquiry.pk), {"slots": second.slot}, follow=True)) == ["The time is confirmed."]
    assert now_is(enquiry).starts_at == second.starts_at
    assert enquiry.holds.get().starts_at == second.starts_at


def test_an_appointment_that_has_begun_is_neither_moved_nor_offered_another_time(desk, harley_street, staff):
    enquiry = begun(harley_street, staff)
    by = f"(you, {near_time(enquiry.events.last().at, timezone.now())})"
    for step in ("book", "offer", "cancel"):
        assert said(desk.get(at(step, enquiry.pk), follow=True)) == [
            f"This request is “Confirmed” now {by}, so this step is no longer open."
        ]


@pytest.mark.parametrize("offers", [0, 2])
def test_the_clinic_cancels_with_an_apology_with_or_without_other_times(desk, harley_street, staff, offers):
    first, *others = free_times(harley_street, 3)
    enquiry = confirmed(first, staff)
    opened = words(page(desk.get(at("cancel", enquiry.pk))))
    assert "This cannot be taken back." in opened
    form = {"slots": [offer.slot for offer in others[:offers]], "paragraph": "The heating has failed."}
    assert said(desk.post(at("cancel", enquiry.pk), form, follow=True)) == ["The appointment is cancelled, with our apology."]
    assert (now_is(enquiry).status, enquiry.holds.count()) == ("proposed" if offers else "cancelled_clinic", offers)
    assert list(Notice.objects.exclude(kind__in=["received", "confirmed"]).values_list("kind", "paragraph")) == [
        ("cancelled_clinic", "The heating has failed.")
    ]


def test_a_page_of_times_asks_the_database_as_often_for_many_as_for_few(desk, harley_street, online, django_assert_max_num_queries):
    enquiry = request(now=timezone.now())
    desk.get(at("offer", enquiry.pk))  # what is kept in memory is read once
    with django_assert_max_num_queries(29) as few:
        desk.get(at("offer", enquiry.pk))
    for number, offer in enumerate(free_times(harley_street, 12)):
        waiting_for(offer, email=f"{number}@example.org")
    with django_assert_max_num_queries(len(few.captured_queries)):
        desk.get(at("offer", enquiry.pk))


def test_nonsense_for_a_time_is_no_error(desk, harley_street):
    enquiry = request(now=timezone.now())
    for slot in ("x", "harley-street.999999999999", "nowhere.202601011000", "harley-street.202601011000"):
        answer = desk.post(at("offer", enquiry.pk), {"slots": slot})
        assert answer.status_code == 200
        assert said(answer)[0].startswith(("Choose one to three times", "No longer free: "))
    assert MAX_OFFERS == 3


def test_two_chosen_times_that_overlap_are_said_to_and_nothing_is_offered(desk, harley_street):
    """Nobody is asked to press again what can never be."""
    harley_street.consultation_hours.update(every=30)
    enquiry = waiting_for(free_times(harley_street, 20)[-1])
    early, half_later = free_times(harley_street, 2)
    shown = desk.post(at("offer", enquiry.pk), {"slots": [early.slot, half_later.slot]})
    assert shown.status_code == 409
    assert "One of these times overlaps the time they have or another that you chose" in words(page(shown))
    assert chosen(shown) == [early.slot, half_later.slot]
    assert (now_is(enquiry).status, enquiry.holds.count()) == ("new", 1)
