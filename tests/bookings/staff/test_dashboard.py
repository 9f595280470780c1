"""The board: what waits, box by box, for whoever may see it; and what it costs."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.models import ConsultationHours, Enquiry, Notice
from bookings.queries.queues import BY_NAME
from bookings.staff.dashboard import MOST_COUNTED, SHOWN_ASIDE, Dashboard
from services.clinic.clinic import Clinic
from services.models import BankHoliday, ClinicDetails, Page, Person
from tests.bookings.factories import request
from tests.bookings.stages import confirmed, moved_to, offered, waiting
from tests.plans import plan_of, reads_whole_table, sorts

INDEX = reverse("admin:index")
HOUR = timedelta(hours=1)
PHONE = {"email": "", "contact_by": "call", "phone": "+447700900982", "phone_typed": "07700 900982"}


@pytest.fixture
def board(staff, now):
    """The boxes by name, as somebody who may see all of them has them at noon."""

    def boxes(user=staff, at=now):
        board = Dashboard(user, Clinic(at))
        return {box.name: box for box in (*board.main, *board.side, *board.content)}

    return boxes


def names(box):
    return [row.enquiry.name for row in box.rows]


def words(box):
    return [row.wait.words for row in box.rows]


def somebody(*permissions):
    user = get_user_model().objects.create_user("somebody", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def test_to_answer_has_the_oldest_first_with_what_the_promise_leaves(board, clinic, now):
    for hours in (1, 16, 17, 30):
        waiting(now, hours, name=f"{hours}")
    box = board()["new"]
    assert names(box) == ["30", "17", "16", "1"]
    assert words(box) == ["late by 21 h", "late by less than a minute", "1 h left", "7 h left"]
    assert [row.wait.is_pressing for row in box.rows] == [True, True, False, False]
    assert box.is_pressing
    assert (box.count, box.url) == ("4", "/admin/bookings/enquiry/?state=new")
    assert {row.step.words for row in box.rows} == {"Answer"}


def test_waiting_for_the_client_says_until_when_the_soonest_first(board, harley_street, online, thursday_ten, now, staff):
    offered(harley_street, thursday_ten + 24 * HOUR, staff, now, name="Later")
    offered(online, thursday_ten - 24 * HOUR, staff, now, name="Sooner")
    box = board()["proposed"]
    assert names(box) == ["Sooner", "Later"]
    assert words(box) == ["until Wed 3 Jun, 10am", "until Thu 4 Jun, midday"]


def test_today_goes_by_place_and_time_and_names_the_practitioner(board, harley_street, online, thursday_ten, now, staff):
    ada = Person.objects.create(name="Ada Example", slug="ada", is_practitioner=True)
    for name, place, at, hours in [
        ("Video", online, 0, 3),
        ("Noon", harley_street, 0, 0),
        ("Late", harley_street, 1, 6),
        ("Tomorrow", online, 1, 24),
    ]:
        moved_to(confirmed(place, thursday_ten + at * HOUR, staff, now, name=name), now + hours * HOUR)
    actions.assign_person(Enquiry.objects.get(name="Late"), ada, user=staff, now=now)
    actions.mark_attended(Enquiry.objects.get(name="Noon"), user=staff, now=now)
    box = board()["today"]
    assert names(box) == ["Noon", "Late", "Video"]
    assert [row.detail for row in box.rows] == ["midday", "6pm", "3pm"]
    assert [row.enquiry.seen_by for row in box.rows] == [None, "Ada Example", None]


def test_what_is_over_needs_an_outcome_and_then_a_close(board, harley_street, thursday_ten, now, staff):
    enquiry = moved_to(confirmed(harley_street, thursday_ten, staff, now, name="Over"), now - 2 * HOUR)
    boxes = board()
    assert (names(boxes["outcome"]), words(boxes["outcome"]), names(boxes["to_close"])) == (["Over"], ["2 h ago"], [])
    actions.mark_attended(enquiry, user=staff, now=now)
    boxes = board()
    assert (names(boxes["outcome"]), names(boxes["to_close"])) == ([], ["Over"])
    actions.close(enquiry, outcome="booked", user=staff, now=now)
    assert names(board()["to_close"]) == []


def test_a_consultation_ahead_without_a_practitioner_is_listed_until_it_has_one(board, harley_street, thursday_ten, now, staff):
    enquiry = confirmed(harley_street, thursday_ten, staff, now, name="Whose")
    assert names(board()["no_person"]) == ["Whose"]
    actions.assign_person(enquiry, Person.objects.create(name="Ada", slug="ada", is_practitioner=True), user=staff, now=now)
    assert names(board()["no_person"]) == []


def test_who_asked_for_an_earlier_time_and_what_looks_like_spam_are_listed(board, clinic, now):
    request(now=now, name="Sooner", wants_earlier=True)
    request(now=now, name="Pills", suspect=True)
    boxes = board()
    assert (names(boxes["earlier"]), names(boxes["suspected_spam"])) == (["Sooner"], ["Pills"])
    [row] = boxes["earlier"].rows
    assert row.step.url == f"{reverse('admin:bookings_enquiry_waiting')}#{row.what}"


def test_failed_emails_and_calls_to_make_are_listed_and_done_from_the_board(desk, board, clinic, now):
    request(now=now, name="Failed")
    call = request(now=now, name="Call", **PHONE)
    Notice.objects.filter(channel="email").update(status="failed")
    boxes = board()
    assert (names(boxes["failed"]), names(boxes["tell"])) == (["Failed"], ["Call"])
    page = BeautifulSoup(desk.get(INDEX).content, "html.parser")
    for name in ("failed", "tell"):
        form = page.select_one(f"#{name} form")
        assert desk.get(form["action"]).status_code == 302
        assert board()[name].total == 1  # looking at the address changed nothing
        answer = desk.post(form["action"])
        assert (answer.status_code, answer["Location"]) == (302, INDEX)
    assert [board()[name].total for name in ("failed", "tell")] == [0, 0]
    assert Notice.objects.filter(channel="email").count() == 2
    assert Notice.objects.get(event__enquiry=call).status == "sent"


def test_the_board_s_buttons_ask_for_the_permission_and_know_their_verbs(client, desk, clinic, now):
    request(now=now, **PHONE)
    notice = Notice.objects.get()
    desk.post(reverse("admin:bookings_enquiry_from_board", args=[notice.pk, "destroy"]))
    assert desk.post(reverse("admin:bookings_enquiry_from_board", args=[99, "told"])).status_code == 404
    client.force_login(somebody("view_enquiry", "view_notice"))
    assert not BeautifulSoup(client.get(INDEX).content, "html.parser").select("#tell form")
    assert client.post(reverse("admin:bookings_enquiry_from_board", args=[notice.pk, "told"])).status_code == 403
    notice.refresh_from_db()
    assert notice.status == "pending"


def test_an_email_that_is_on_its_way_again_is_not_sent_a_third_time(desk, clinic, now):
    request(now=now)
    notice = Notice.objects.get()
    Notice.objects.update(status="failed")
    for said in ("It will be sent again within seconds.", "This message is on its way already"):
        page = desk.post(reverse("admin:bookings_enquiry_from_board", args=[notice.pk, "again"]), follow=True).content.decode()
        assert said in page
    assert Notice.objects.count() == 2


def test_a_place_without_a_free_time_in_two_weeks_is_named(board, harley_street, online):
    assert board()["no_time"].rows == []
    ConsultationHours.objects.filter(location=online).delete()
    assert [row.what for row in board()["no_time"].rows] == ["Online"]


def test_what_the_site_lacks_stands_below(board, content):
    BankHoliday.objects.create(day="2026-12-25", name="Christmas Day")
    Page.objects.update(next_review_due="2030-01-01")
    boxes = board()
    assert boxes["to-fill-in"].rows[0].what == "What the first meeting costs"
    assert boxes["to-fill-in"].rows[0].url == reverse("admin:services_clinicdetails_change", args=[1])
    assert [row.what for row in boxes["bank-holidays-to-decide"].rows] == ["Christmas Day, 25 December 2026"]
    assert boxes["to-check-against-the-source"].total == 14
    assert len(boxes["to-check-against-the-source"].rows) == SHOWN_ASIDE
    assert boxes["to-review"].total > 0


def test_each_sees_the_boxes_of_what_they_may(board, content, now):
    request(now=now)
    assert set(board(somebody())) == set()
    editor = get_user_model().objects.create_user("editor", is_staff=True)
    editor.user_permissions.set(Permission.objects.filter(codename__in=["change_page", "change_bankholiday"]))
    boxes = board(editor)
    assert list(boxes) == ["bank-holidays-to-decide", "to-review"]  # what they may not change is not theirs to fill in
    assert all(row.url.startswith("/admin/services/page/") for row in boxes["to-review"].rows)
    assert boxes["to-review"].total > 0
    reader = get_user_model().objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_enquiry"))
    assert {"new", "today", "no_time"} <= set(board(reader))
    assert not {"failed", "tell", "to-fill-in"} & set(board(reader))


def test_nothing_of_requests_is_on_the_page_of_who_may_not_see_them(client, content, now):
    request(now=now, name="Secret Name")
    client.force_login(somebody("change_page"))
    page = client.get(INDEX).content.decode()
    assert "Secret Name" not in page
    assert "To answer" not in page
    assert "Everything else" in page


def test_an_empty_board_says_so_kindly(desk, clinic):
    ClinicDetails.objects.update(first_meeting_fee="90 pounds", cancellation_terms="None", email="hello@example.org")
    said = [
        " ".join(p.get_text().split()) for p in BeautifulSoup(desk.get(INDEX).content, "html.parser").select(".board-next, .box-nothing")
    ]
    assert said[:5] == [
        "Nothing is waiting for you just now.",
        "Nobody is waiting for an answer.",
        "No consultations today.",
        "Every consultation that is over has its outcome.",
        "Nobody has times to choose from just now.",
    ]
    assert "Every email has gone out." in said
    assert not [text for text in said if "!" in text]


def test_what_to_do_next_is_the_longest_wait_then_what_was_not_told_then_what_is_to_be_written_down(
    staff, harley_street, thursday_ten, now
):
    def following():
        found = Dashboard(staff, Clinic(now)).next
        return found and (found[0].name, found[1].what)

    assert following() is None
    over = moved_to(confirmed(harley_street, thursday_ten, staff, now), now - HOUR)
    assert following() == ("outcome", over.reference)
    first = waiting(now, 5)
    waiting(now, 1)
    assert following() == ("new", first.reference)
    Enquiry.objects.filter(status="new").update(status="declined")
    Notice.objects.filter(event__enquiry=first).update(status="failed", kind="declined")
    assert following() == ("failed", first.reference)


def test_every_count_is_that_of_the_list_it_leads_to(desk, harley_street, online, thursday_ten, staff):
    """Link by link, with the clock as it is."""
    now = timezone.now()
    for n in range(SHOWN_ASIDE + 2):
        request(now=now - n * HOUR, email=f"{n}@example.org", wants_earlier=True)
        request(now=now, suspect=True)
        request(now=now, **PHONE)
    Notice.objects.filter(channel="email", event__enquiry__email="0@example.org").update(status="failed")
    page = BeautifulSoup(desk.get(INDEX).content, "html.parser")
    counts = {
        a["href"]: a.select_one(".box-count").get_text() for a in page.select(".box h2 a") if "state=" in a["href"] or "look=" in a["href"]
    }
    assert set(counts) == {
        *(f"/admin/bookings/enquiry/?state={name}" for name in ("new", "suspected_spam", "earlier")),
        *(f"/admin/bookings/notice/?look={name}" for name in ("failed", "tell")),
    }
    for url, count in counts.items():
        assert len(BeautifulSoup(desk.get(url).content, "html.parser").select("#result_list tbody tr")) == int(count), url
    assert [a.get_text() for a in page.select("#suspected_spam .box-more a")] == [f"See all {SHOWN_ASIDE + 2}"]


def test_a_box_counts_no_further_than_anybody_looks(board, clinic, now, monkeypatch):
    monkeypatch.setattr("bookings.staff.dashboard.MOST_COUNTED", 2)
    for _ in range(3):
        request(now=now, suspect=True)
    assert board()["suspected_spam"].count == "2+"
    assert MOST_COUNTED == 99


def test_the_board_asks_the_database_as_often_for_thirty_as_for_one(
    desk, harley_street, online, thursday_ten, now, staff, django_assert_max_num_queries
):
    desk.get(INDEX)  # which the audit log records once in an hour
    counts = []
    for many in (1, 29):
        for n in range(many):
            for change in ({}, PHONE, {"wants_earlier": True}, {"suspect": True}):
                request(now=now, **({"email": f"{many}{n}@example.org"} | change))
        Notice.objects.filter(channel="email", pk__gt=3).update(status="failed")
        with django_assert_max_num_queries(25) as asked:
            assert desk.get(INDEX).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["new", "today", "outcome", "proposed", "suspected_spam", "no_person", "earlier", "to_close"])
def test_each_box_reads_a_few_rows_by_an_index(board, clinic, staff, now, name):
    plan = plan_of(Dashboard(staff, Clinic(now))._top(BY_NAME[name]))
    assert not reads_whole_table(plan, "bookings_enquiry"), plan
    assert not reads_whole_table(plan, "bookings_hold"), plan
    assert name == "today" or not sorts(plan), plan
