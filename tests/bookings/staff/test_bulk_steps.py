"""One step on many requests: the page that says what it does to whom, and that it does this and no more, once."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.models import Enquiry, Hold, Notice
from bookings.queries.slots import SlotFinder, bookable_days
from bookings.queries.versions import version_of
from bookings.staff.bulk_steps import BULKS, take
from bookings.staff.bulk_steps import BY_VERB as STEPS
from bookings.staff.bulk_views import MOST
from bookings.staff.enquiry.changes import Overtaken
from bookings.staff.steps import sentence_of
from services.clinic.uk_time import near_time
from services.models import Closure
from tests.bookings.factories import request
from tests.bookings.stages import confirmed, moved_to

LIST = reverse("admin:bookings_enquiry_changelist")
NO_EMAIL = {"email": "", "contact_by": "call", "phone": "+447700900982", "phone_typed": "07700 900982"}
HOUR = timedelta(hours=1)


@pytest.fixture
def free(harley_street):
    """Times that are free as the clock is: the pages look at it."""
    harley_street.address = "1 Example Street"
    harley_street.save()
    now = timezone.now()
    return [offer.starts_at for offer in SlotFinder([harley_street], *bookable_days(now), now).free()]


@pytest.fixture
def asked(harley_street, free):
    """A request for the n-th free time."""
    return lambda n, **changes: request(harley_street, free[n], now=timezone.now(), **({"email": f"{n}@example.org"} | changes))


def page_of(verb, *rows):
    return f"{reverse('admin:bookings_enquiry_bulk', args=[verb])}?{'&'.join(f'row={row.pk}' for row in rows)}"


class Page:
    """The page of a step, read as staff do."""

    def __init__(self, client, url):
        self.client, self.url = client, url
        self.answer = client.get(url)
        self.soup = BeautifulSoup(self.answer.content, "html.parser")

    def table(self, number):
        tables = self.soup.select(".bulk-table")
        rows = tables[number].select("tbody tr:not(.bulk-news)") if number < len(tables) else []
        return {row.th.get_text(): " ".join(row.select("td")[-1].get_text().split()) for row in rows}

    @property
    def possible(self):
        return self.table(0) if self.soup.select(".bulk form") else {}

    @property
    def left_out(self):
        return self.table(1 if self.soup.select(".bulk form") else 0)

    def press(self, **values):
        rows = [field["value"] for field in self.soup.select("input[name=row]")]
        self.answer = self.client.post(self.url, {"row": rows} | values, follow=True)
        self.soup = BeautifulSoup(self.answer.content, "html.parser")
        return [item.get_text() for item in self.soup.select(".messagelist .success, .messagelist .warning")]

    @property
    def news(self):
        """What is new, request by request, without its times."""
        return {
            row.strong.get_text(): [
                " ".join(item.get_text(" ").split()).partition(item.time.get_text())[2].strip() for item in row.select("li")
            ]
            for row in self.soup.select(".bulk-news")
        }


def state_of(*rows):
    return [Enquiry.objects.get(pk=row.pk).status for row in rows]


def test_the_menu_of_the_list_leads_to_a_page_that_changes_nothing(desk, asked):
    first, second = asked(0), asked(1)
    menu = BeautifulSoup(desk.get(LIST).content, "html.parser").select("select[name=action] option")
    assert [option.get_text() for option in menu[1:]] == [bulk.menu for bulk in BULKS]
    chosen = {"action": "confirm", "_selected_action": [first.pk, second.pk], "index": 0}
    opened = desk.post(f"{LIST}?state=new&place=harley-street", chosen)
    assert opened.status_code == 302
    page = Page(desk, opened["Location"])
    assert list(page.possible) == [second.reference, first.reference] or list(page.possible) == [first.reference, second.reference]
    assert page.soup.select_one(".closelink")["href"] == f"{LIST}?state=new&place=harley-street"
    assert state_of(first, second) == ["new", "new"]
    assert Notice.objects.filter(kind="confirmed").count() == 0


def test_confirming_says_who_gets_an_email_and_for_whom_it_is_not_possible(desk, asked, online, harley_street, now):
    held, spoken, none, over = asked(0), asked(1, **NO_EMAIL), request(now=timezone.now(), email="n@example.org"), asked(2)
    actions.decline(over, reason="no_capacity", user=None, now=timezone.now())
    unheld = asked(3)
    unheld.holds.all().delete()
    passed = moved_to(asked(4), timezone.now() - HOUR)
    page = Page(desk, page_of("confirm", held, spoken, none, over, unheld, passed))
    assert page.possible == {
        held.reference: "Yes: Your appointment is confirmed",
        spoken.reference: "No: there is no address, so you call them",
    }
    assert page.left_out == {
        none.reference: "They have not chosen a time.",
        over.reference: "It is “Declined” now.",
        unheld.reference: "Its time is not held. Open it to see whether it is still free.",
        passed.reference: "Its time has passed.",
    }
    assert "2 requests, 1 of them with an email." in " ".join(page.soup.get_text().split())
    assert page.press() == ["2 requests are confirmed."]
    assert state_of(held, spoken, none, over, unheld, passed) == ["confirmed", "confirmed", "new", "declined", "new", "new"]
    assert set(Notice.objects.filter(kind="confirmed").values_list("channel", flat=True)) == {"email", "phone"}


def test_a_place_without_an_address_is_confirmed_one_by_one(desk, asked, harley_street):
    enquiry = asked(0)
    harley_street.address = ""
    harley_street.save()
    page = Page(desk, page_of("confirm", enquiry))
    assert page.left_out == {enquiry.reference: "The place has no address yet, and the confirmation must name one. Open it to enter it."}
    assert "This is possible for none of the requests you chose." in page.soup.get_text()


def test_one_that_fails_is_reported_and_the_others_go_on(desk, asked, free):
    first, second, third = asked(0), asked(1), asked(2)
    page = Page(desk, page_of("confirm", first, second, third))
    Hold.objects.get(enquiry=second).cells.all()[0].delete()  # nothing of its history says that it lost its time
    said = page.press()
    assert said == ["2 requests are confirmed.", f"Left as it was: {second.reference}. {sentence_of(actions.SlotTaken())}"]
    assert state_of(first, second, third) == ["confirmed", "new", "confirmed"]


def test_a_closure_in_the_way_is_reported_too(desk, asked):
    enquiry = asked(0)
    page = Page(desk, page_of("confirm", enquiry))
    day = timezone.localdate(enquiry.starts_at)
    Closure.objects.create(reason="Flood", first_day=day, last_day=day)
    assert page.press() == [f"Left as it was: {enquiry.reference}. {sentence_of(actions.SlotWithdrawn())}"]


def test_declining_asks_for_a_reason_and_spam_hears_nothing(desk, asked):
    first, second = asked(0), asked(1)
    page = Page(desk, page_of("decline", first, second))
    assert set(page.possible.values()) == {"Yes, unless you choose Spam: About your request"}
    assert "A declined request cannot be opened again." in page.soup.get_text()
    answer = desk.post(page.url, {"row": [f"{first.pk}.{Enquiry.objects.get(pk=first.pk).events.last().pk}"]})
    assert "Choose a reason" in answer.content.decode()
    assert state_of(first) == ["new"]
    assert page.press(reason="spam") == ["2 requests are declined."]
    assert state_of(first, second) == ["declined", "declined"]
    assert not Notice.objects.filter(kind="declined").exists()


def test_the_waiting_list_takes_only_who_may_go_on_it(desk, asked, staff, harley_street):
    waits = asked(0)
    has_time = actions.confirm(asked(1), user=staff, now=timezone.now())
    page = Page(desk, page_of("waitlist", waits, has_time))
    assert page.left_out == {has_time.reference: "It is “Confirmed” now."}
    assert page.press() == ["1 request is on the waiting list."]
    assert state_of(waits, has_time) == ["waitlisted", "confirmed"]
    assert Notice.objects.filter(kind="waitlisted", channel="email").count() == 1


@pytest.mark.parametrize(
    ("verb", "state", "tells"), [("attend", "attended", 0), ("miss", "did_not_attend", 0), ("miss", "did_not_attend", 1)]
)
def test_whether_they_came_can_be_said_once_it_has_begun(desk, asked, staff, verb, state, tells):
    over, ahead = (actions.confirm(asked(n), user=staff, now=timezone.now()) for n in (0, 1))
    moved_to(over, timezone.now() - HOUR)
    page = Page(desk, page_of(verb, over, ahead))
    assert list(page.possible) == [over.reference]
    assert page.left_out == {ahead.reference: "It has not begun yet."}
    page.press(**({"tell": "on"} if tells else {}))
    assert state_of(over, ahead) == [state, "confirmed"]
    assert Notice.objects.filter(kind="missed").count() == tells


def test_requests_are_assigned_to_whoever_presses(desk, asked, staff):
    first, second = asked(0), asked(1)
    page = Page(desk, page_of("assign", first, second))
    assert set(page.possible.values()) == {"No: nobody is told of this"}
    again = Page(desk, page.url)
    assert page.press() == ["2 requests are assigned to you."]
    assert Enquiry.objects.filter(assigned_to=staff).count() == 2
    assert again.press() == []
    assert again.answer.status_code == 409
    new = {f"New on {each.reference} since you looked": ["Assigned to reception , you"] for each in (first, second)}
    assert again.news == new


def test_the_last_message_is_sent_again_once(desk, asked, staff):
    failed, owed = asked(0), asked(1)
    Notice.objects.filter(event__enquiry=failed).update(status="failed")
    declined_since = asked(2)
    Notice.objects.filter(event__enquiry=declined_since).update(status="sent", sent_at=timezone.now())
    Enquiry.objects.filter(pk=declined_since.pk).update(status="expired")
    page = Page(desk, page_of("send-again", failed, owed, declined_since))
    assert page.possible == {failed.reference: "Yes: We have your request"}
    assert page.left_out == {
        owed.reference: "Their last message is still on its way.",
        declined_since.reference: "What their last message says is no longer true.",
    }
    old = Page(desk, page_of("send-again", failed))
    assert page.press() == ["1 request is to be sent again."]
    again = Notice.objects.filter(event__enquiry=failed, status="pending")
    assert again.count() == 1
    again.update(status="sent", sent_at=timezone.now())  # the worker was quick: still, a second press sends nothing
    old.press()
    assert old.news == {f"New on {failed.reference} since you looked": ["Sent again , you"]}
    assert not again.exists()


def test_other_times_are_offered_one_by_one(desk, asked):
    enquiry = asked(0)
    page = Page(desk, page_of("offer", enquiry))
    assert page.soup.select_one(".bulk-table a")["href"] == reverse("admin:bookings_enquiry_change", args=[enquiry.pk])
    assert not page.soup.select(".bulk input[type=submit]")
    desk.post(page.url, {"row": [f"{enquiry.pk}.1"]})
    assert state_of(enquiry) == ["new"]


def test_details_are_deleted_only_by_who_may(client, desk, asked, staff):
    enquiry, gone = asked(0), asked(1)
    actions.erase_now(gone, user=staff, now=timezone.now())
    page = Page(desk, page_of("erase", enquiry, gone))
    assert page.left_out == {gone.reference: "Their details are deleted already."}
    reception = get_user_model().objects.create_user("sam", is_staff=True)
    reception.user_permissions.set(Permission.objects.filter(codename__in=["view_enquiry", "change_enquiry"]))
    client.force_login(reception)
    assert client.get(page.url).status_code == client.post(page.url).status_code == 403
    assert "erase" not in {
        option["value"] for option in BeautifulSoup(client.get(LIST).content, "html.parser").select("select[name=action] option")
    }
    client.force_login(staff)
    assert page.press() == ["1 request is deleted."]
    assert Enquiry.objects.get(pk=enquiry.pk).name == ""


def test_who_may_only_look_has_no_menu_and_no_pages(client, asked):
    looker = get_user_model().objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_enquiry"))
    client.force_login(looker)
    enquiry = asked(0)
    assert not BeautifulSoup(client.get(LIST).content, "html.parser").select("select[name=action]")
    for bulk in BULKS:
        assert client.post(page_of(bulk.verb, enquiry), {"row": [f"{enquiry.pk}.1"]}).status_code == 403
    assert state_of(enquiry) == ["new"]


def test_strange_input_is_no_error_and_changes_nothing(desk, asked):
    enquiry = asked(0)
    url = reverse("admin:bookings_enquiry_bulk", args=["confirm"])
    for query in ("", "?row=x", f"?row={'9' * 30}", "?row=-1", "?row=٣", "?row=999999"):
        assert desk.get(url + query).status_code == 200
    for rows in ([], ["x"], ["1"], [f"{enquiry.pk}"], [f"{enquiry.pk}.x"], ["999999.1"], [f"{enquiry.pk}.1.2"], ["."]):
        assert desk.post(url, {"row": rows}).status_code == 302
    assert state_of(enquiry) == ["new"]
    assert desk.get(reverse("admin:bookings_enquiry_bulk", args=["destroy"])).status_code == 404


def test_more_than_can_be_read_through_are_not_taken_at_once(desk, asked):
    chosen = {"action": "assign", "_selected_action": range(1, MOST + 2), "index": 0}
    page = desk.post(LIST, chosen, follow=True).content.decode()
    assert f"Please choose at most {MOST} requests at once." in page


def test_a_page_of_thirty_costs_as_many_queries_as_one_of_one(desk, harley_street, free, asked, django_assert_max_num_queries):
    rows = [asked(n) for n in range(30)]
    for bulk in BULKS:
        counts = []
        for some in (rows[:1], rows):
            with django_assert_max_num_queries(12) as done:
                desk.get(page_of(bulk.verb, *some))
            counts.append(len(done))
        assert counts[0] == counts[1], bulk.verb


def test_a_row_on_which_something_is_new_is_left_until_it_was_read(asked, staff):
    enquiry = asked(0)
    seen = version_of(enquiry)
    actions.add_note(enquiry, text="Called", user=staff, now=timezone.now())
    with pytest.raises(Overtaken):
        take(STEPS["waitlist"], enquiry.pk, seen, user=staff, now=timezone.now())
    assert take(STEPS["waitlist"], enquiry.pk, version_of(enquiry), user=staff, now=timezone.now()) == ""


def test_only_rows_with_news_come_back_with_what_is_new_and_what_was_chosen(desk, asked, colleague):
    quiet, spoken, gone = asked(0), asked(1), asked(2)
    page = Page(desk, page_of("decline", quiet, spoken, gone))
    now = timezone.now()
    actions.add_note(spoken, text="She rings back at noon: do not decline", user=colleague, now=now)
    actions.decline(gone, reason="spam", user=colleague, now=now)
    said = page.press(reason="no_capacity")
    assert said == [
        "1 request is declined.",
        f"Left as it was: {gone.reference}. It is “Declined” now. "
        f"New since you looked: Declined: Spam (Priya Nair, {near_time(now, now)}).",
    ]
    assert page.answer.status_code == 409
    assert state_of(quiet, spoken, gone) == ["declined", "new", "declined"]
    assert page.news == {f"New on {spoken.reference} since you looked": ["Note , Priya Nair She rings back at noon: do not decline"]}
    assert list(page.possible) == [spoken.reference]
    assert page.soup.select_one("[name=reason][checked]")["value"] == "no_capacity"
    assert page.press(reason="no_capacity") == ["1 request is declined."]
    assert state_of(spoken) == ["declined"]


def test_a_reason_that_is_missing_hides_nothing_that_is_new(desk, asked, colleague):
    enquiry = asked(0)
    page = Page(desk, page_of("decline", enquiry))
    actions.add_note(enquiry, text="Wait", user=colleague, now=timezone.now())
    page.press()
    assert "Choose a reason" in page.soup.get_text()
    assert page.news == {f"New on {enquiry.reference} since you looked": ["Note , Priya Nair Wait"]}


def test_an_hour_has_to_pass_before_it_can_be_said_that_they_came(harley_street, thursday_ten, staff, now):
    ahead = confirmed(harley_street, thursday_ten, staff, now)
    assert take(STEPS["attend"], ahead.pk, version_of(ahead), user=staff, now=now) == sentence_of(actions.NotStarted())
