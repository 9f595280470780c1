"""A picture staff choose for a therapy, a place or a person stands on its page; without one the page is as it was."""

import pytest
from bs4 import BeautifulSoup
from django.db.models import ProtectedError

from services.models import Image, Location, Person, Service
from tests.markup import faults
from tests.services.pages.test_render import DIT

PLACE = "/locations/harley-street/"


@pytest.fixture
def room(content):
    return Image.objects.create(
        name="Room", slug="room", alt="Two armchairs", caption="The waiting room", digest="0", width=1600, height=900
    )


def drawn(client, url):
    answer = client.get(url)
    assert faults(answer.content) == []
    return BeautifulSoup(answer.content, "html.parser").select("main picture img[srcset]")


@pytest.mark.parametrize("url", [DIT, PLACE, "/practitioners/"])
def test_without_a_picture_there_is_none(content, client, url):
    assert drawn(client, url) == []


def test_of_a_therapy_in_place_of_the_drawn_couch(room, client):
    service = Service.objects.get()
    service.picture = room
    service.save()
    (picture,) = drawn(client, DIT)
    assert (picture["alt"], picture["width"], picture["height"], picture["fetchpriority"]) == ("Two armchairs", "1600", "900", "high")
    assert b"img/couch" not in client.get(DIT).content


def test_of_a_place_with_its_caption(room, client):
    place = Location.objects.get(slug="harley-street")
    place.picture = room
    place.save()
    (picture,) = drawn(client, PLACE)
    assert picture.find_parent("figure").figcaption.get_text() == "The waiting room"


def test_of_people_in_as_many_queries_as_for_one(room, client, django_assert_num_queries):
    for n in range(3):
        Person.objects.create(name=f"Dr {n}", slug=f"dr-{n}", is_practitioner=True, is_shown=True, photo=room)
    with django_assert_num_queries(12):
        pictures = drawn(client, "/practitioners/")
    assert [picture["loading"] for picture in pictures] == ["lazy"] * 3


@pytest.mark.parametrize(("model", "field"), [(Service, "picture"), (Location, "picture"), (Person, "photo")])
def test_what_is_shown_cannot_be_deleted(room, model, field):
    row = model.objects.first()
    setattr(row, field, room)
    row.save()
    with pytest.raises(ProtectedError):
        room.delete()
    setattr(row, field, None)
    row.save()
    room.delete()
    assert not Image.objects.exists()
