"""Texts of staff become HTML; what a text may not do, it cannot."""

import subprocess
import sys

import pytest
from django.core.exceptions import ValidationError

from services.models import PhoneNumber
from services.pages.markdown import check_placeholders, to_html


class Clinic:
    phones = {"text": PhoneNumber(role="text", number="020 8003 4173")}


def html(text: str) -> str:
    return to_html(text, Clinic()).strip()


def test_a_number_becomes_a_link_that_dials():
    assert html("Call {phone:text}.") == '<p>Call <a href="tel:+442080034173">020 8003 4173</a>.</p>'


def test_a_number_nobody_has_leaves_no_trace():
    assert html("Call{phone:layout}.") == "<p>Call.</p>"


def test_the_address_of_the_booking_is_filled_in():
    assert html("[Book]({url:book})") == '<p><a href="/book/">Book</a></p>'


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<b onclick=x>bold</b>", "<p>&lt;b onclick=x&gt;bold&lt;/b&gt;</p>"),
        ("[me](javascript:alert(1))", "<p>[me](javascript:alert(1))</p>"),
        ("[me](JAVASCRIPT:alert(1))", "<p>[me](JAVASCRIPT:alert(1))</p>"),
        ("[me](data:text/html,x)", "<p>[me](data:text/html,x)</p>"),
        ('[me](http://a.uk/"onclick=x)', '<p><a href="http://a.uk/%22onclick=x">me</a></p>'),
        ("R&B", "<p>R&amp;B</p>"),
    ],
)
def test_html_and_scripts_stay_text(text, safe):
    assert html(text) == safe


def test_an_unknown_placeholder_is_named_to_the_editor():
    with pytest.raises(ValidationError, match=r"There is no \{phone:mobile\}\. Write one of \{phone:layout\}, \{phone:text\}"):
        check_placeholders("Call {phone:mobile}")
    check_placeholders("Call {phone:text} or see {url:locations}; {this} is only text")


# The first pages of a new worker, all at once; each line of what fills a table is slow, so that the others come meanwhile.
AT_ONCE = """
import threading, time
from types import SimpleNamespace
import django
django.setup()
from services.pages.markdown import to_html

def slowly(frame, event, _):
    if "cache" in frame.f_code.co_name or "compile" in frame.f_code.co_name:
        time.sleep(0.0002)
        return slowly

def draw():
    drawn.append(to_html("[Call](tel:111) <https://a.example/b%20c> **now**", SimpleNamespace(phones={}, images={})))

drawn = []
threading.settrace(slowly)
threads = [threading.Thread(target=draw) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(drawn), len(set(drawn)), "<strong>" in drawn[0])
"""


def test_the_first_pages_of_a_worker_may_be_drawn_at_once():
    done = subprocess.run([sys.executable, "-c", AT_ONCE], check=True, capture_output=True, text=True, timeout=60)
    assert (done.stderr, done.stdout.split()) == ("", ["8", "1", "True"])
