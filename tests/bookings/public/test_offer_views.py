"""The person answers the times on offer, by their link: one of them, or none. Opening a link answers nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings import actions
from bookings.models import Enquiry, Hold, Notice
from bookings.queries.slots import Slot, SlotFinder, bookable_days
from services.clinic.uk_time import long_date
from services.models import Closure
from tests.bookings.actions.test_transitions import everything
from tests.bookings.factories import request
from tests.bookings.walker import page, problems, words

GONE = "Sorry, that time is no longer held for you. Please choose again, or call us."
TAKEN = "Sorry, we can no longer give you that time. Please choose again, or call us."


@pytest.fixture
def times(harley_street):
    """Free times by the real clock, which the pages look at; none of the next four days, so that 72 hours is how long they are held."""
    now = timezone.now()
    return [each for each in SlotFinder([harley_street], *bookable_days(now), now).free() if each.starts_at > now + timedelta(days=4)]


@pytest.fixture
def proposed(times, staff):
    now = timezone.now()
    enquiry = request(times[0].location, times[0].starts_at, now=now)
    return actions.offer_times(enquiry, times[3:5], user=staff, now=now)


@pytest.fixture
def with_appointment(times, staff):
    now = timezone.now()
    enquiry = actions.confirm(request(times[0].location, times[0].starts_at, now=now), user=staff, now=now, address="1 Any Street")
    return actions.offer_times(enquiry, times[3:5], user=staff, now=now)


def url(enquiry, end="accept/"):
    return f"{enquiry.get_absolute_url()}{end}"


def offers(enquiry):
    return [str(pk) for pk in enquiry.holds.filter(kind="offered").order_by("starts_at").values_list("pk", flat=True)]


def choices(response):
    return [each["value"] for each in page(response).select("input[name=offer]")]


def lapse(enquiry):
    enquiry.holds.filter(kind="offered").update(expires_at=timezone.now())


def test_each_time_on_offer_is_a_choice_with_its_place_and_so_is_none(client, proposed, online, times, staff):
    shown = client.get(url(proposed))
    assert choices(shown) == [*offers(proposed), "none"]
    assert not page(shown).select("input[checked]")
    first = times[3]
    until = words(shown)
    assert f"{long_date(first.starts_at)}, " in until
    assert "UK time Harley Street" in until
    assert "We hold these times for you until " in until
    assert "0345 474 1724" in until
    assert "no-store" in shown["Cache-Control"]


def test_opening_either_page_or_the_page_of_the_request_changes_nothing(client, proposed):
    before = everything()
    for end in ("", "accept/", "accept/none/", "calendar/"):
        client.get(url(proposed, end))
        client.head(url(proposed, end))
    assert everything() == before


def test_choosing_one_confirms_it(client, proposed, times):
    answer = client.post(url(proposed), {"offer": offers(proposed)[1]})
    assert (answer.status_code, answer["Location"]) == (303, proposed.get_absolute_url())
    proposed.refresh_from_db()
    assert (proposed.status, proposed.starts_at) == ("confirmed", times[4].starts_at)
    assert "Your appointment is confirmed" in words(client.get(answer["Location"]))
    assert [hold.kind for hold in Hold.objects.all()] == ["confirmed"]


def test_nothing_chosen_gets_a_sentence(client, proposed):
    before = everything()
    answer = client.post(url(proposed))
    assert (answer.status_code, problems(answer)) == (200, ["Choose a time, or choose “None of these”"])
    assert page(answer).title.string.startswith("Error: ")
    assert everything() == before


@pytest.mark.parametrize("nonsense", ["0", "-1", "9" * 30, "x", "harley-street.202601011000"])
def test_what_is_no_time_of_theirs_gets_a_sentence(client, proposed, nonsense):
    before = everything()
    answer = client.post(url(proposed), {"offer": nonsense})
    assert (answer.status_code, problems(answer)) == (200, [GONE])
    assert choices(answer) == [*offers(proposed), "none"]
    assert everything() == before


def test_a_time_lost_to_a_closure_is_no_choice_any_more(client, proposed, times):
    first, _ = offers(proposed)
    day = timezone.localdate(times[3].starts_at)
    Closure.objects.create(reason="Works", first_day=day, last_day=day)
    answer = client.post(url(proposed), {"offer": first})
    assert (answer.status_code, problems(answer)) == (200, [GONE])
    assert first not in choices(answer)
    assert choices(answer)[-1] == "none"


def test_a_time_that_is_not_whole_any_more_is_a_conflict(client, proposed):
    first, second = offers(proposed)
    Hold.objects.get(pk=first).cells.first().delete()
    answer = client.post(url(proposed), {"offer": first})
    assert (answer.status_code, problems(answer), choices(answer)) == (409, [TAKEN], [second, "none"])


def test_after_they_have_lapsed_the_page_says_what_to_do(client, proposed):
    first, _ = offers(proposed)
    lapse(proposed)
    for answer in (client.get(url(proposed)), client.post(url(proposed), {"offer": first})):
        assert (answer.status_code, answer["Location"]) == (303, proposed.get_absolute_url())
    shown = words(client.get(proposed.get_absolute_url()))
    assert "The times we offered you are no longer held" in shown
    assert "Tell us when you could come." in shown
    assert "We can offer you" not in shown
    assert client.post(url(proposed, "accept/none/")).status_code == 303
    assert Enquiry.objects.get().status == "new"


def test_an_offer_that_lapsed_while_others_have_it(client, proposed, times):
    lapse(proposed)
    request(times[3].location, times[3].starts_at, now=timezone.now(), email="other@example.org")
    assert "no longer held" in words(client.get(proposed.get_absolute_url()))


def test_pressed_twice_or_in_two_tabs_the_first_counts(client, proposed, times):
    first, second = offers(proposed)
    for each in (first, first, second, "none"):
        assert client.post(url(proposed), {"offer": each}).status_code == 303
    proposed.refresh_from_db()
    assert (proposed.status, proposed.starts_at) == ("confirmed", times[3].starts_at)
    assert Notice.objects.filter(kind="confirmed").count() == 1


def test_none_of_these_asks_when_else_and_nothing_is_lost_before_that(client, proposed):
    before = everything()
    answer = client.post(url(proposed), {"offer": "none"})
    assert answer["Location"] == url(proposed, "accept/none/")
    shown = words(client.get(answer["Location"]))
    assert "When could you come?" in shown
    assert "or leave it open. We answer by " in shown
    assert everything() == before


@pytest.mark.parametrize("parts", [[], ["weekends", "weekday_evenings"]])
def test_it_is_our_turn_again_with_or_without_parts_of_the_week(client, proposed, parts):
    answer = client.post(url(proposed, "accept/none/"), {"preferred": parts})
    assert (answer.status_code, answer["Location"]) == (303, proposed.get_absolute_url())
    proposed.refresh_from_db()
    assert (proposed.status, proposed.preferred_times, proposed.holds.count()) == ("new", parts, 0)
    shown = words(client.get(proposed.get_absolute_url()))
    assert "We look for another time" in shown
    assert "We will email you by " in shown
    assert "Choose a time" in shown


def test_a_part_of_the_week_that_is_none_gets_a_sentence(client, proposed):
    answer = client.post(url(proposed, "accept/none/"), {"preferred": "nonsense"})
    assert problems(answer) == ["Choose at least one part of the week"]
    proposed.refresh_from_db()
    assert proposed.status == "proposed"


def test_the_appointment_one_has_stays_until_another_is_chosen(client, with_appointment, times):
    day = long_date(times[0].starts_at)
    assert f"Your appointment on {day} stays yours until you choose another." in words(client.get(url(with_appointment)))
    shown = words(client.get(with_appointment.get_absolute_url()))
    assert "Your appointment now" in shown
    assert "It stays yours until you choose another." in shown
    asked = words(client.get(url(with_appointment, "accept/none/")))
    assert "Keep your appointment as it is?" in asked
    assert "When could you come?" not in asked
    client.post(url(with_appointment, "accept/none/"))
    with_appointment.refresh_from_db()
    assert (with_appointment.status, with_appointment.starts_at) == ("confirmed", times[0].starts_at)


def test_after_the_clinic_cancelled_the_page_says_sorry_first(client, times, staff):
    now = timezone.now()
    enquiry = actions.confirm(request(times[0].location, times[0].starts_at, now=now), user=staff, now=now)
    actions.cancel_by_clinic(enquiry, user=staff, now=now, offers=times[3:4])
    shown = words(client.get(enquiry.get_absolute_url()))
    assert f"We are sorry: we had to cancel your appointment on {long_date(times[0].starts_at)}" in shown
    assert "We can offer you this time. We hold it for you until" in shown
    assert "Your appointment now" not in shown


@pytest.mark.parametrize("end", ["accept/", "accept/none/"])
def test_what_is_over_or_not_on_offer_shows_where_it_stands(client, times, staff, end):
    now = timezone.now()
    enquiry = request(times[0].location, times[0].starts_at, now=now)
    for answer in (client.get(url(enquiry, end)), client.post(url(enquiry, end), {"offer": "1"})):
        assert (answer.status_code, answer["Location"]) == (303, enquiry.get_absolute_url())
    actions.cancel(enquiry, now=now)
    before = everything()
    assert client.post(url(enquiry, end), {"offer": "none"}).status_code == 303
    assert everything() == before
    assert client.get(f"/request/wrong/{end}").status_code == 404


def test_the_page_asks_the_database_as_often_for_three_times_as_for_one(client, times, staff):
    now = timezone.now()
    counts = []
    for number, kept in ((1, times[:1]), (3, times[3:6])):
        enquiry = actions.offer_times(request(now=now, email=f"{number}@example.org"), kept, user=staff, now=now)
        for end in ("", "accept/"):
            with CaptureQueriesContext(connection) as asked:
                client.get(url(enquiry, end))
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_cancelling_while_times_are_on_offer_names_only_a_time_that_is_theirs(client, proposed, staff, times):
    assert "Others can then have the times we offered you." in words(client.get(url(proposed, "cancel/")))
    assert long_date(times[0].starts_at) not in words(client.get(url(proposed, "cancel/")))
    assert "This also cancels your request." in words(client.get(url(proposed, "delete/")))
    client.post(url(proposed, "cancel/"))
    proposed.refresh_from_db()
    assert (proposed.status, proposed.starts_at) == ("cancelled_client", None)
    assert "Your request has been cancelled" in words(client.get(proposed.get_absolute_url()))
    assert not Hold.objects.exists()


def test_cancelling_an_appointment_while_times_are_on_offer(client, with_appointment, times):
    shown = words(client.get(url(with_appointment, "cancel/")))
    assert f"Cancel this appointment? {long_date(times[0].starts_at)}" in shown
    client.post(url(with_appointment, "cancel/"))
    with_appointment.refresh_from_db()
    assert (with_appointment.status, with_appointment.starts_at) == ("cancelled_client", times[0].starts_at)
    assert not Hold.objects.exists()


def test_times_are_held_to_the_whole_hour(times, staff):
    now = timezone.now().replace(minute=7)
    enquiry = actions.offer_times(request(now=now), [Slot(times[8].starts_at, times[8].location)], user=staff, now=now)
    until = enquiry.holds.get().expires_at
    assert (until.minute, until.second, until.microsecond) == (0, 0, 0)
    assert timedelta(hours=72) < until - now < timedelta(hours=73)
