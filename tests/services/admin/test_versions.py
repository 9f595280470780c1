"""Two people have one form open. Whoever saves last is shown what the other has done, keeps what they typed, and decides."""

import importlib

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from bookings.models import Closing, ConsultationHours
from services.models import (
    Article,
    ClinicDetails,
    CrisisContact,
    Edition,
    Fact,
    Image,
    Location,
    OpeningHours,
    Page,
    Person,
    Section,
    Service,
)
from services.versions import FormVersion, compare
from tests.sent_forms import sent_of, typed


def editor(first: str, last: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser(first.lower(), first_name=first, last_name=last))
    return client


@pytest.fixture
def robin(content) -> Client:
    return editor("Robin", "Hart")


@pytest.fixture
def priya(content) -> Client:
    return editor("Priya", "Shah")


def change(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def opened(client: Client, path: str):
    return sent_of(client.get(path), "#content-main form", "_save")


def summary(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").select_one(".error-summary.stale").get_text(" ").split())


def cells(response) -> list[list[str]]:
    """What differs: what, theirs, and yours where both changed it."""
    rows = BeautifulSoup(response.content, "html.parser").select(".stale-table tbody tr")
    return [[" ".join("".join(cell.strings).split()) for cell in row.select("th, td")] for row in rows]


def again(response):
    return sent_of(response, "#content-main form", "_save")


@pytest.fixture
def article(content) -> Article:
    return Article.objects.get()


def test_a_stale_save_shows_who_saved_what_and_keeps_what_was_typed(robin, priya, article):
    path = change(article)
    first, second = opened(robin, path), opened(priya, path)
    assert robin.post(path, typed(first, title="Robin’s title", strapline="Robin’s line.")).status_code == 302
    refused = priya.post(path, typed(second, title="Priya’s title", body="Priya’s words."))
    assert refused.status_code == 409
    assert Article.objects.get().title == "Robin’s title"
    assert "Robin Hart saved this at " in summary(refused)
    assert "Nothing of yours is saved yet, and nothing you typed is lost." in summary(refused)
    assert cells(refused) == [["Title", "Robin’s title", "Priya’s title"], ["Strapline", "Robin’s line."]]
    kept = again(refused)
    assert (kept["title"], kept["strapline"], kept["body"]) == ("Priya’s title", "Robin’s line.", "Priya’s words.")
    assert priya.post(path, kept).status_code == 302
    saved = Article.objects.get()
    assert (saved.title, saved.strapline, saved.body) == ("Priya’s title", "Robin’s line.", "Priya’s words.")


def test_a_third_save_meanwhile_is_noticed_again(robin, priya, article):
    path = change(article)
    second = opened(priya, path)
    robin.post(path, typed(opened(robin, path), title="One"))
    refused = priya.post(path, typed(second, title="Mine"))
    robin.post(path, typed(opened(robin, path), title="Two"))
    refused = priya.post(path, again(refused))
    assert (refused.status_code, cells(refused)) == (409, [["Title", "Two", "Mine"]])


def test_a_form_sent_twice_and_the_same_change_by_both_are_no_quarrel(robin, priya, article):
    path = change(article)
    first, second = typed(opened(robin, path), title="Same"), typed(opened(priya, path), title="Same")
    assert [robin.post(path, first).status_code, robin.post(path, first).status_code, priya.post(path, second).status_code] == [302] * 3
    assert LogEntry.objects.count() == 1


def test_who_typed_nothing_takes_what_is_stored(robin, priya, article):
    path = change(article)
    second = opened(priya, path)
    robin.post(path, typed(opened(robin, path), title="Robin’s"))
    mark = Edition.current()
    assert priya.post(path, second).status_code == 302
    assert (Article.objects.get().title, Edition.current(), LogEntry.objects.count()) == ("Robin’s", mark, 1)


def test_one_of_two_windows_says_you(robin, article):
    path = change(article)
    second = opened(robin, path)
    robin.post(path, typed(opened(robin, path), title="One"))
    assert summary(robin.post(path, typed(second, title="Two"))).startswith("This was changed while you had it open You saved this at ")


def test_what_was_changed_without_a_form_names_nobody(robin, content):
    place = Location.objects.first()
    form = opened(robin, change(place))
    Location.objects.filter(pk=place.pk).update(address="1 Any Street")
    refused = robin.post(change(place), typed(form, area="Near the park"))
    assert (refused.status_code, cells(refused)) == (409, [["Address", "1 Any Street"]])
    assert " saved this at " not in summary(refused)


def test_parts_changed_added_and_deleted_by_the_other_count(robin, priya):
    service = Service.objects.get()
    path = change(service)
    first, second = opened(robin, path), opened(priya, path)
    facts = list(service.facts.all())
    count = len(facts)
    robin.post(
        path,
        typed(
            first,
            **{
                "facts-0-value": "Robin’s value",
                "facts-1-DELETE": "on",
                "facts-2-DELETE": "on",
                "facts-TOTAL_FORMS": str(count + 1),
                f"facts-{count}-label": "Added",
                f"facts-{count}-value": "By Robin",
                f"facts-{count}-order": "90",
            },
        ),
    )
    mine = {
        "facts-0-value": "Priya’s value",
        "facts-1-value": "Typed into what is gone",
        "facts-TOTAL_FORMS": str(count + 1),
        f"facts-{count}-label": "Another",
        f"facts-{count}-value": "By Priya",
        f"facts-{count}-order": "95",
    }
    refused = priya.post(path, typed(second, **mine))
    assert (refused.status_code, cells(refused)) == (409, [[f"Fact “{facts[0].label}”: Value", "Robin’s value", "Priya’s value"]])
    said = summary(refused)
    for words in (
        "Fact “Added” was added. It is in the form now.",
        f"Fact “{facts[1].label}” was deleted. What you typed in it stands in the form as a new one.",
        f"Fact “{facts[2].label}” was deleted. It is gone here, too.",
    ):
        assert words in said
    assert Fact.objects.filter(label="Another").count() == 0
    assert priya.post(path, again(refused)).status_code == 302
    after = dict(service.facts.values_list("label", "value"))
    assert after[facts[0].label] == "Priya’s value"
    assert after[facts[1].label] == "Typed into what is gone"
    assert (after["Added"], after["Another"], facts[2].label in after) == ("By Robin", "By Priya", False)
    assert len(after) == count + 1


def test_a_form_with_a_new_part_sent_twice_adds_it_once(robin):
    path = change(Service.objects.get())
    count = Fact.objects.count()
    new = {"facts-TOTAL_FORMS": str(count + 1), f"facts-{count}-label": "New", f"facts-{count}-value": "One", f"facts-{count}-order": "90"}
    sent = typed(opened(robin, path), **new)
    assert [robin.post(path, sent).status_code for _ in range(2)] == [302, 302]
    assert Fact.objects.count() == count + 1


def test_what_was_typed_for_a_row_that_is_deleted_makes_it_anew(robin, priya, article):
    path = change(article)
    form = opened(priya, path)
    robin.post(reverse("admin:services_article_delete", args=[article.pk]), {"post": "yes"})
    refused = priya.post(path, typed(form, body="Priya’s words."))
    assert (refused.status_code, Article.objects.count()) == (409, 0)
    assert "This was deleted while you had it open Robin Hart deleted this at " in summary(refused)
    shown = BeautifulSoup(refused.content, "html.parser").select_one("#article_form")
    assert priya.post(shown["action"], again(refused)).status_code == 302
    assert Article.objects.get().body == "Priya’s words."


def test_a_service_that_is_deleted_comes_back_with_its_parts(robin, priya):
    service = Service.objects.get()
    path, sections = change(service), Section.objects.count()
    form = opened(priya, path)
    service.delete()
    refused = priya.post(path, typed(form, title="Mine"))
    shown = BeautifulSoup(refused.content, "html.parser").select_one("#service_form")
    kept = typed(again(refused), **{name: "" for name in again(refused) if name.endswith("-source")})
    for name in [name for name in kept if name.endswith("-group")]:
        kept[name] = "common"
    assert priya.post(shown["action"], kept).status_code == 302
    assert (Service.objects.get().title, Section.objects.count()) == ("Mine", sections)


@pytest.mark.parametrize(
    ("model", "field", "theirs", "mine"),
    [
        (ClinicDetails, "town", "Leeds", "York"),
        (OpeningHours, "opens", "08:15", "09:30"),
        (Location, "area", "Here", "There"),
        (CrisisContact, "how", "Call 1.", "Call 2."),
        (Page, "strapline", "One.", "Two."),
        (Person, "role", "Nurse", "Doctor"),
        (Image, "caption", "One", "Two"),
        (Closing, "text", "One", "Two"),
        (ConsultationHours, "every", "30", "20"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_every_kind_of_row_is_watched(robin, priya, rota, model, field, theirs, mine):
    Image.objects.create(name="Room", slug="room", alt="A room", digest="0" * 32, width=480, height=320)
    Closing.objects.create(kind="confirmed", text="Before")
    Person.objects.create(name="Ada King", slug="ada")
    row = model.objects.last()
    first, second = opened(robin, change(row)), opened(priya, change(row))
    assert robin.post(change(row), typed(first, **{field: theirs}), follow=True).status_code == 200
    refused = priya.post(change(row), typed(second, **{field: mine}))
    assert refused.status_code == 409
    assert [len(one) for one in cells(refused)] == [3]
    assert again(refused)[field].startswith(mine)
    assert str(model._meta.get_field(field).value_to_string(model.objects.get(pk=row.pk))).startswith(theirs)


def test_the_account_of_a_colleague_is_watched_and_its_password_is_shown_to_nobody(robin, priya):
    user = get_user_model().objects.create_user("sam", first_name="Sam", last_name="Reed", is_staff=True)
    first, second = opened(robin, change(user)), opened(priya, change(user))
    robin.post(change(user), typed(first, last_name="Read"))
    refused = priya.post(change(user), typed(second, last_name="Reade"))
    assert cells(refused) == [["Last name", "Read", "Reade"]]
    assert user.password not in refused.content.decode()


def test_a_stale_list_is_refused_and_keeps_its_numbers(robin, priya):
    path = reverse("admin:services_location_changelist")
    first, second = (sent_of(client.get(path), "#changelist-form", "_save") for client in (robin, priya))
    robin.post(path, typed(first, **{"form-0-order": "35"}))
    refused = priya.post(path, typed(second, **{"form-0-order": "25", "form-2-order": "99"}))
    pk, third = int(second["form-0-id"]), int(second["form-2-id"])
    assert (refused.status_code, Location.objects.get(pk=pk).order) == (409, 35)
    assert "Robin Hart saved this at " in summary(refused)
    assert cells(refused) == [[f"{Location.objects.get(pk=pk)}: Order", "35", "25"]]
    assert priya.post(path, sent_of(refused, "#changelist-form", "_save")).status_code == 302
    assert dict(Location.objects.values_list("pk", "order")) | {pk: 25, third: 99} == dict(Location.objects.values_list("pk", "order"))


def test_a_list_undoes_nothing_that_was_saved_in_a_form(robin, priya):
    path, place = reverse("admin:services_location_changelist"), Location.objects.first()
    listed = sent_of(priya.get(path), "#changelist-form", "_save")
    robin.post(change(place), typed(opened(robin, change(place)), area="Robin’s words"))
    assert priya.post(path, typed(listed, **{"form-0-order": "15"})).status_code == 302
    place.refresh_from_db()
    assert (place.area, place.order) == ("Robin’s words", 15)


def test_a_row_deleted_meanwhile_is_no_error_of_the_list(robin, priya):
    path = reverse("admin:services_crisiscontact_changelist")
    listed = sent_of(priya.get(path), "#changelist-form", "_save")
    CrisisContact.objects.get(pk=listed["form-1-id"]).delete()
    assert priya.post(path, typed(listed, **{"form-0-order": "15"})).status_code == 302
    assert CrisisContact.objects.get(pk=listed["form-0-id"]).order == 15


@pytest.mark.parametrize("version", ["", "0", "[]", "[1]", '[1,{"":1}]', "{}", "null", "[" * 5000, '["x",{}]', '[1,{"":{"title":"0"}}]'])
def test_a_version_that_says_nothing_breaks_nothing(robin, article, version):
    path = change(article)
    answer = robin.post(path, typed(opened(robin, path), _version=version, title="Mine"))
    assert answer.status_code in {302, 409}


def test_a_refused_form_keeps_the_version_it_was_opened_with(robin, priya, article):
    path = change(article)
    refused = priya.post(path, typed(opened(priya, path), title=""))
    robin.post(path, typed(opened(robin, path), title="Robin’s"))
    assert priya.post(path, typed(again(refused), title="Priya’s")).status_code == 409


def test_the_parts_of_a_long_text_that_differ_are_marked():
    text = " ".join(f"word{number}" for number in range(60))
    one, other = compare(text.replace("word30", "theirs"), text.replace("word30", "mine"))
    assert [piece.words.strip() for piece in one if piece.differs] == ["theirs"]
    assert [piece.words.strip() for piece in other if piece.differs] == ["mine"]
    assert "…" in one[0].words
    assert len("".join(piece.words for piece in one)) < len(text) / 2


def test_a_version_is_read_as_it_was_written():
    version = FormVersion.of({"": {"title": "One"}, "facts-1": {"value": ""}}, 7)
    assert FormVersion.read(str(version)) == version
    assert " " not in str(version)


def test_the_migration_gives_stored_texts_one_newline(content):
    Location.objects.update(address="1 Any Street\r\nLondon\r")
    before = list(Location.objects.values_list("updated_at"))
    importlib.import_module("services.migrations.0015_one_newline").one_newline(apps, None)
    assert set(Location.objects.values_list("address")) == {("1 Any Street\nLondon\n",)}
    assert list(Location.objects.values_list("updated_at")) == before
