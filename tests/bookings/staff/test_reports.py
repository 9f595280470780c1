"""The figures: each counted by hand once, so that a chart can be believed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.domain.periods import PRESETS, Period, between, preset
from bookings.domain.status import Status
from bookings.models import Enquiry, Notice
from bookings.queries.reports import Figures
from bookings.queries.slots import Slot
from bookings.staff.reports.charts import bars, columns, percent, shade
from services.models import Closure
from tests.bookings.factories import request

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
HOUR = timedelta(hours=1)


def figures(period=JUNE, now=datetime(2026, 7, 1, 12, tzinfo=UTC)):
    return Figures(period, now)


# Periods


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("weeks", date(2026, 2, 6), date(2026, 3, 5)),
        ("month", date(2026, 3, 1), date(2026, 3, 5)),
        ("last-month", date(2026, 2, 1), date(2026, 2, 28)),
        ("quarter", date(2026, 1, 1), date(2026, 3, 5)),
        ("year", date(2025, 4, 1), date(2026, 3, 5)),
    ],
)
def test_a_period_has_a_name_and_its_days(name, first, last):
    assert preset(name, date(2026, 3, 5)) == Period(first, last)


def test_the_last_four_weeks_are_28_days_today_included():
    assert {len(preset("weeks", date(2027, 3, 22) + timedelta(days=n)).days) for n in range(7)} == {28}


def test_every_name_is_a_period():
    assert all(preset(name, date(2024, 2, 29)).first <= date(2024, 2, 29) for name in PRESETS)


def test_days_in_the_wrong_order_are_turned_and_more_than_a_year_is_cut():
    assert between(date(2026, 3, 5), date(2026, 3, 1)) == Period(date(2026, 3, 1), date(2026, 3, 5))
    assert between(date(2000, 1, 1), date(2026, 3, 1)).first == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (JUNE, "1 to 30 June 2026"),
        (Period(date(2026, 5, 30), date(2026, 6, 2)), "30 May to 2 June 2026"),
        (Period(date(2025, 12, 30), date(2026, 1, 2)), "30 December 2025 to 2 January 2026"),
        (Period(date(2026, 6, 1), date(2026, 6, 1)), "1 June 2026"),
    ],
)
def test_a_period_in_words(period, words):
    assert period.words == words


# Shapes


def test_the_greatest_bar_is_full_and_none_is_drawn_for_nothing():
    assert [(bar.size, bar.share) for bar in bars({"a": 3, "b": 1, "c": 0})] == [(100, 75), (33.3, 25), (0, 0)]
    assert [(bar.size, bar.share) for bar in bars({"a": 0})] == [(0, 0)]


def test_columns_stand_on_the_line_inside_the_chart():
    drawn = columns({str(n): n for n in range(53)})
    assert drawn[0].height == 0
    assert all(column.y + column.height == 100 and column.x >= 0 and column.x + column.width <= 640 for column in drawn)
    assert sum(column.is_labelled for column in drawn) <= 8


@pytest.mark.parametrize(("count", "found"), [(0, 0), (1, 1), (20, 1), (21, 2), (99, 5), (100, 5)])
def test_the_shades_of_a_heat_table(count, found):
    assert shade(count, 100) == found


def test_a_share_of_nothing_is_a_dash():
    assert (percent(1, 3), percent(0, 0)) == ("33%", "–")


# Counted by hand


@pytest.fixture
def june(harley_street, online, thursday_ten, now, staff):
    """Six requests: confirmed and attended; confirmed and cancelled late; none suited; by phone, unanswered and late; spam; from May."""
    came = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now + HOUR, address="1 A Street")
    actions.mark_attended(came, user=staff, now=thursday_ten + HOUR)
    friday = thursday_ten + timedelta(days=1)
    late = actions.confirm(request(online, friday, now=now, email="b@example.org"), user=staff, now=now + 3 * HOUR)
    actions.cancel(late, now=friday - 2 * HOUR)
    request(now=now + timedelta(days=1), email="c@example.org", location_id=online.pk, preferred_times=["weekends", "weekday_evenings"])
    request(now=now + timedelta(days=14), email="", phone="+447700900982", contact_by="call")
    Enquiry.objects.filter(email="").update(source="phone")
    request(now=now, email="d@example.org", suspect=True)
    request(now=now - timedelta(days=1), email="e@example.org")
    Notice.objects.filter(event__enquiry__email="c@example.org", kind="received").update(status="failed")


def test_requests_by_week_place_source_and_hour(june):
    found = figures()
    assert found.total == 4
    assert found.by_week == {date(2026, 6, 1): 3, date(2026, 6, 8): 0, date(2026, 6, 15): 1, date(2026, 6, 22): 0, date(2026, 6, 29): 0}
    assert found.by_place == {"Harley Street": 1, "Online": 2, "Any place": 1}
    assert found.by_source == {"Website": 3, "Phone": 1}
    assert found.by_hour == {(0, 12): 3, (1, 12): 1}


def test_a_period_begins_and_ends_at_midnight_in_london(clinic):
    minutes = [(5, 31, 22, 59), (5, 31, 23, 0), (6, 30, 22, 59), (6, 30, 23, 0)]
    for month, day, hour, minute in minutes:
        request(now=datetime(2026, month, day, hour, minute, tzinfo=UTC), email=f"{month}-{hour}-{minute}@example.org")
    found = figures()
    assert (found.total, found.by_hour) == (2, {(0, 0): 1, (1, 23): 1})
    assert (
        [count for count in found.by_week.values() if count]
        == [found.by_week[date(2026, 6, 1)], found.by_week[date(2026, 6, 29)]]
        == [1, 1]
    )


def test_what_was_declined_as_spam_is_no_request(clinic, now, staff):
    actions.decline(request(now=now), reason="spam", user=staff, now=now)
    assert figures().total == 0


def test_how_soon_we_answer_and_how_often_as_promised(june):
    found = figures()
    assert found.median_reply == 2 * HOUR
    assert found.within_promise == (2, 4)  # both others should have been answered by July


def test_what_is_not_due_yet_is_not_counted_against_us(june, now):
    assert figures(Period(date(2026, 6, 1), date(2026, 6, 2)), now + HOUR).within_promise == (2, 2)


def test_a_closure_gives_us_more_time(harley_street, thursday_ten, now, staff):
    Closure.objects.create(location=None, reason="x", first_day=date(2026, 6, 1), last_day=date(2026, 6, 2))
    answered = now + timedelta(days=2)
    actions.decline(request(harley_street, thursday_ten, now=now), reason="no_capacity", user=staff, now=answered)
    assert figures().within_promise == (1, 1)
    Closure.objects.all().delete()
    assert figures().within_promise == (0, 1)


def test_what_became_of_them(june):
    assert figures().outcomes == {
        "Confirmed at some time": 2,
        "To answer now": 2,
        "Waiting for the client now": 0,
        "On the waiting list now": 0,
        "Declined": 0,
        "Expired": 0,
    }


def test_who_moved_their_appointment_was_confirmed_once(harley_street, thursday_ten, now, staff):
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="1 A Street")
    actions.change_time(enquiry, Slot(thursday_ten + timedelta(days=1), harley_street), now=now)
    assert figures().outcomes["Confirmed at some time"] == 1


def test_a_request_that_was_cancelled_was_no_appointment_and_filled_no_place(harley_street, thursday_ten, now):
    asked = request(harley_street, thursday_ten, now=now)
    assert figures().fill["Harley Street"][0] == 0
    actions.cancel(asked, now=thursday_ten - HOUR)
    assert list(figures().cancellations.values()) == [0, 0, 0, 0]


@pytest.mark.parametrize(("before", "over", "ahead"), [(HOUR, 0, 1), (timedelta(0), 1, 0)])
def test_an_appointment_is_ahead_until_it_begins(harley_street, thursday_ten, now, staff, before, over, ahead):
    actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="1 A Street")
    found = figures(now=thursday_ten - before).appointments
    assert found == {"Attended": 0, "Did not attend": 0, "No outcome written down yet": over, "Still ahead": ahead}


def test_appointments_and_who_cancelled_how_late(june):
    found = figures()
    assert found.appointments == {"Attended": 1, "Did not attend": 0, "No outcome written down yet": 0, "Still ahead": 0}
    assert list(found.cancellations.values()) == [0, 1, 0, 0]


def test_what_was_put_right_counts_once_and_as_it_was(june, staff, thursday_ten):
    came = Enquiry.objects.get(status="attended")
    by = {"user": staff, "now": thursday_ten + 2 * HOUR}
    actions.correct_outcome(came, Status.DID_NOT_ATTEND, **by)
    assert figures().appointments == {"Attended": 0, "Did not attend": 1, "No outcome written down yet": 0, "Still ahead": 0}
    actions.replace_link(came, **by)  # something else happens meanwhile
    actions.correct_outcome(came, Status.ATTENDED, **by)
    assert figures().appointments == {"Attended": 1, "Did not attend": 0, "No outcome written down yet": 0, "Still ahead": 0}
    actions.correct_outcome(came, Status.DID_NOT_ATTEND, **by)
    actions.close(came, outcome="not_going_ahead", **by)
    assert figures().appointments == {"Attended": 0, "Did not attend": 1, "No outcome written down yet": 0, "Still ahead": 0}


def test_who_once_did_not_come_and_came_to_a_later_time_counts_as_both(harley_street, thursday_ten, now, staff):
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="1 A Street")
    actions.mark_did_not_attend(enquiry, user=staff, now=thursday_ten)
    later = Slot(thursday_ten + timedelta(days=5), harley_street)
    actions.confirm(enquiry, offer=later, user=staff, now=thursday_ten + HOUR)
    actions.mark_did_not_attend(enquiry, user=staff, now=later.starts_at)
    actions.correct_outcome(enquiry, Status.ATTENDED, user=staff, now=later.starts_at + HOUR)
    assert figures().appointments == {"Attended": 1, "Did not attend": 1, "No outcome written down yet": 0, "Still ahead": 0}


@pytest.mark.parametrize(("hours", "late"), [(24, False), (23, True)])
def test_less_than_a_day_is_late(harley_street, thursday_ten, now, staff, hours, late):
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="1 A Street")
    actions.cancel_by_clinic(enquiry, user=staff, now=thursday_ten - hours * HOUR)
    assert list(figures().cancellations.values()) == [0, 0, int(not late), int(late)]


def test_what_was_wanted_and_not_offered(june):
    assert {name: dict(counts) for name, counts in figures().wanted.items() if counts} == {"Online": {"weekends": 1, "weekday_evenings": 1}}


def test_how_full_a_place_is(june):
    week = Period(date(2026, 6, 1), date(2026, 6, 7))
    assert figures(week).fill == {"Harley Street": (1, 21), "Online": (0, 21)}  # three a day


def test_starts_that_overlap_are_not_counted_as_room_twice(harley_street):
    harley_street.consultation_hours.update(every=30)
    assert figures(Period(date(2026, 6, 1), date(2026, 6, 1))).fill == {"Harley Street": (0, 3)}


def test_emails_that_failed(june):
    assert figures().emails["Failed"] == 1


def test_what_is_told_by_phone_is_no_email(june):
    assert Notice.objects.filter(channel="phone").exists()
    assert sum(figures().emails.values()) == Notice.objects.filter(channel="email", created_at__month=6).count()


def test_one_period_is_read_with_as_many_queries_as_another(june, harley_street, now, django_assert_num_queries):
    def read():
        found = figures()
        return [found.total, found.within_promise, found.outcomes, found.appointments, found.cancellations, found.fill, found.emails]

    with django_assert_num_queries(17):
        read()
    for n in range(3):
        request(now=now, email=f"more{n}@example.org")
    with django_assert_num_queries(17):
        read()


# The page and its file


@pytest.fixture
def manager(client, clinic):
    user = get_user_model().objects.create_user("manager", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["see_figures", "export_enquiry", "view_enquiry"]))
    client.force_login(user)
    return client


URL = "admin:bookings_figures"


def test_the_page_shows_charts_with_their_tables(manager, june):
    page = BeautifulSoup(manager.get(reverse(URL), {"first": "2026-06-01", "last": "2026-06-30"}).content, "html.parser")
    first = {div.dt.get_text(): div.dd.get_text() for div in page.select(".figures-first div")}
    assert first["Requests"] == "4"
    assert first["First answer, median"] == "2 hours"
    assert first["Answered within the promise"] == "50%"
    assert len(page.select("svg.chart rect")) == 5
    weeks = [[cell.get_text().strip() for cell in row.find_all(["th", "td"])] for row in page.select("details tbody tr")]
    assert weeks[0] == ["Mon 1 Jun", "", "3"]
    assert not page.select("[style]")


def test_the_share_who_came_is_of_those_of_whom_we_know(manager, june, harley_street, thursday_ten, now, staff):
    for days in (1, 2):
        asked = request(harley_street, thursday_ten + timedelta(days=days), now=now, email=f"{days}@example.org")
        actions.confirm(asked, user=staff, now=now)
        if days == 1:
            actions.mark_did_not_attend(asked, user=staff, now=thursday_ten + timedelta(days=2))
    page = BeautifulSoup(manager.get(reverse(URL), {"first": "2026-06-01", "last": "2026-06-30"}).content, "html.parser")
    first = {div.dt.get_text(): div.dd.get_text() for div in page.select(".figures-first div")}
    assert first["Came to their appointment"] == "50%"


def test_an_empty_period_says_so(manager):
    page = manager.get(reverse(URL), {"first": "2026-06-01", "last": "2026-06-30"})
    assert "No request was sent in this period." in page.content.decode()


@pytest.mark.parametrize("query", [{}, {"period": "nonsense"}, {"first": "x", "last": "y"}, {"first": "0001-01-01", "last": "9999-12-31"}])
def test_a_period_that_is_none_shows_the_last_four_weeks(manager, query):
    response = manager.get(reverse(URL), query)
    assert response.status_code == 200
    assert [preset["label"] for preset in response.context["presets"] if preset["is_current"]] == ["Last 4 weeks"]


@pytest.fixture
def the_28th(monkeypatch):
    """A day on which “This month” and “Last 4 weeks” are the same days."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 3, 28, 12, tzinfo=UTC))


@pytest.mark.parametrize(("query", "label"), [({}, "Last 4 weeks"), ({"period": "month"}, "This month")])
@pytest.mark.parametrize("page", ["bookings_figures", "bookings_export"])
def test_of_two_periods_with_the_same_days_only_the_one_asked_for_is_marked(the_28th, manager, page, query, label):
    response = manager.get(reverse(f"admin:{page}"), query)
    assert response.context["period"] == Period(date(2027, 3, 1), date(2027, 3, 28))
    assert [preset["label"] for preset in response.context["presets"] if preset["is_current"]] == [label]


def test_of_a_period_given_by_its_days_no_name_is_marked(manager):
    response = manager.get(reverse(URL), {"first": "2026-06-01", "last": "2026-06-30"})
    assert [preset["label"] for preset in response.context["presets"] if preset["is_current"]] == []


def test_the_file_hides_small_counts_and_names_nobody(manager, june):
    response = manager.get(reverse("admin:bookings_statistics"), {"first": "2026-06-01", "last": "2026-06-30"})
    text = b"".join(response.streaming_content).decode()
    lines = text.splitlines()
    assert text.startswith("\ufeff")
    assert '"Requests by week","2026-06-01","<5"' in lines
    assert '"Requests by week","2026-06-08","0"' in lines
    assert '"Room of the rota","Online","90"' in lines
    assert '"Consultations that took place or were confirmed","Harley Street","<5"' in lines
    assert sum(line.startswith('"Wanted but not offered: Online"') and line.endswith('"<5"') for line in lines) == 2
    assert not [line for line in lines if line.endswith(('"1"', '"2"', '"3"', '"4"'))]
    assert "example.org" not in text
    assert "Sam" not in text


def test_counts_from_five_on_are_given(manager, harley_street, now):
    for n in range(5):
        request(now=now, email=f"{n}@example.org")
    response = manager.get(reverse("admin:bookings_statistics"), {"first": "2026-06-01", "last": "2026-06-30"})
    assert '"Requests by source","Website","5"' in b"".join(response.streaming_content).decode().splitlines()


@pytest.mark.parametrize("name", ["bookings_figures", "bookings_statistics"])
def test_who_may_not_see_figures_is_refused(client, name, db):
    client.force_login(get_user_model().objects.create_user("reception", is_staff=True))
    assert client.get(reverse(f"admin:{name}")).status_code == 403
