"""Style sheets are written to be read and served without white space to spare."""

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command


@pytest.fixture
def collected(tmp_path, settings):
    """A function that collects the site's own static files into an empty folder and returns {name: bytes}."""
    settings.STATIC_ROOT = tmp_path

    def collect(**options):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin"], **options)
        return {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    return collect


@pytest.mark.parametrize("name", [path.name for path in (settings.BASE_DIR / "static" / "css").iterdir()])
def test_a_served_style_sheet_has_no_comment_and_no_line_break(name):
    served = (settings.STATIC_ROOT / staticfiles_storage.stored_name(f"css/{name}")).read_text()
    written = (settings.BASE_DIR / "static" / "css" / name).read_text()
    assert served.count("{") == re.sub(r"/\*.*?\*/", "", written, flags=re.DOTALL).count("{")
    assert not re.search(r"/\*|\n|  ", served)


def test_files_that_a_style_sheet_names_are_hashed():
    served = (settings.STATIC_ROOT / staticfiles_storage.stored_name("css/site.css")).read_text()
    assert re.findall(r"url\((.*?)\)", served)[:1] == [f'"../{staticfiles_storage.stored_name("fonts/newsreader-400-latin.woff2")}"']


def test_collecting_again_changes_nothing(collected):
    assert collected() == collected()


def test_a_source_that_is_only_linked_to_is_not_written_to(collected):
    source = settings.BASE_DIR / "static" / "css" / "site.css"
    before = source.read_bytes()
    collected(link=True)
    assert source.read_bytes() == before
