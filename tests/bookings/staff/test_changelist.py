"""The list of requests: what stands in it and in which order, each filter, the search, and what it costs."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from bookings import actions
from bookings.domain.status import Status
from bookings.models import Enquiry, Event
from bookings.queries.queues import QUEUES
from bookings.queries.waiting_time import Wait, until_when, wait_of
from bookings.staff.changelist import MOST_COUNTED
from services.clinic.clinic import Clinic
from tests.bookings.factories import request
from tests.bookings.stages import confirmed, moved_to, offered, waiting
from tests.plans import plan_of, reads_whole_table, sorts

LIST = reverse("admin:bookings_enquiry_changelist")
PHONE = {"phone": "+447700900982", "phone_typed": "07700 900982"}


@pytest.fixture
def listed(changelist):
    return lambda **params: [enquiry.name for enquiry in changelist(**params).result_list]


def test_open_requests_are_what_one_sees_ours_first_and_of_these_who_waits_longest(listed, harley_street, thursday_ten, now, staff):
    offered(harley_street, thursday_ten, staff, now, name="Offered")
    waiting(now, 1, name="An hour")
    waiting(now, 3, name="Three hours")
    actions.waitlist(waiting(now, 90, name="On the list"), user=staff, now=now)
    actions.decline(waiting(now, name="Over"), reason="no_capacity", user=staff, now=now)
    request(now=now, suspect=True, name="Spam")
    assert listed() == listed(state="open") == ["Three hours", "An hour", "Offered", "On the list"]
    assert listed(state="all") == ["Spam", "Over", "On the list", "Three hours", "An hour", "Offered"]
    assert listed(state="no such state") == listed()


def test_each_state_and_pile_has_its_own_list(listed, harley_street, online, thursday_ten, now, staff):
    hour, day = timedelta(hours=1), timedelta(days=1)
    confirmed(harley_street, thursday_ten, staff, now, name="Ahead")
    moved_to(confirmed(harley_street, thursday_ten + hour, staff, now, name="Later today"), now + hour)
    moved_to(confirmed(harley_street, thursday_ten - hour, staff, now, name="Over"), now - day)
    for number, (name, act) in enumerate({"Came": actions.mark_attended, "Missed": actions.mark_did_not_attend}.items()):
        act(moved_to(confirmed(online, thursday_ten + number * hour, staff, now, name=name), now - hour), user=staff, now=now)
    confirmed(online, thursday_ten + day, staff, now, name="Soon", wants_earlier=True)
    request(now=now, suspect=True, name="Spam")
    assert listed(state="confirmed") == ["Over", "Later today", "Ahead", "Soon"]
    assert listed(state="today") == ["Came", "Missed", "Later today"]
    assert listed(state="outcome") == ["Over"]
    assert sorted(listed(state="to_close")) == ["Came", "Missed"]
    assert listed(state="no_person") == ["Later today", "Ahead", "Soon"]
    assert listed(state="earlier") == ["Soon"]
    assert listed(state="suspected_spam") == ["Spam"]
    assert listed(state="attended") == ["Came"]


def test_filters_narrow_the_list(listed, harley_street, online, thursday_ten, now, staff):
    mine = waiting(now, name="Mine", contact_by="email")
    actions.assign(mine, staff, user=staff, now=now)
    request(harley_street, thursday_ten, now=now, name="Call", contact_by="call", message_safety="none", **PHONE)
    request(online, thursday_ten + timedelta(days=20), now=now, name="Text", contact_by="text", message_safety="named", **PHONE)
    met = moved_to(confirmed(online, thursday_ten, staff, now, name="Met"), now - timedelta(days=3))
    actions.close(actions.mark_attended(met, user=staff, now=now), outcome="booked", user=staff, now=now)
    Enquiry.objects.filter(name="Text").update(source="phone")
    everyone = {"Mine", "Call", "Text"}
    assert set(listed()) == everyone
    for params, names in [
        ({"whose": "mine"}, {"Mine"}),
        ({"whose": "nobody"}, {"Call", "Text"}),
        ({"place": "harley-street"}, {"Call"}),
        ({"place": "any"}, {"Mine"}),
        ({"time": "week"}, {"Call"}),
        ({"time": "month"}, {"Call", "Text"}),
        ({"time": "none"}, {"Mine"}),
        ({"time": "past-week"}, {"Met"}),
        ({"time": "past-week", "state": "open"}, set()),
        ({"contact": "email"}, {"Mine"}),
        ({"contact": "call"}, {"Call"}),
        ({"contact": "text"}, {"Text"}),
        ({"contact": "no-message"}, {"Call"}),
        ({"source": "phone"}, {"Text"}),
        ({"source": "online"}, {"Mine", "Call"}),
        ({"outcome": "booked"}, {"Met"}),
        ({"outcome": "none", "state": "all"}, everyone),
        ({"asked": "today"}, {*everyone, "Met"}),
        ({"place": "online", "contact": "text"}, {"Text"}),
        ({"time": "nonsense", "place": "nowhere", "due": "x"}, everyone),
    ]:
        assert set(listed(**params)) == names, params


def test_the_filter_of_what_is_due_says_what_each_row_says(listed, clinic, now):
    """The line is open from 7am; it is noon; eight hours are promised, rounded up to the hour."""
    for minutes in (0, 480, 900, 959, 960, 961, 1019, 1020, 1021, 1080, 1300):
        waiting(now, minutes / 60, name=f"{minutes}")
    at_noon = Clinic(now)
    due = {enquiry.name: at_noon.reply_by(enquiry.waiting_since) - now for enquiry in Enquiry.objects.all()}
    late = {name for name, left in due.items() if left <= timedelta()}
    soon = {name for name, left in due.items() if timedelta() < left <= timedelta(hours=1)}
    assert late
    assert soon
    assert set(listed(due="late")) == late
    assert set(listed(due="soon")) == soon
    assert set(listed(due="today")) == {name for name, left in due.items() if left <= timedelta(hours=12)}


def test_asked_filters_by_the_day_a_request_came_in(listed, clinic, now):
    for days in (0, 3, 20, 40):
        waiting(now, days * 24, name=f"{days}")
    assert [set(listed(asked=name)) for name in ("today", "week", "month")] == [{"0"}, {"0", "3"}, {"0", "3", "20"}]


def test_a_search_looks_in_every_state_unless_one_is_chosen(listed, clinic, now, staff):
    request(now=now, name="Sam Open")
    actions.decline(request(now=now, name="Sam Over"), reason="no_capacity", user=staff, now=now)
    request(now=now, name="Alex", email="a@example.org")
    assert listed(q="sam") == ["Sam Over", "Sam Open"]
    assert listed(q="sam", state="open") == ["Sam Open"]
    assert listed(q="sam", state="declined") == ["Sam Over"]


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_each_list_is_read_in_its_order_by_an_index(changelist, queue):
    """However many requests there are: neither all of them read nor all of a state sorted."""
    plan = plan_of(changelist(state=queue.name).queryset[:50])
    if queue.name == "all":
        assert queue.order == ("-pk",)  # the order of the table itself: its end is read
        return
    assert not reads_whole_table(plan, "bookings_enquiry"), plan
    assert queue.name == "today" or not sorts(plan), plan  # one day may be sorted


def test_times_and_all_there_ever_were_are_read_by_an_index_too(changelist):
    by_time = changelist().list_display.index("time")
    for params in ({"time": "week", "state": "all"}, {"time": "past-month", "state": "confirmed"}, {"o": by_time, "state": "all"}):
        plan = plan_of(changelist(**params).queryset[:50])
        assert not reads_whole_table(plan, "bookings_enquiry"), plan
        assert not sorts(plan), plan


def test_counting_stops_where_nobody_pages_any_further(changelist, clinic, now, monkeypatch):
    monkeypatch.setattr("bookings.staff.changelist.MOST_COUNTED", 2)
    for n in range(2):
        request(now=now, email=f"{n}@example.org")
    paginator = changelist().paginator
    assert (paginator.count, paginator.there_are_more) == (2, False)
    request(now=now, email="3@example.org")
    paginator = changelist().paginator
    assert (paginator.count, paginator.there_are_more) == (2, True)
    assert MOST_COUNTED == 1000


@pytest.mark.parametrize("params", [{}, {"state": "all"}, {"q": "sam"}, {"due": "late", "time": "week", "place": "online"}])
def test_the_list_asks_the_database_as_often_for_thirty_as_for_one(
    client, staff, online, thursday_ten, now, params, django_assert_max_num_queries
):
    client.force_login(staff)
    client.get(LIST, params)  # which the audit log records once in an hour
    counts = []
    for many in (1, 29):
        for n in range(many):
            enquiry = request(now=now, email=f"{many}-{n}@example.org")
            actions.assign(enquiry, staff, user=staff, now=now)
        with django_assert_max_num_queries(15) as asked:
            client.get(LIST, params)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def waits(enquiry, now):
    row = Enquiry.objects.annotate(until=until_when()).get(pk=enquiry.pk)
    return wait_of(row, Clinic(now), row.until)


def test_how_long_somebody_waits_is_said_as_it_concerns_their_state(harley_street, online, thursday_ten, now, staff):
    assert waits(waiting(now, 1), now) == Wait("7 h left", "Answer promised by 7pm today")
    assert waits(waiting(now, 4.5, email="b@example.org"), now + timedelta(hours=3)) == Wait("1 h left", "Answer promised by 4pm today")
    late = waits(waiting(now, 4.5, email="c@example.org"), now + timedelta(hours=3, minutes=1))
    assert late == Wait("59 min left", "Answer promised by 4pm today", is_pressing=True)
    assert waits(waiting(now, 5, email="d@example.org"), now + timedelta(hours=5)).words == "late by 2 h"
    assert waits(offered(harley_street, thursday_ten, staff, now), now).words == "until Thu 4 Jun, 10am"
    ahead = confirmed(online, thursday_ten, staff, now)
    assert waits(ahead, now).words == "in 2 days"
    assert waits(ahead, thursday_ten + timedelta(hours=3)).words == "3 h ago"
    assert waits(actions.waitlist(waiting(now, 30, email="e@example.org"), user=staff, now=now), now).words == "for 30 h"


def cells(client, **params):
    page = BeautifulSoup(client.get(LIST, params).content, "html.parser")
    return [{td["class"][0]: td for td in row.select("td, th")} for row in page.select("#result_list tbody tr")]


def test_how_to_contact_safely_is_in_words_on_hover_and_for_who_hears_the_page(client, staff, clinic, now):
    client.force_login(staff)
    said = []
    for safety in ("none", "unnamed", "named"):
        request(now=now, email="", contact_by="call", message_safety=safety, **PHONE)
    request(now=now)
    for row in cells(client):
        contact = row["field-contact"].select_one(".contact")
        assert contact["title"] == " ".join(contact.select_one(".visually-hidden").get_text().split())
        assert all(svg["aria-hidden"] == "true" for svg in contact.select("svg"))
        said.append(contact["title"])
    assert said == [
        "Phone call: leave no message",
        "Phone call: a message without our name is fine",
        "Phone call: a message with our name is fine",
        "Email",
    ]


def test_a_time_that_was_moved_carries_a_mark(client, staff, harley_street, thursday_ten, now):
    client.force_login(staff)
    enquiry = request(harley_street, thursday_ten, now=now)
    assert not cells(client)[0]["field-state"].select(".moved")
    Event.objects.create(enquiry=enquiry, at=now, actor="client", from_status="new", to_status="new", note=actions.TIME_CHANGED)
    assert cells(client)[0]["field-state"].select_one(".moved").get_text() == "moved"


def test_what_was_erased_says_so_and_how_to_contact_nobody(client, staff, clinic, now):
    client.force_login(staff)
    actions.erase_now(request(now=now), user=staff, now=now)
    row = cells(client, state="all")[0]
    assert row["field-named"].get_text() == "Details deleted"
    assert not row["field-contact"].select(".contact")


def test_an_empty_list_says_so_kindly(client, staff, clinic):
    client.force_login(staff)
    for params, said in (
        ({}, "Nobody is waiting for an answer."),
        ({"q": "x"}, "Nothing found."),
        ({"q": "x", "state": "new"}, "Nothing found in this state."),
        ({"state": "expired"}, "There are none of these."),
        ({"place": "any"}, "There are none of these among the open requests."),
    ):
        assert said in client.get(LIST, params).content.decode()


def test_what_is_not_among_the_open_ones_is_one_click_away_and_keeps_the_filter(client, staff, clinic, now):
    client.force_login(staff)
    actions.decline(request(now=now, name="Sam Over"), reason="no_capacity", user=staff, now=now)
    empty = BeautifulSoup(client.get(LIST, {"place": "any"}).content, "html.parser")
    shown = BeautifulSoup(client.get(LIST + empty.select_one(".nothing a")["href"]).content, "html.parser")
    assert [cell.get_text() for cell in shown.select(".field-named")] == ["Sam Over"]
    assert shown.select_one(".filter.is-on summary").get_text().split() == ["State:", "All"]


def test_a_list_is_headed_by_what_it_lists(client, staff, clinic):
    client.force_login(staff)
    for model, heading in {
        "bookings_enquiry": "Requests",
        "bookings_notice": "Messages",
        "bookings_consultationhours": "Consultation hours",
        "services_closure": "Closures",
        "auth_user": "Users",
        "bookings_event": "What was done with requests",
    }.items():
        found = BeautifulSoup(client.get(reverse(f"admin:{model}_changelist")).content, "html.parser")
        assert found.h1.get_text() == heading
        assert found.title.get_text().strip().startswith(f"{heading} |")


def test_more_than_a_search_can_list_is_said(client, staff, clinic, now, monkeypatch):
    monkeypatch.setattr("bookings.queries.search.MOST", 1)
    monkeypatch.setattr("bookings.staff.changelist.MOST_FOUND", 1)
    client.force_login(staff)
    request(now=now)
    assert "Please type more of the name." not in client.get(LIST, {"q": "sam"}).content.decode()
    request(now=now)
    assert "Please type more of the name." in client.get(LIST, {"q": "sam"}).content.decode()


def test_every_state_can_be_chosen():
    assert {str(status) for status in Status} < {queue.name for queue in QUEUES}
