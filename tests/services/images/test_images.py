"""Pictures: what is stored of an upload, what is refused, how pages show one, and when it may go."""

import dataclasses
import io
import os
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image as Pillow

from services.images import variants
from services.models import Article, Image
from services.pages.markdown import check_placeholders
from tests.markup import faults

ADD = "/admin/services/image/add/"
SECRETS = [b"Exif", b"GPS", b"Secretcam", b"http://ns.adobe.com/xap", b"Jo Bloggs"]
WORDS = {"name": "Waiting room", "slug": "waiting-room", "alt": "Two armchairs", "caption": "Harley Street, 2nd floor"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    assert settings.MEDIA_ROOT.is_relative_to(os.environ["VAR_DIR"])  # other tests, too, leave the pictures of a real site alone
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def drawn(size=(300, 200), kind="PNG", colour="red", **options) -> bytes:
    into = io.BytesIO()
    Pillow.new("RGB", size, colour).save(into, kind, **options)
    return into.getvalue()


def photograph() -> bytes:
    """Lying on its side: red on the left, which is the top; with a place, a maker and an author written into it."""
    exif = Pillow.Exif()
    exif[0x0112], exif[0x010F] = 6, "Secretcam"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 31.0, 12.0), 29: "GPS-2026:01:01"})
    picture, into = Pillow.new("RGB", (2000, 1200), "blue"), io.BytesIO()
    picture.paste("red", (0, 0, 1000, 1200))
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>Jo Bloggs</dc:creator></x:xmpmeta>"
    picture.save(into, "JPEG", exif=exif, xmp=xmp)
    assert all(secret in into.getvalue() for secret in SECRETS)
    return into.getvalue()


def upload(client, content: bytes, address=ADD, name="photo.jpg", **words):
    return client.post(address, WORDS | {"file": SimpleUploadedFile(name, content)} | words)


def said(response) -> str:
    """The sentences that refuse a form."""
    assert response.status_code == 200
    return " ".join(each.get_text(" ", strip=True) for each in BeautifulSoup(response.content, "html.parser").select(".errorlist"))


@pytest.fixture
def image(admin_client) -> Image:
    assert upload(admin_client, drawn()).status_code == 302
    return Image.objects.get()


@pytest.fixture
def article(content, image) -> Article:
    row = Article.objects.published().first()
    row.body = f"Before.\n\n{image.placeholder}\n\nAfter."
    row.save()
    return row


def test_a_photograph_is_stored_upright_in_three_widths_with_nothing_written_into_it(admin_client, media):
    assert upload(admin_client, photograph()).status_code == 302
    image = Image.objects.get()
    assert (image.width, image.height) == (1200, 2000)
    stored = {path.name: path.read_bytes() for path in media.iterdir()}
    assert set(stored) == {f"{image.digest}-{width}.{kind}" for width in (480, 960, 1200) for kind in ("avif", "webp")}
    for name, content in stored.items():
        assert [secret for secret in SECRETS if secret.lower() in content.lower()] == [], name
        picture = Pillow.open(io.BytesIO(content))
        width = int(name.partition("-")[2].partition(".")[0])
        assert (picture.format.lower(), picture.size) == (name.rpartition(".")[2], (width, round(2000 * width / 1200)))
        assert dict(picture.getexif()) == {}
        assert not {"exif", "xmp", "icc_profile"} & set(picture.info)
        top, bottom = (picture.convert("RGB").getpixel((width // 2, picture.height * part // 10)) for part in (1, 9))
        assert (top[0] > 200 > 60 > top[2], bottom[2] > 200 > 60 > bottom[0]) == (True, True), name


@pytest.mark.parametrize(("width", "kept"), [(100, [100]), (480, [480]), (500, [480, 500]), (4000, [480, 960, 1600])])
def test_no_picture_is_made_larger_than_it_was(width, kept):
    assert variants.widths(width) == kept
    assert variants.make_variants(drawn((width, 10))).width == kept[-1]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_a_picture_of_any_colours_is_taken(mode):
    grey, into = Pillow.new("L", (20, 10), 255), io.BytesIO()
    picture = Pillow.new(mode, grey.size, 50_000) if mode == "I;16" else grey.convert(mode)
    picture.save(into, "TIFF" if mode == "CMYK" else "PNG")
    for content in variants.make_variants(into.getvalue()).files.values():
        stored = Pillow.open(io.BytesIO(content)).convert("RGB")
        assert stored.size == (20, 10)
        assert min(stored.getpixel((10, 5))) == pytest.approx(194 if mode == "I;16" else 255, abs=4)


def test_another_picture_in_its_place_removes_the_files_of_the_first(admin_client, image, media, django_capture_on_commit_callbacks):
    change, first = reverse("admin:services_image_change", args=[image.pk]), set(media.iterdir())
    assert admin_client.post(change, WORDS | {"alt": "Three armchairs"}).status_code == 302  # without a file, the words change
    assert set(media.iterdir()) == first
    with django_capture_on_commit_callbacks(execute=True):
        assert upload(admin_client, drawn(colour="green"), change).status_code == 302
    assert len(first) == len(set(media.iterdir())) == 2
    assert not first & set(media.iterdir())


REFUSED = {
    "not a picture": (b"%PDF-1.7 no picture", "This file is not a picture that can be read. Save it as JPEG or PNG, and upload it again."),
    "a drawing with scripts": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This file is not a picture that can be read."),
    "cut short": (drawn((600, 400), "JPEG")[:-300], "This file is not a picture that can be read."),
    "moving": (drawn(kind="GIF", save_all=True, append_images=[Pillow.new("RGB", (300, 200), "blue")]), "This picture moves"),
    "many pixels": (drawn((8000, 5001)), "This picture has more than 40 million pixels. Make it smaller, and upload it again."),
    "tall": (drawn((100, 4801)), "This picture is too tall to be shown. Crop it until it is at most three times as tall as it is wide."),
    "notes of WebP cut off": (drawn((60, 40), "WEBP")[:-20], "This file is not a picture that can be read."),
    "many bytes": (bytes(9 * 1024**2), "This file has 9.0 MB. Choose one of at most 8 MB."),
    "a byte too many": (bytes(8 * 1024**2 + 1), "This file has 8.1 MB. Choose one of at most 8 MB."),
    "empty": (b"", "The submitted file is empty."),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_shown_is_refused_with_a_sentence(admin_client, media, why):
    content, sentence = REFUSED[why]
    assert sentence in said(upload(admin_client, content))
    assert (Image.objects.count(), list(media.iterdir())) == (0, [])


def test_the_same_picture_is_not_stored_twice(admin_client, image):
    again = said(upload(admin_client, drawn(), name="copy.png", slug="again"))
    assert "This picture is here already: Waiting room, {image:waiting-room}." in again


@pytest.mark.parametrize("words", [{"alt": ""}, {"is_decorative": "on"}], ids=["neither", "both"])
def test_a_picture_is_said_in_words_or_is_decorative(admin_client, image, media, words):
    stored = set(media.iterdir())
    answer = upload(admin_client, drawn(colour="green"), slug="other", **words)
    beside = answer.context["adminform"].form.errors["alt"]
    assert beside == ["Say in words what the picture shows, or tick “decorative” and leave the words empty."]
    assert set(media.iterdir()) == stored
    with pytest.raises(IntegrityError), transaction.atomic():
        Image.objects.update(alt=words.get("alt", image.alt), is_decorative="is_decorative" in words)


def test_a_row_that_cannot_be_saved_leaves_no_file(db, media):
    image = Image(name="Waiting room", slug="waiting-room")  # neither said in words nor decorative
    image.take(variants.make_variants(drawn()))
    with pytest.raises(IntegrityError), transaction.atomic():
        image.save()
    assert list(media.iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_no_row_and_none_of_the_others(db, media):
    made = variants.make_variants(drawn())
    image = Image(name="Waiting room", slug="waiting-room", is_decorative=True)
    image.take(dataclasses.replace(made, files=made.files | {"a" * 300: b"a name no disk takes"}))
    with pytest.raises(OSError, match="too long"):
        image.save()
    assert (Image.objects.count(), list(media.iterdir())) == (0, [])


@pytest.mark.parametrize("kind", ["avif", "webp"])
def test_a_file_is_served_for_ever_as_what_it_is(client, image, kind):
    response = client.get(f"/media/{image.digest}-300.{kind}")
    assert (response.status_code, response["Content-Type"], response["X-Content-Type-Options"]) == (200, f"image/{kind}", "nosniff")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not response.cookies
    assert len(b"".join(response)) == int(response["Content-Length"]) > 0


def test_no_other_file_is_served(client, image, media):
    (media / "notes.webp").write_text("not ours")
    (media / f"{image.digest}-300.svg").write_text("<svg/>")
    names = ["", "notes.webp", f"{image.digest}-300.svg", f"{image.digest}-301.webp", f"{image.digest}-300.webp/", f"{'0' * 32}-480.webp"]
    names += [f"../{image.digest}-300.webp", f"%2e%2e%2f{image.digest}-300.webp", f"x/../{image.digest}-300.webp", "..%2fdb.sqlite3"]
    assert {name: client.get(f"/media/{name}").status_code for name in names} == dict.fromkeys(names, 404)


def test_an_article_shows_it_with_its_size_its_words_and_its_caption(client, article, image):
    page = client.get(article.get_absolute_url()).content
    assert faults(page) == []
    figure = BeautifulSoup(page, "html.parser").select_one(".prose figure")
    shown, source = figure.picture.img, figure.picture.source
    assert (shown["width"], shown["height"], shown["alt"]) == ("300", "200", "Two armchairs")
    assert shown["src"] == f"/media/{image.digest}-300.webp"
    assert (source["type"], source["srcset"]) == ("image/avif", f"/media/{image.digest}-300.avif 300w")
    assert figure.figcaption.get_text() == "Harley Street, 2nd floor"
    assert b"".join(client.get(shown["src"])).startswith(b"RIFF")


def test_a_name_nobody_gave_is_named(image):
    check_placeholders(image.placeholder)
    with pytest.raises(ValidationError, match=r"There is no picture \{image:no-such\}"):
        check_placeholders("{image:no-such}")


def test_one_in_use_stays_and_says_where_it_is_shown(admin_client, article, image, media):
    page = admin_client.post(reverse("admin:services_image_delete", args=[image.pk]), {"post": "yes"})
    assert f"It is still shown by: article “{article}”. Take it out there first." in page.content.decode()
    action = {"action": "delete_selected", "_selected_action": [image.pk], "post": "yes"}
    assert "Take it out there first." in admin_client.post(reverse("admin:services_image_changelist"), action).content.decode()
    assert (Image.objects.count(), len(list(media.iterdir()))) == (1, 2)


def test_one_nobody_shows_goes_with_its_files(admin_client, image, media, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(reverse("admin:services_image_delete", args=[image.pk]), {"post": "yes"})
        assert len(list(media.iterdir())) == 2  # until the change is certain
    assert (Image.objects.count(), list(media.iterdir())) == (0, [])
