"""The crispy pack `clinic`: what assistive technology is told about a form."""

from bs4 import BeautifulSoup
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template.loader import render_to_string

from bookings.forms import ClinicForm, HintedLabel


class Sample(ClinicForm):
    place = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", HintedLabel("A", "By the river")), ("b", HintedLabel("B"))])
    email = forms.EmailField()
    token = forms.CharField(widget=forms.HiddenInput)


def soup(html):
    return BeautifulSoup(html, "html.parser")


def test_the_hint_of_an_option_is_tied_to_its_radio():
    form = soup(render_crispy_form(Sample()))
    first, second = form.select("input[type=radio]")
    assert form.find(id=first["aria-describedby"]).get_text() == "By the river"
    assert "aria-describedby" not in second.attrs


def test_the_error_of_a_hidden_field_stands_in_the_summary_without_a_dead_link():
    form = Sample({})
    form.is_valid()
    summary = soup(render_to_string("crispy_clinic/error_summary.html", {"form": form}))
    rows = [(item.get_text(), item.a["href"] if item.a else None) for item in summary.select("li")]
    required = "This field is required."
    assert rows == [(required, "#id_place_0"), (required, "#id_email"), (required, None)]


def test_every_link_of_the_summary_leads_to_an_input():
    form = Sample({})
    form.is_valid()
    page = soup(render_to_string("crispy_clinic/error_summary.html", {"form": form}) + render_crispy_form(form))
    assert [page.find(id=link["href"][1:]).name for link in page.select(".error-summary a")] == ["input", "input"]


def test_the_browser_validates_nothing_and_the_button_is_a_button():
    form = soup(render_crispy_form(Sample()))
    assert "novalidate" in form.form.attrs
    assert not form.select("[required]")
    assert form.select_one("button[type=submit]").get_text() == "Continue"
