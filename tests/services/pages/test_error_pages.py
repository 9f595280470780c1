"""What people see when something went wrong: what happened, what to do, the number."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from harley import views
from services.clinic.clinic import Clinic


def said(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").main.get_text().split())


def test_what_we_could_not_read_is_said(content):
    response = views.bad_request(RequestFactory().get("/"))
    assert response.status_code == 400
    assert "We could not read that. Go back and try again, or call 0345 474 1724." in said(response)


ELSEWHERE = {"Origin": "https://evil.test"}


@pytest.mark.parametrize("path", ["/book/where/", "/request/abcdefgh-rest/cancel/", "/admin/login/", "/"])
def test_what_comes_from_another_site_says_that_nothing_was_changed_and_where_to_go_on(content, path):
    response = Client(enforce_csrf_checks=True).post(path, {"location": "any"}, headers=ELSEWHERE)
    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 403
    assert page.h1.get_text() == "Nothing was changed"
    assert "Nothing was sent, booked or changed." in said(response)
    assert page.select_one("main .btn")["href"] == ("/admin/" if path.startswith("/admin/") else "/book/")


def test_a_public_page_takes_no_form(content):
    response = Client(enforce_csrf_checks=True).post("/", {"location": "any"})
    assert response.status_code == 403
    assert said(response).startswith("Nothing was changed")


def test_a_forbidden_page_says_so(content):
    response = views.permission_denied(RequestFactory().get("/"))
    assert response.status_code == 403
    assert said(response).startswith("You cannot open this page")


def test_staff_who_may_not_open_a_page_are_told_whom_to_ask(content, client, django_user_model):
    client.force_login(django_user_model.objects.create_user("writer", is_staff=True))
    response = client.get("/admin/bookings/enquiry/")
    assert response.status_code == 403
    assert "ask a manager: under Users they can give you another role." in said(response)
    assert BeautifulSoup(response.content, "html.parser").select_one("main .btn")["href"] == "/admin/"


def test_the_page_for_our_own_mistakes_is_drawn_before_and_says_how_to_go_on(content):
    clinic = Clinic(datetime(2026, 6, 1, 11, tzinfo=UTC))
    page = BeautifulSoup(render_to_string("errors/500.html", {"clinic": clinic}), "html.parser")
    text = " ".join(page.main.get_text().split())
    assert "If you were sending a request, send it again: it will not be booked twice." in text
    assert "or call 0345 474 1724." in text
    assert page.find("meta", attrs={"name": "robots"})["content"] == "noindex"
    assert page.select_one(".site-header .brand span").get_text() == "Harley TherapyLondon"  # in the same clothes
    assert page.select_one("main a.btn")["href"] == "/"  # and with a way on


@pytest.mark.parametrize("name", ["400", "403", "404", "410", "csrf"])
def test_error_pages_stand_before_any_content_is_loaded(db, name):
    page = BeautifulSoup(render_to_string(f"errors/{name}.html", request=RequestFactory().get("/")), "html.parser")
    assert "None" not in page.get_text()
