"""What a page or a message says of the future is true at the hour at which it is read."""

from datetime import timedelta

import pytest

from bookings import actions, notifications
from bookings.models import Enquiry, Hold, Notice
from bookings.public.enquiry_views import show
from bookings.queries.queues import BY_NAME
from bookings.staff.dashboard import Dashboard
from services.clinic.clinic import Clinic
from services.clinic.uk_time import appointment, near_time
from tests.bookings.desk import at, buttons, page
from tests.bookings.desk import words as text_of
from tests.bookings.factories import request
from tests.bookings.room import Room
from tests.bookings.stages import confirmed, moved_to
from tests.bookings.walker import words

LINK = "https://video.example.org/x"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def room(harley_street, staff):
    return Room(harley_street, staff)


@pytest.fixture
def video(online, staff):
    return Room(online, staff)


def shown(client, enquiry):
    return words(client.get(enquiry.get_absolute_url()))


# The video link and the address that are still to come


def without_address(room):
    """An appointment that was taken from times on offer, at a place whose address nobody knew."""
    return actions.accept_offer(room.proposed(), Hold.objects.filter(kind="offered").first().pk, now=room.now)


MISSING = {"video link": ("video", lambda room: actions.confirm(room.new(), **room.by)), "address": ("room", without_address)}


@pytest.mark.parametrize("what", MISSING)
def test_what_is_missing_is_promised_until_a_moment_and_from_then_on_one_is_asked_to_call(client, request, what):
    name, make = MISSING[what]
    room = request.getfixturevalue(name)
    enquiry = make(room)
    for before in (10 * HOUR, 2 * HOUR + MINUTE):
        room._moved(enquiry, starts_at=room.now + before)
        promise = (
            f"We send you the {what} before your appointment. If you do not have it by "
            f"{appointment(enquiry.starts_at - 2 * HOUR)}, please call us on 0345 474 1724"
        )
        assert promise in shown(client, enquiry)
    for before in (2 * HOUR, MINUTE, -10 * MINUTE):
        room._moved(enquiry, starts_at=room.now + before)
        said = shown(client, enquiry)
        assert f"The {what} is not here yet. Please call us on 0345 474 1724" in said
        assert f"We send you the {what}" not in said
    room._moved(enquiry, starts_at=room.now - HOUR)
    assert what not in shown(client, enquiry)


@pytest.mark.parametrize("kind", ["confirmed", "reminder_1"])
def test_an_email_without_the_link_says_until_when_it_comes_and_whom_to_call(online, thursday_ten, now, staff, kind):
    enquiry = actions.confirm(request(online, thursday_ten, now=now), user=staff, now=now)
    event = enquiry.events.last()
    notice = event.notices.get() if kind == "confirmed" else event.notices.create(kind=kind, created_at=now)
    until = "If you do not have it by Thursday 4 June, 8am, please call us on 0345 474 1724."
    promise = f"We send you the video link before your appointment. {until}"
    for moment, sentence in ((now, promise), (thursday_ten - HOUR, "The video link is not here yet. Please call us on 0345 474 1724.")):
        said = notifications.render_notification(notice, moment, Clinic(moment))
        for each in (said.text, said.html, said.spoken):
            assert sentence in " ".join(each.split())
    assert (
        "you have no video link by Thursday 4 June, 8am, please call" in notifications.render_notification(notice, now, Clinic(now)).short
    )


def test_who_has_no_link_or_address_a_day_before_is_on_the_board(online, harley_street, thursday_ten, now, staff):
    def missing(moment):
        found = {box.name: box for box in Dashboard(staff, Clinic(moment)).side}["no_link"]
        return [(row.enquiry.name, row.wait.is_pressing) for row in found.rows]

    link = actions.confirm(request(online, thursday_ten, now=now, name="Link"), user=staff, now=now)
    place = actions.confirm(request(harley_street, thursday_ten, now=now, name="Place"), user=staff, now=now)
    assert missing(now) == []
    for before, pressing in ((34 * HOUR, False), (24 * HOUR, False), (3 * HOUR, False), (2 * HOUR, True), (-10 * MINUTE, True)):
        assert missing(thursday_ten - before) == [("Link", pressing), ("Place", pressing)]
    assert missing(thursday_ten + HOUR) == []
    actions.send_video_link(link, video_link=LINK, user=staff, now=now)
    actions.send_address(place, address="1 Any Street", user=staff, now=now)
    assert missing(thursday_ten - 24 * HOUR) == []


def test_the_list_behind_the_board_has_the_same_requests(changelist, online, thursday_ten, now, staff):
    moved_to(confirmed(online, thursday_ten, staff, now, name="Soon"), now + 20 * HOUR)
    confirmed(online, thursday_ten + HOUR, staff, now, name="Later")
    assert [row.name for row in changelist(state="no_link").result_list] == ["Soon"]
    assert Enquiry.objects.filter(BY_NAME["no_link"].where(now)).count() == 1


def test_the_link_can_be_sent_until_the_meeting_is_over(desk, video):
    enquiry = actions.confirm(video.new(), **video.by)
    video._moved(enquiry, starts_at=video.now - 10 * MINUTE)
    opened = desk.get(at("change", enquiry.pk))
    assert text_of(page(opened).select_one("#next-h")) == "It has begun, and they have no video link. Send it, or email them."
    assert "Send the video link" in buttons(opened)
    desk.post(at("video", enquiry.pk), {"video_link": LINK})
    enquiry.refresh_from_db()
    assert enquiry.video_link == LINK
    video._moved(enquiry, starts_at=video.now - HOUR)
    assert "Send another video link" not in buttons(desk.get(at("change", enquiry.pk)))


def test_the_day_ahead_says_what_is_missing(harley_street, online, thursday_ten, now, staff, settings):
    settings.STAFF_EMAIL = "reception@example.org"
    for place in (harley_street, online):
        actions.confirm(request(place, thursday_ten, now=now), user=staff, now=now)
    day = Notice.objects.create(kind="staff_digest", day=thursday_ten.date(), created_at=thursday_ten)
    said = notifications.render_notification(day, thursday_ten - 3 * HOUR, Clinic(thursday_ten - 3 * HOUR)).text
    assert [sentence for sentence in ("no address yet", "no video link yet") if sentence not in said] == []


# Other sentences that a clock makes untrue


def test_once_their_appointment_has_begun_the_fee_is_no_longer_promised(client, room):
    assert "Fee We will tell you before you agree" in shown(client, room.confirmed())
    Enquiry.objects.all().delete()
    assert "Fee Please ask us" in shown(client, room.begun())


def test_a_confirmation_that_goes_out_late_looks_forward_to_nothing(harley_street, thursday_ten, now, staff):
    enquiry = confirmed(harley_street, thursday_ten, staff, now)
    notice = Notice.objects.get(kind="confirmed", event__enquiry=enquiry)
    for moment, ahead in ((now, True), (thursday_ten + MINUTE, False)):
        said = notifications.render_notification(notice, moment, Clinic(moment))
        for each in (said.text, said.html, said.spoken):
            assert ("look forward" in each, "before you agree" in each) == (ahead, ahead)


@pytest.mark.parametrize("state", ["proposed_with_appointment", "lapsed_with_appointment"])
def test_an_appointment_that_has_begun_does_not_stay_theirs(client, room, state):
    enquiry = room.proposed_with_appointment()
    if state == "lapsed_with_appointment":
        enquiry.holds.filter(kind="offered").update(expires_at=room.now)
    stays = ("stays yours", "stays as it is", "Your appointment now")
    assert any(sentence in shown(client, enquiry) for sentence in stays)
    Enquiry.objects.filter(pk=enquiry.pk).update(starts_at=room.now - MINUTE)
    enquiry.holds.filter(kind="confirmed").update(starts_at=room.now - MINUTE, ends_at=room.now + 49 * MINUTE)
    for path in ("", "accept/none/") if state == "lapsed_with_appointment" else ("", "accept/", "accept/none/"):
        said = words(client.get(f"{enquiry.get_absolute_url()}{path}"))
        assert [sentence for sentence in (*stays, "stays confirmed", "this request ends") if sentence in said] == []


def test_an_email_about_times_on_offer_keeps_no_appointment_that_has_begun(harley_street, thursday_ten, now, staff):
    enquiry = confirmed(harley_street, thursday_ten, staff, now)
    later = [offer for offer in Room(harley_street, staff).times if offer.starts_at > thursday_ten + timedelta(days=2)][:1]
    actions.offer_times(enquiry, later, user=staff, now=now)
    notice = Notice.objects.get(kind="offered")
    assert "stays yours" in notifications.render_notification(notice, now, Clinic(now)).text
    assert "stays yours" not in notifications.render_notification(notice, thursday_ten + MINUTE, Clinic(thursday_ten)).text


def test_a_time_that_has_passed_before_we_answered_is_not_kept_for_them(client, room):
    enquiry = room.new()
    assert "Until we answer nobody else can take your time." in shown(client, enquiry)
    room._moved(enquiry, starts_at=room.now - MINUTE)
    said = shown(client, enquiry)
    assert "Please call us" in said
    for sentence in ("nobody else can take", "The time we hold for you", "your time is confirmed, or"):
        assert sentence not in said
    notice = Notice.objects.get(kind="received")
    assert "we should have answered by now" in " ".join(notifications.render_notification(notice, room.now, Clinic(room.now)).text.split())


def test_nobody_else_can_have_a_time_that_has_passed(client, room):
    enquiry = room.cancelled()
    assert "Somebody else can have it now." in shown(client, enquiry)
    Enquiry.objects.update(starts_at=room.now - MINUTE)
    assert "Somebody else" not in shown(client, enquiry)


def test_until_when_details_are_deleted_is_a_moment_not_a_span_from_whenever_one_looks(client, room):
    enquiry = room.leaving()
    assert f"at the latest by {near_time(enquiry.erase_by, room.now)}" in shown(client, enquiry)


def test_who_named_no_time_is_not_told_that_it_has_passed(client, room):
    enquiry = room.none_suited()
    room._moved(enquiry, status="expired")
    enquiry.events.create(at=room.now, actor="system", from_status="new", to_status="expired")
    said = shown(client, enquiry)
    assert ("The time you asked for has passed" in said, "you had no answer from us" in said) == (False, True)


def test_who_sent_twice_is_led_to_the_change_only_where_there_is_one(rf, room):
    asked = rf.get("/book/check/")
    asked.clinic = Clinic(room.now)
    for make, can_change in ((room.past, False), (room.refused, True)):
        said = words(show(asked, make(), already_sent=True))
        assert ("You have already sent this request." in said, "Change the time" in said) == (True, can_change)
        Enquiry.objects.all().delete()


def test_a_cancellation_by_us_is_told_as_done(harley_street, thursday_ten, now, staff):
    enquiry = actions.cancel_by_clinic(confirmed(harley_street, thursday_ten, staff, now), user=staff, now=now)
    said = notifications.render_notification(Notice.objects.get(kind="cancelled_clinic"), now, Clinic(now))
    for each in (said.text, said.html, said.spoken):
        assert ("We had to cancel your appointment" in " ".join(each.split()), "have to cancel" in each) == (True, False)
    assert enquiry.status == "cancelled_clinic"


def test_the_desk_does_not_call_a_time_theirs_that_has_begun(desk, room):
    enquiry = room.proposed_with_appointment()
    assert "Theirs until they choose another" in text_of(page(desk.get(at("change", enquiry.pk))).select_one("[aria-labelledby=times-h]"))
    moved_to(enquiry, room.now - MINUTE)
    assert "Theirs until" not in text_of(page(desk.get(at("change", enquiry.pk))).select_one("[aria-labelledby=times-h]"))
