"""The diary: who comes when and where, as staff read it, print it and take it into their own calendars."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.models import DiaryFeed, Enquiry, Hold
from bookings.queries.diary import DiaryPage
from bookings.queries.slots import SlotFinder, bookable_days
from services.models import Closure, Person
from tests.bookings.factories import request

URL = "admin:bookings_diary"


def member(name, *permissions):
    user = get_user_model().objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def ada(db):
    return Person.objects.create(name="Ada King", slug="ada", is_practitioner=True, user=member("ada", "see_own_diary"))


@pytest.fixture
def free(harley_street):
    now = timezone.now()
    return list(SlotFinder([harley_street], *bookable_days(now), now).free_at(harley_street))


@pytest.fixture
def confirmed(harley_street, free, staff, ada):
    now = timezone.now()
    enquiry = request(harley_street, free[6].starts_at, now=now, name="Sam Client", phone="+447700900982")
    return actions.confirm(enquiry, user=staff, now=now, address="1 A Street", person=ada)


def text(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").select_one("#content-main").get_text(" ").split())


def day_of(enquiry):
    return timezone.localdate(enquiry.starts_at).isoformat()


# What the page is made of


def cells(page):
    """Hour, column, references and free times of every cell that has any."""
    return [
        (row.label, column, [entry.hold.enquiry.reference for entry in cell.entries], cell.free_words)
        for row in page.rows
        for column, cell in enumerate(row.cells)
        if cell.entries or cell.free
    ]


def test_a_day_has_the_places_side_by_side_with_what_is_held_and_what_is_free(harley_street, online, thursday_ten, now):
    asked = request(harley_street, thursday_ten, now=now)
    page = DiaryPage(date(2026, 6, 4), now)
    assert [column.title for column in page.columns] == ["Harley Street", "Online"]
    assert page.title == "Thursday 4 June 2026"
    assert cells(page) == [
        ("9am", 0, [], "9am"),
        ("9am", 1, [], "9am"),
        ("10am", 0, [asked.reference], ""),
        ("10am", 1, [], "10am"),
        ("11am", 0, [], "11am"),
        ("11am", 1, [], "11am"),
    ]


def test_a_week_begins_on_monday_and_names_the_places(harley_street, thursday_ten, now):
    asked = request(harley_street, thursday_ten, now=now)
    page = DiaryPage(date(2026, 6, 4), now, view="week")
    assert (page.title, page.columns[0].title, len(page.columns)) == ("1 to 7 June 2026", "Mon 1", 7)
    assert ("10am", 3, [asked.reference], "") in cells(page)
    assert ("9am", 3, [], "9am") in cells(page)


def test_a_week_over_two_months_names_both(harley_street, now):
    assert DiaryPage(date(2026, 7, 1), now, view="week").title == "29 June to 5 July 2026"


def test_times_that_are_past_are_not_called_free(harley_street, now):
    assert cells(DiaryPage(date(2026, 6, 1), now)) == []  # it is midday, and the last consultation began at 11


@pytest.mark.parametrize(("today", "hour", "label"), [(date(2026, 10, 25), 9, "9am"), (date(2027, 3, 28), 9, "9am")])
def test_on_the_days_the_clocks_change_an_hour_is_the_hour_on_the_wall(harley_street, today, hour, label):
    now = datetime(today.year, today.month, today.day, tzinfo=UTC) - timedelta(days=2)
    page = DiaryPage(today, now)
    assert cells(page)[0] == (label, 0, [], label)


def test_the_present_hour_is_marked_today_alone(harley_street, thursday_ten):
    at_ten = thursday_ten + timedelta(minutes=20)
    assert [row.label for row in DiaryPage(date(2026, 6, 4), at_ten).rows if row.is_now] == []  # nothing was held, all of it is past but 11
    request(harley_street, thursday_ten, now=thursday_ten - timedelta(days=2))
    assert [row.label for row in DiaryPage(date(2026, 6, 4), at_ten).rows if row.is_now] == ["10am"]
    assert not [row for row in DiaryPage(date(2026, 6, 5), at_ten).rows if row.is_now]


def test_a_closed_place_says_so(harley_street, online, now):
    Closure.objects.create(location=online, reason="x", first_day=date(2026, 6, 4), last_day=date(2026, 6, 4))
    page = DiaryPage(date(2026, 6, 4), now)
    assert [(column.title, column.closed) for column in page.columns] == [("Harley Street", ""), ("Online", "Closed")]


def test_a_day_of_the_week_is_closed_when_all_places_are(harley_street, online, now):
    for day, place in ((3, online), (4, None)):
        Closure.objects.create(location=place, reason="x", first_day=date(2026, 6, day), last_day=date(2026, 6, day))
    page = DiaryPage(date(2026, 6, 4), now, view="week")
    assert [column.title for column in page.columns if column.closed] == ["Thu 4"]


def test_today_begins_at_midnight_in_london(harley_street):
    after_midnight = datetime(2026, 6, 3, 23, 30, tzinfo=UTC)
    page = DiaryPage(date(2026, 6, 4), after_midnight, view="week")
    assert (page.today, [column.title for column in page.columns if column.is_today]) == (date(2026, 6, 4), ["Thu 4"])


def test_an_offer_that_has_lapsed_is_free_again(harley_street, thursday_ten, now, staff):
    enquiry = request(now=now)
    offer = next(o for o in SlotFinder([harley_street], *bookable_days(now), now).free_at(harley_street) if o.starts_at == thursday_ten)
    actions.offer_times(enquiry, [offer], user=staff, now=now)
    assert ("10am", 0, [enquiry.reference], "") in cells(DiaryPage(date(2026, 6, 4), now))
    later = thursday_ten - timedelta(minutes=1)
    assert ("10am", 0, [enquiry.reference], "") in cells(DiaryPage(date(2026, 6, 4), later - timedelta(hours=24)))
    Enquiry.objects.get().holds.update(expires_at=later - timedelta(hours=1))
    assert ("10am", 0, [], "10am") in cells(DiaryPage(date(2026, 6, 4), later))


def test_ones_own_diary_is_empty_for_who_is_no_practitioner(harley_street, thursday_ten, now):
    request(harley_street, thursday_ten, now=now)
    assert cells(DiaryPage(date(2026, 6, 4), now, own=True)) == []


def test_one_who_came_stays_in_the_diary(harley_street, thursday_ten, now, staff):
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="1 A Street")
    after = thursday_ten + timedelta(hours=2)
    actions.mark_attended(enquiry, user=staff, now=after)
    assert ("10am", 0, [enquiry.reference], "") in cells(DiaryPage(date(2026, 6, 4), after))


# The page in admin


def test_reception_sees_names_and_opens_requests_and_neither_email_nor_phone(desk, confirmed):
    response = desk.get(reverse(URL), {"day": day_of(confirmed)})
    assert f"{confirmed.reference} Sam Client Confirmed , with Ada King" in text(response).replace("Confirmed, ", "Confirmed , ")
    assert reverse("admin:bookings_enquiry_change", args=[confirmed.pk]) in response.content.decode()
    for secret in ("sam@example.org", "7700900982", "07700"):
        assert secret not in response.content.decode()


@pytest.mark.parametrize("day", ["", "yesterday", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_is_none_shows_today(desk, harley_street, day):
    response = desk.get(reverse(URL), {"day": day})
    assert response.context["page"].first == timezone.localdate()


@pytest.mark.parametrize("person", ["", "x", "999999"])
def test_without_a_practitioner_of_that_name_it_shows_everyone(desk, confirmed, free, person):
    other = request(confirmed.location, free[7].starts_at, now=timezone.now(), email="b@example.org")
    assert shown(desk, confirmed, person) == {confirmed.reference, other.reference}


def test_the_diary_of_one_practitioner_shows_theirs_alone(desk, confirmed, ada, free):
    request(confirmed.location, free[7].starts_at, now=timezone.now(), email="b@example.org")
    assert shown(desk, confirmed, ada.pk) == {confirmed.reference}


def shown(desk, enquiry, person):
    """The references in the fortnight of an enquiry."""
    days = [timezone.localdate(enquiry.starts_at) + timedelta(days=7 * n) for n in (0, 1)]
    pages = [desk.get(reverse(URL), {"day": day.isoformat(), "view": "week", "person": person}).context["page"] for day in days]
    return {hold.enquiry.reference for page in pages for hold in page.holds}


def test_a_practitioner_sees_their_own_and_opens_no_request(client, confirmed, ada, free):
    other = request(confirmed.location, free[7].starts_at, now=timezone.now(), email="b@example.org")
    client.force_login(ada.user)
    response = client.get(reverse(URL), {"day": day_of(confirmed), "view": "week"})
    assert confirmed.reference in text(response)
    assert other.reference not in text(response)
    assert "Free:" not in text(response)
    assert reverse("admin:bookings_enquiry_change", args=[confirmed.pk]) not in response.content.decode()


def test_a_practitioner_who_asks_for_a_colleague_sees_their_own_all_the_same(client, confirmed, ada, free, staff):
    bob = Person.objects.create(name="Bob Lane", slug="bob", is_practitioner=True)
    other = request(confirmed.location, free[7].starts_at, now=timezone.now(), email="b@example.org")
    actions.confirm(other, user=staff, now=timezone.now(), person=bob)
    client.force_login(ada.user)
    for enquiry, there in ((confirmed, True), (other, False)):
        response = client.get(reverse(URL), {"day": day_of(enquiry), "view": "week", "person": bob.pk})
        assert (enquiry.reference in text(response)) is there
        assert "Bob Lane" not in response.content.decode()


def test_an_account_without_a_person_is_told_so(client, confirmed):
    client.force_login(member("nobody", "see_own_diary"))
    response = client.get(reverse(URL), {"day": day_of(confirmed)})
    assert "not linked to a practitioner yet" in text(response)
    assert confirmed.reference not in text(response)


def test_whoever_may_see_no_diary_is_refused(client, db):
    client.force_login(member("editor", "view_page"))
    assert client.get(reverse(URL)).status_code == 403
    assert client.post(reverse("admin:bookings_diary_feed")).status_code == 403
    assert not DiaryFeed.objects.exists()


def test_it_asks_the_database_as_often_for_two_as_for_one(desk, confirmed, free, django_assert_num_queries):
    desk.get(reverse(URL))
    with django_assert_num_queries(QUERIES):
        desk.get(reverse(URL), {"day": day_of(confirmed), "view": "week"})
    request(confirmed.location, free[7].starts_at, now=timezone.now(), email="b@example.org")
    with django_assert_num_queries(QUERIES):
        desk.get(reverse(URL), {"day": day_of(confirmed), "view": "week"})


QUERIES = 14  # session, user; practitioners; places, rota, single dates, holidays, closures, holds; diary; feed; the admin's frame 4


# The private address


@pytest.fixture
def feed(staff):
    return actions.make_feed(staff, now=timezone.now())


def events(response):
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return list(icalendar.Calendar.from_ical(response.content).walk("VEVENT"))


def test_the_feed_gives_references_and_nothing_of_the_person(client, confirmed, feed):
    response = client.get(feed.get_absolute_url())
    event = events(response)[0]
    assert (str(event["summary"]), str(event["location"]), event["dtstart"].dt) == (
        confirmed.reference,
        "Harley Street",
        confirmed.starts_at,
    )
    for secret in ("Sam", "example.org", "7700900982", "Ada"):
        assert secret not in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_a_practitioners_feed_gives_their_own(client, confirmed, ada, free, staff):
    other = request(confirmed.location, free[7].starts_at, now=timezone.now(), email="b@example.org")
    actions.confirm(other, user=staff, now=timezone.now())
    own = actions.make_feed(ada.user, now=timezone.now())
    assert [str(event["summary"]) for event in events(client.get(own.get_absolute_url()))] == [confirmed.reference]


def test_only_confirmed_consultations_are_in_it(client, harley_street, free, feed):
    request(harley_street, free[3].starts_at, now=timezone.now())
    assert events(client.get(feed.get_absolute_url())) == []


def test_the_last_two_weeks_stay_in_it_and_what_is_older_does_not(client, confirmed, feed):
    for days, there in ((13, [confirmed.reference]), (15, [])):
        Hold.objects.update(starts_at=timezone.now() - timedelta(days=days), ends_at=timezone.now() - timedelta(days=days, hours=-1))
        assert [str(event["summary"]) for event in events(client.get(feed.get_absolute_url()))] == there


def test_a_new_address_ends_the_old_and_stopping_ends_both(desk, staff, feed):
    desk.post(reverse("admin:bookings_diary_feed"), {"feed": "make"})
    new = DiaryFeed.objects.get(user=staff)
    assert new.key != feed.key
    assert [desk.get(each.get_absolute_url()).status_code for each in (feed, new)] == [404, 200]
    desk.post(reverse("admin:bookings_diary_feed"), {"feed": "stop"})
    assert desk.get(new.get_absolute_url()).status_code == 404


def test_the_address_of_somebody_who_left_or_lost_the_right_shows_nothing(client, ada):
    feed = actions.make_feed(ada.user, now=timezone.now())
    ada.user.user_permissions.clear()
    assert client.get(feed.get_absolute_url()).status_code == 404
    ada.user.user_permissions.set(Permission.objects.filter(codename="see_own_diary"))
    assert client.get(feed.get_absolute_url()).status_code == 200
    for lost in ("is_active", "is_staff"):
        setattr(ada.user, lost, False)
        ada.user.save()
        assert client.get(feed.get_absolute_url()).status_code == 404
        setattr(ada.user, lost, True)
        ada.user.save()


def test_a_new_password_ends_the_address_and_the_page_says_so(client, desk, staff, feed):
    assert client.get(feed.get_absolute_url()).status_code == 200
    user = get_user_model().objects.get(pk=staff.pk)
    user.set_password("harbour-lantern-walnut")
    user.save()
    assert client.get(feed.get_absolute_url()).status_code == 404
    client.force_login(user)
    shown = client.get(reverse(URL))
    assert feed.key not in shown.content.decode()
    assert "The private address you had has ended, because your password was renewed since." in text(shown)
    new = actions.make_feed(user, now=timezone.now())
    assert client.get(new.get_absolute_url()).status_code == 200
    assert "has ended" not in text(client.get(reverse(URL)))


def test_the_address_stays_while_the_secret_key_is_exchanged(client, feed, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key " * 6
    assert client.get(feed.get_absolute_url()).status_code == 200


def test_a_guessed_address_looks_like_any_other_and_many_are_stopped(client, feed):
    wrong = [feed.key[:8] + "x" * 24, "nothing", "%00", "é" * 30]
    pages = [client.get(f"/diary/{key}.ics") for key in wrong]
    assert [page.status_code for page in pages] == [404, 404, 400, 404]
    assert pages[0].content == pages[1].content
    codes = {client.get(f"/diary/guess{n}.ics").status_code for n in range(122)}  # twice the limit: the hour may end meanwhile
    assert codes == {404, 429}
    assert client.get(feed.get_absolute_url()).status_code == 200  # whoever has the right one is not locked out


def test_making_an_address_takes_a_post(desk):
    assert desk.get(reverse("admin:bookings_diary_feed")).status_code == 405
    assert not DiaryFeed.objects.exists()
