"""What staff are asked to fill in, to check and to review; done, it leaves the list."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from services.clinic import content_todo
from services.clinic.clinic import Clinic
from services.models import Article, BankHoliday, ClinicDetails, CrisisContact, Evidence, Issue, Location, Page, Person, Rating, Service

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def whats(kind: str) -> list[str]:
    return [task.what for task in content_todo.to_do(Clinic(NOON)).get(kind, [])]


def test_a_first_install_lists_every_fact_nobody_has_told_us(content):
    places = ["City of London", "Canary Wharf", "Harley Street"]
    assert whats("To fill in") == [
        "What the first meeting costs",
        "The terms for cancelling",
        "The clinic’s email address",
        *(f"{place}: {fact}" for place in places for fact in ("address", "how to get there", "step-free access")),
    ]


def test_a_fact_that_is_there_is_no_longer_asked_for(content):
    ClinicDetails.objects.update(first_meeting_fee="90 pounds", cancellation_terms="None", email="hello@example.org")
    Location.objects.update(address="1 Example Row", getting_there="By bus", step_free="Step-free")
    assert whats("To fill in") == []


def test_a_bank_holiday_ahead_waits_for_a_decision(content):
    BankHoliday.objects.create(day="2026-12-25", name="Christmas Day")
    BankHoliday.objects.create(day="2026-12-26", name="Boxing Day", treatment="closed")
    BankHoliday.objects.create(day="2026-01-01", name="Long ago")
    assert whats("Bank holidays to decide") == ["Christmas Day, 25 December 2026"]


@pytest.mark.parametrize(("model", "many"), [(Evidence, 6), (Issue, 2), (Rating, 2), (CrisisContact, 4)])
def test_what_was_not_checked_for_a_year_is_listed(content, model, many):
    model.objects.update(checked_on=date(2025, 11, 24))  # a year to the day is still in time
    assert sum("24 November 2025" in what for what in whats("To check against the source")) == 0
    model.objects.update(checked_on=date(2025, 11, 23))
    assert sum("last checked on 23 November 2025" in what for what in whats("To check against the source")) == many
    model.objects.update(checked_on=None)
    assert sum("never checked" in what for what in whats("To check against the source")) == 14


def test_what_is_switched_off_needs_no_check(content):
    Evidence.objects.update(is_shown=False)
    Rating.objects.update(is_shown=False)
    assert len(whats("To check against the source")) == 4


def test_the_registration_of_a_practitioner_who_is_shown_is_checked_every_year(content):
    Person.objects.create(name="Ada Example", slug="ada", is_practitioner=True)
    assert "Registration of Ada Example (never checked)" not in whats("To check against the source")
    Person.objects.update(is_shown=True)
    assert "Registration of Ada Example (never checked)" in whats("To check against the source")


def test_pages_whose_review_is_due_or_not_planned_are_listed_and_drafts_are_not(content):
    for model in (Service, Article, Page):
        model.objects.update(next_review_due=date(2026, 11, 25))
    assert whats("To review") == []
    Page.objects.filter(slug="privacy").update(next_review_due=TODAY)
    Page.objects.filter(slug="terms").update(next_review_due=None)
    Page.objects.filter(slug="contact").update(next_review_due=None, status="draft")
    assert whats("To review") == ["Privacy (due since 24 November 2026)", "Terms of booking (no review planned)"]


def test_every_task_says_what_to_do_and_leads_to_its_form(content, admin_client):
    BankHoliday.objects.create(day="2099-12-25", name="Christmas Day")
    Person.objects.create(name="Ada Example", slug="ada", is_practitioner=True, is_shown=True)
    tasks = [task for tasks in content_todo.to_do(Clinic(NOON)).values() for task in tasks]
    assert [task for task in tasks if not task.do.endswith(".")] == []
    assert {admin_client.get(url).status_code for url in {task.url for task in tasks}} == {200}


def test_the_admin_shows_the_list_and_its_first_page_leads_there(content, admin_client, django_assert_num_queries):
    url = reverse("admin:to_do")
    assert f'href="{url}"' in admin_client.get(reverse("admin:index")).content.decode()
    page = admin_client.get(url).content.decode()
    assert "City of London: address" in page
    assert "Crisis contact: Samaritans (never checked)" in page
    with django_assert_num_queries(13):
        admin_client.get(url)


def test_only_staff_who_may_see_the_clinic_see_the_list(content, client, django_user_model):
    url = reverse("admin:to_do")
    assert client.get(url).status_code == 302
    client.force_login(django_user_model.objects.create(username="practitioner", is_staff=True))
    assert client.get(url).status_code == 403
    assert url not in client.get(reverse("admin:index")).content.decode()
