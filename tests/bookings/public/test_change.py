"""The person chooses another time, at any hour, without calling. Whatever happens, they are never left without the one they have."""

from datetime import time, timedelta

import icalendar
import pytest
from django.utils import timezone

from bookings import actions, notifications
from bookings.domain.status import InvalidTransition
from bookings.models import ConsultationHours, HoldCell, Notice
from bookings.notifications import outbox
from bookings.queries.slots import Slot, SlotFinder, bookable_days
from services.models import Closure
from tests.bookings.factories import request
from tests.bookings.walker import page, problems, words


@pytest.fixture
def enquiry(harley_street, thursday_ten, now):
    return request(harley_street, thursday_ten, now=now)


@pytest.fixture
def eleven(harley_street, thursday_ten):
    return Slot(thursday_ten + timedelta(hours=1), harley_street)


def url(enquiry):
    return f"{enquiry.get_absolute_url()}change/"


def cells(enquiry):
    return list(HoldCell.objects.filter(hold__enquiry=enquiry).order_by("cell").values_list("cell", flat=True))


def ten_from(start):
    return [start + timedelta(minutes=5 * n) for n in range(10)]


def kinds():
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


# The verb


def test_a_request_holds_the_new_time_instead(enquiry, eleven, now, settings):
    settings.STAFF_EMAIL = "reception@clinic.test"
    changed = actions.change_time(enquiry, eleven, now=now)
    assert (changed.status, changed.starts_at) == ("new", eleven.starts_at)
    assert cells(enquiry) == ten_from(eleven.starts_at)
    assert kinds() == ["received", "received", "staff_changed"]
    event = enquiry.events.last()
    assert (event.actor, event.from_status, event.to_status, event.note) == ("client", "new", "new", "Time changed")


def test_the_time_one_has_is_not_in_the_way_of_one_that_overlaps_it(enquiry, harley_street, thursday_ten, now):
    ConsultationHours.objects.update(every=30)
    half_past = thursday_ten + timedelta(minutes=30)
    actions.change_time(enquiry, Slot(half_past, harley_street), now=now)
    assert cells(enquiry) == ten_from(half_past)
    assert HoldCell.objects.count() == 10


def test_a_request_may_move_to_another_place(enquiry, online, thursday_ten, now):
    changed = actions.change_time(enquiry, Slot(thursday_ten, online), now=now)
    assert changed.location == online
    assert set(HoldCell.objects.values_list("location", flat=True)) == {online.pk}


def test_a_confirmed_appointment_moves_and_stays_confirmed(enquiry, eleven, staff, now):
    actions.confirm(enquiry, user=staff, now=now, address="1 Any Street")
    changed = actions.change_time(enquiry, eleven, now=now)
    assert (changed.status, changed.holds.get().kind) == ("confirmed", "confirmed")
    message = notifications.message_for(Notice.objects.filter(kind="confirmed").order_by("pk").last(), now)
    assert "Your appointment has moved to a new time, and it is confirmed." in message.body
    assert "Thursday 4 June, 11am to 11:50am, UK time" in message.body
    (event,) = icalendar.Calendar.from_ical(message.attachments[0][1]).walk("VEVENT")
    assert (int(event["sequence"]), event["dtstart"].dt) == (1, eleven.starts_at)


def test_a_confirmed_appointment_stays_at_its_place(enquiry, online, staff, thursday_ten, now):
    actions.confirm(enquiry, user=staff, now=now, address="1 Any Street")
    with pytest.raises(actions.SlotWithdrawn):
        actions.change_time(enquiry, Slot(thursday_ten, online), now=now)


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_time_that_is_taken_leaves_the_old_one_whole(enquiry, eleven, harley_street, staff, now, confirmed):
    request(harley_street, eleven.starts_at, now=now, email="other@example.org")
    if confirmed:
        actions.confirm(enquiry, user=staff, now=now, address="1 Any Street")
    before = (cells(enquiry), kinds(), enquiry.events.count())
    with pytest.raises(actions.SlotTaken):
        actions.change_time(enquiry, eleven, now=now)
    enquiry.refresh_from_db()
    assert (cells(enquiry), kinds(), enquiry.events.count()) == before
    assert enquiry.starts_at == before[0][0]


@pytest.mark.parametrize("minutes", [30, -120, -24 * 60 * 4])
def test_a_time_the_rota_does_not_offer_is_refused(enquiry, harley_street, thursday_ten, now, minutes):
    with pytest.raises(actions.SlotWithdrawn):
        actions.change_time(enquiry, Slot(thursday_ten + timedelta(minutes=minutes), harley_street), now=now)
    assert cells(enquiry) == ten_from(thursday_ten)


def test_a_closed_day_is_refused(enquiry, eleven, now):
    day = eleven.starts_at.date()
    Closure.objects.create(reason="Works", first_day=day, last_day=day)
    with pytest.raises(actions.SlotWithdrawn):
        actions.change_time(enquiry, eleven, now=now)


def test_the_same_time_again_tells_nobody(enquiry, eleven, now):
    for _ in range(2):
        actions.change_time(enquiry, eleven, now=now)
    assert kinds() == ["received", "received"]


def test_who_had_no_time_gets_one(harley_street, thursday_ten, now):
    enquiry = request(now=now, preferred_times=["weekends"])
    changed = actions.change_time(enquiry, Slot(thursday_ten, harley_street), now=now)
    assert (changed.location, changed.preferred_times) == (harley_street, [])
    assert cells(enquiry) == ten_from(thursday_ten)


def test_the_sixth_unanswered_request_of_a_network_still_holds_no_time(harley_street, thursday_ten, eleven, now):
    for days in range(1, 6):
        request(harley_street, thursday_ten + timedelta(days=days), now=now, network="one")
    sixth = request(now=now, preferred_times=["weekends"], network="one")
    changed = actions.change_time(sixth, eleven, now=now)
    assert (changed.starts_at, cells(sixth)) == (eleven.starts_at, [])


def test_suspected_spam_changes_without_a_hold_or_a_word(harley_street, thursday_ten, eleven, now):
    spam = request(harley_street, thursday_ten, now=now, suspect=True)
    assert actions.change_time(spam, eleven, now=now).starts_at == eleven.starts_at
    assert not HoldCell.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("verb", ["cancel", "decline", "begins"])
def test_what_is_over_cannot_be_changed(enquiry, eleven, staff, now, thursday_ten, verb):
    if verb == "cancel":
        actions.cancel(enquiry, now=now)
    elif verb == "decline":
        actions.decline(enquiry, reason="no_capacity", user=staff, now=now)
    else:
        now = thursday_ten
    with pytest.raises(InvalidTransition):
        actions.change_time(enquiry, eleven, now=now)


@pytest.mark.parametrize("later_first", [False, True])
def test_of_two_messages_that_wait_only_the_later_goes_out(later_first, enquiry, eleven, now, mailoutbox):
    """Whichever a worker takes first."""
    actions.change_time(enquiry, eleven, now=now)
    both = [outbox.claim_next(now), outbox.claim_next(now)]
    for claimed in sorted(both, key=lambda claimed: claimed.notice.pk, reverse=later_first):
        outbox.send(claimed, now)
    assert sorted(Notice.objects.values_list("status", flat=True)) == ["dropped", "sent"]
    (message,) = mailoutbox
    assert "We have the new time you chose" in message.body
    assert "11am to 11:50am" in message.body


def test_someone_without_an_email_is_told_once(harley_street, thursday_ten, eleven, now):
    enquiry = request(harley_street, thursday_ten, now=now, email="", contact_by="call", phone="+447700900982")
    actions.change_time(enquiry, eleven, now=now)
    assert Notice.objects.to_tell().count() == 1


# The page. Its times are counted from the real clock, so the rota is asked which there are.


@pytest.fixture
def two_times(harley_street):
    """Two free times of one day, an hour apart, and the real moment."""
    now = timezone.now()
    free = SlotFinder([harley_street], *bookable_days(now), now).free()
    first = next(offer for offer in free if timezone.localtime(offer.starts_at).hour == 9)
    return first, next(offer for offer in free if offer.starts_at == first.starts_at + timedelta(hours=1)), now


@pytest.fixture
def walked(two_times):
    first, _, now = two_times
    return request(first.location, first.starts_at, now=now)


def test_opening_the_page_changes_nothing_and_shows_the_time_one_has(client, walked):
    shown = client.get(url(walked))
    assert "The time we hold for you now" in words(shown)
    assert page(shown).select_one("input[checked]")["value"] == Slot(walked.starts_at, walked.location).slot
    assert "Change to this time" in words(shown)
    assert kinds() == ["received"]
    assert "no-store" in shown["Cache-Control"]


def test_choosing_another_time_moves_it(client, walked, two_times):
    _, second, _ = two_times
    answer = client.post(url(walked), {"slot": second.slot})
    assert (answer.status_code, answer["Location"]) == (303, walked.get_absolute_url())
    walked.refresh_from_db()
    assert walked.starts_at == second.starts_at
    assert "Change the time" in words(client.get(walked.get_absolute_url()))


def test_a_time_lost_meanwhile_shows_the_closest_ones_and_keeps_the_old(client, walked, two_times):
    first, second, now = two_times
    request(second.location, second.starts_at, now=now, email="other@example.org")
    answer = client.post(url(walked), {"slot": second.slot})
    assert answer.status_code == 409
    assert problems(answer) == ["Sorry, that time has just been requested by someone else. These are the closest times."]
    assert "The closest times" in words(answer)
    assert page(answer).title.string.startswith("Error: ")
    walked.refresh_from_db()
    assert walked.starts_at == first.starts_at


@pytest.mark.parametrize("slot", ["", "none", "nonsense", "harley-street.202001011000"])
def test_nothing_or_nonsense_gets_a_sentence(client, walked, slot):
    answer = client.post(url(walked), {"slot": slot})
    assert answer.status_code == 200
    assert len(problems(answer)) == 1
    assert page(answer).select("input[name=slot]")


def test_another_place_is_one_link_away_until_it_is_confirmed(client, walked, online, staff, two_times):
    links = {a.get_text(): a["href"] for a in page(client.get(url(walked))).select('nav[aria-label="Place"] a')}
    assert links == {"Harley Street": "?at=harley-street", "Online": "?at=online", "Any place": "?at=any"}
    there = page(client.get(url(walked) + links["Online"]))
    assert all(each["value"].startswith("online.") for each in there.select("input[name=slot]"))
    assert there.form["action"].startswith(f"{url(walked)}?at=online&from=")
    actions.confirm(walked, user=staff, now=two_times[2], address="1 Any Street")
    confirmed = client.get(f"{url(walked)}?at=online")
    assert not page(confirmed).select('nav[aria-label="Place"]')
    assert all(each["value"].startswith("harley-street.") for each in page(confirmed).select("input[name=slot]"))


def test_without_any_other_time_one_is_told_how_to_go_on(client, walked):
    ConsultationHours.objects.all().delete()
    shown = words(client.get(url(walked)))
    assert "There is no other free time here in the next 8 weeks." in shown
    assert "Keep the time as it is" in shown


def test_what_is_over_and_a_wrong_link(client, walked, two_times):
    actions.cancel(walked, now=two_times[2])
    assert client.get(url(walked))["Location"] == walked.get_absolute_url()
    assert client.post(url(walked), {"slot": two_times[1].slot}).status_code == 303
    assert client.get("/request/wrong/change/").status_code == 404


def test_a_rota_of_half_hours_offers_times_that_overlap_ones_own(client, walked, two_times):
    ConsultationHours.objects.update(every=30, closes=time(12))
    half_past = Slot(walked.starts_at + timedelta(minutes=30), walked.location)
    assert half_past.slot in {each["value"] for each in page(client.get(url(walked))).select("input[name=slot]")}
    assert client.post(url(walked), {"slot": half_past.slot}).status_code == 303
