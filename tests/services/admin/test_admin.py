"""What staff may edit, and the few things they must not."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from services import models
from services.models import ClinicDetails, Evidence, LoadedRow, Section, Service

EDITED = [getattr(models, name) for name in models.__all__ if name not in {"Closure", "Edition", "LoadedRow"}]
PARTS = {"Section", "Fact", "Result", "Evidence", "Issue", "FurtherReading"}


def test_every_model_is_edited_on_its_own_page_or_on_that_of_its_service():
    inline = {each.model.__name__ for each in admin.site.get_model_admin(Service).inlines}
    assert inline == PARTS
    assert [model for model in EDITED if model.__name__ not in PARTS and not admin.site.is_registered(model)] == []
    assert not admin.site.is_registered(LoadedRow)


@pytest.mark.parametrize("model", [model for model in EDITED if model.__name__ not in PARTS], ids=lambda model: model.__name__)
def test_the_list_and_the_form_of_a_model_open(content, admin_client, model):
    name = f"admin:services_{model._meta.model_name}"
    assert admin_client.get(reverse(f"{name}_changelist")).status_code == 200
    if row := model.objects.first():
        assert admin_client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200


def test_every_field_an_editor_sees_on_a_service_section_says_what_it_does():
    own = {"heading", "order", "id", "service"}  # these say it by their names
    assert [each.name for each in Section._meta.fields if not each.help_text and each.name not in own] == []


def test_the_clinic_has_one_row_that_is_neither_added_twice_nor_deleted(content, admin_client):
    assert admin_client.get(reverse("admin:services_clinicdetails_add")).status_code == 403
    assert admin_client.get(reverse("admin:services_clinicdetails_delete", args=[1])).status_code == 403
    ClinicDetails(name="Another", call_heading="Call", book_label="Book").save()
    assert ClinicDetails.objects.values_list("name", flat=True).get() == "Another"


def test_the_source_of_an_issue_is_a_study_of_the_same_service(content, admin_client):
    other = Service.objects.create(title="Other", name="Other", slug="other")
    Evidence.objects.create(service=other, name="Study of something else", finding="-", citation="-")
    page = admin_client.get(reverse("admin:services_service_change", args=[Service.objects.get(short_name="DIT").pk])).content.decode()
    sources = re.search(r'<select name="issues-0-source".*?</select>', page, re.DOTALL)[0]
    assert "NHS trial of DIT (2020)" in sources
    assert "something else" not in sources


def test_staff_see_a_page_from_its_form(content, admin_client):
    page = admin_client.get(reverse("admin:services_service_change", args=[Service.objects.get().pk])).content.decode()
    assert "View on site" in page


@pytest.mark.parametrize("email", ["robin@localhost", "jaſmin@example.org", "robin@[127.0.0.1]", f"{'x' * 65}@example.org"])
def test_the_clinic_has_an_address_that_servers_take(content, admin_client, email):
    url = reverse("admin:services_clinicdetails_change", args=[1])
    facts = admin_client.get(url).context["adminform"].form.initial
    answer = admin_client.post(url, facts | {"email": email})
    assert answer.context["errors"] == [["Enter an email address in the correct format, like name@example.com"]]
    admin_client.post(url, facts | {"email": "hello@müller.example"})
    assert ClinicDetails.objects.get().email == "hello@xn--mller-kva.example"
    assert admin_client.get(url).context["adminform"].form["email"].value() == "hello@müller.example"
