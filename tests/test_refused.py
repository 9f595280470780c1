"""What a refused form of staff says, and where a form is sent: no part of an address that a link left behind goes with it."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from services.models import Location, OpeningHours, Section, Service
from tests.bookings import factories
from tests.bookings.desk import at
from tests.sent_forms import sent_of, typed

TEMPLATES = Path(__file__).parent.parent / "templates"
FORM = re.compile(r"<form\b(?:[^>{]|\{[%{].*?[%}]\}|\{)*>", re.DOTALL)


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def words(element) -> str:
    return " ".join(element.get_text(" ").split())


def summary(response, *, is_ours: bool = True) -> list[tuple[str, str]]:
    """Its sentences with where each leads, after looking that there is one summary, with the focus, and that its links end somewhere."""
    shown = page(response)
    (found,) = shown.select("#content > .error-summary")
    assert (found["tabindex"], found.has_attr("autofocus"), bool(found.select_one("[role=alert] h2"))) == ("-1", True, True)
    assert not is_ours or shown.select("p.errornote") == []  # on pages of Django's own the style sheet hides it
    assert words(shown.title).startswith("Error: ")
    links = [(words(item), item.a["href"].removeprefix("#") if item.a else "") for item in found.select("li")]
    assert [target for _, target in links if target and not shown.find(id=target)] == []
    return links


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_form_that_is_posted_says_where_to(path):
    """Without an address it would go to that of the page, with the fragment of the last link that was followed on it."""
    posted = [form for form in FORM.findall(path.read_text(encoding="utf-8")) if re.search(r"method=\"(post|\{\{)", form)]
    assert [form for form in posted if not re.search(r"\baction=\"[^\"#]", form)] == []
    assert 'formaction="#' not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label)
def test_djangos_own_forms_say_where_to(content, admin_client, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    paths = [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
    if row := model._default_manager.first():
        paths.append(reverse(f"{name}_change", args=[row.pk]))
    for path in paths:
        shown = admin_client.get(path, {"e": "1"}, follow=True)
        if shown.status_code == 200:
            forms = page(shown).select("form[method=post]")
            assert [form for form in forms if not (form.get("action") or "").startswith("/")] == [], path


def refused(client, path: str, form: str, **changes):
    return client.post(path, typed(sent_of(client.get(path), form, "_save"), **changes))


def test_a_refused_page_of_staff_lists_each_mistake_with_a_link_to_its_field(content, admin_client):
    path = reverse("admin:services_service_change", args=[Service.objects.get().pk])
    answer = refused(
        admin_client, path, "#service_form", title="", **{"sections-6-heading": "", "facts-1-label": "x" * 41, "issues-0-group": ""}
    )
    assert summary(answer) == [
        ("Title – This field is required.", "id_title"),
        ("Fact 2: Label – Ensure this value has at most 40 characters (it has 41).", "id_facts-1-label"),
        ("Section 7: Heading – This field is required.", "id_sections-6-heading"),
        ("Issue 1: Group – This field is required.", "id_issues-0-group"),
    ]


def test_what_two_fields_say_together_is_in_the_summary(content, admin_client):
    path = reverse("admin:services_openinghours_change", args=[OpeningHours.objects.first().pk])
    assert summary(refused(admin_client, path, "#openinghours_form", closes="06:00")) == [
        ("The closing time must be after the opening time.", "")
    ]
    path = reverse("admin:services_service_change", args=[Service.objects.get().pk])
    answer = refused(admin_client, path, "#service_form", **{"sections-1-anchor": Section.objects.first().anchor})
    assert [target for _, target in summary(answer)] == ["", ""]


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label)
def test_every_new_row_that_is_refused_says_why(rota, admin_client, model):
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    shown = admin_client.get(path)
    if shown.status_code != 200 or not page(shown).select(f"#{model._meta.model_name}_form"):
        return
    sent = {
        name: "" for name in sent_of(shown, f"#{model._meta.model_name}_form") if "_FORMS" not in name and name != "csrfmiddlewaretoken"
    }
    answer = admin_client.post(path, typed(sent_of(shown, f"#{model._meta.model_name}_form"), **sent))
    assert summary(answer)
    assert not page(answer).select("#django-admin-form-add-constants[data-model-name]")


def test_a_refused_list_says_which_row(content, admin_client):
    path = reverse("admin:services_location_changelist")
    answer = refused(admin_client, path, "#changelist-form", **{"form-1-order": "soon"})
    assert summary(answer) == [(f"{list(Location.objects.all())[1]}: Order – Enter a whole number.", "id_form-1-order")]


def test_a_refused_step_and_a_refused_phone_enquiry(rota, admin_client):
    enquiry = factories.request(now=timezone.now())
    assert summary(admin_client.post(at("decline", enquiry.pk), {})) == [("Choose a reason", "id_reason_0")]
    assert summary(admin_client.post(at("offer", enquiry.pk), {})) == [("Choose one to three times", "picker-h")]
    words, targets = zip(*summary(admin_client.post(at("add"), {})), strict=True)
    assert "Choose a time, or tick when they could come" in words
    assert "" not in targets


def test_other_forms_of_staff(content, admin_client, admin_user, client):
    assert dict(summary(admin_client.post(reverse("admin:password_change"), {}))).keys() == {"This field is required."}
    path = reverse("admin:auth_user_password_change", args=[admin_user.pk])
    empty = {"set-password": "1", "usable_password": "true", "password1": "", "password2": ""}
    assert summary(admin_client.post(path, empty), is_ours=False)
    assert summary(client.post(reverse("admin:login"), {"username": "", "password": ""}), is_ours=False)


def test_a_warning_is_for_those_it_named(rota, admin_client):
    """Somebody else who is known comes up when the number is corrected: they are shown, too, before anything is saved."""
    for email in ("a@example.org", "b@example.org"):
        factories.request(now=timezone.now(), email=email)
    form = {"name": "Sam", "contact_by": "email", "adult": "on", "preferred": "weekends"}
    warned = admin_client.post(at("add"), form | {"email": "a@example.org"})
    sent = typed(sent_of(warned, ".phone-form"), email="b@example.org")
    again = admin_client.post(at("add"), sent)
    assert (again.status_code, len(page(again).select(".error-summary .request-same li"))) == (200, 1)
    assert words(page(again).title).startswith("Error: ")
    assert admin_client.post(at("add"), sent_of(again, ".phone-form")).status_code == 302
