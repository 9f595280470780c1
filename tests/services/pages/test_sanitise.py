"""What staff type or paste harms nobody: nothing harmful is stored, nothing harmful is printed, and harmless texts stay byte for byte."""

import re
import time
import tomllib

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db.models import Value
from django.db.models.functions import Concat
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from services.models import Article, Question
from services.pages.sanitise import clean_html, clean_markdown
from tests.depth import rounds

ELEMENTS = {"a", "blockquote", "br", "code", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p"}
ELEMENTS |= {"picture", "pre", "source", "strong", "ul"}
ATTRIBUTES = {"alt", "decoding", "height", "href", "loading", "sizes", "src", "srcset", "start", "title", "type", "width"}
SCHEMES = {"http", "https", "mailto", "tel", "sms"}
ATTACKS = r"""
<script>alert(1)</script>|<SCRIPT SRC=//evil.example/x.js></SCRIPT>|<ScRiPt>alert(1)</sCrIpT>|<script/x>alert(1)</script >
<scr<script>ipt>alert(1)</scr</script>ipt>|<<script>alert(1)//<</script>|<script>alert(1)|<script|<sc\nript>alert(1)</script>
<style>*{display:none}</style>|<style>@import'//evil.example'|<link rel=stylesheet href=//evil.example>|<base href=//evil.example>
<iframe src="javascript:alert(1)"></iframe>|<iframe srcdoc="<script>alert(1)</script>">|<object data=javascript:alert(1)>
<embed src=//evil.example>|<svg onload=alert(1)>|<svg><script>alert(1)</script></svg>|<svg/onload=alert(1)//
<svg><a xlink:href="javascript:alert(1)">x</a></svg>|<math><mi xlink:href="data:x,<script>alert(1)</script>">
<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>|<img src=x onerror=alert(1)>|<IMG SRC="javascript:alert(1)">
<img src=x onerror=alert(1)|<img src=x onerror=alert(1)\n\nmore|<img \t/onerror=alert(1)|<b onclick=alert(1)>bold</b>
<p ONMOUSEOVER="alert(1)">x|<a href=javascript:alert(1)>x</a>|<a href="jav&#x09;ascript:alert(1)">x</a>
<form action=javascript:alert(1)><button>x|<input autofocus onfocus=alert(1)>|<button formaction=javascript:alert(1)>
<details open ontoggle=alert(1)>|<video><source onerror=alert(1)>|<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<template><script>alert(1)</script></template>|<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<div style="background:url(javascript:alert(1))">|<x-y onclick=alert(1)>|<!-- open|<!-- <script>alert(1)</script>
<!--><script>alert(1)</script>-->|<!-- a -- > <img src=x onerror=alert(1)> -->|<!|<?|</x|</|<!doctype html
<![CDATA[<script>alert(1)</script>]]>|<?xml version="1.0"?>|<?php echo 1|</article></main><script>alert(1)</script>|</script
`<img src=x onerror=alert(1)>`|<javascript:alert(1)>|<JavaScript:alert(1)>|<vbscript:alert(1)>|<data:text/html,x>
<https://a.example/" onclick=alert(1)>|\<script>alert(1)</script>|[x](javascript:alert(1))|[x](JaVaScRiPt:alert(1))
[x](java\tscript:alert(1))|[x](java\nscript:alert(1))|[x](<java script:alert(1)>)|[x](<java\tscript:alert(1)>)
[x](&#106;avascript:alert(1))|[x](javascript&colon;alert(1))|[x](java&Tab;script:alert(1))|[x](&#1;javascript:alert(1))
[x](java&NewLine;script:alert(1))|[x](java\script:alert(1))|[x](javascript\:alert(1))|[x](java{phone:none}script:alert(1))
[x]( javascript:alert(1) "t")|[x](vbscript:msgbox(1))|[x](data:text/html;base64,PHNjcmlwdD4=)|[x](file:///etc/passwd)
[x](java<b>script:alert(1))|[x](java[y](data:1)script:alert(1))|[x](java<!-- -->script:alert(1))|[[x](vbscript:1)](javascript:alert(1))
[![x](javascript:1)](javascript:2)|![x](javascript:alert(1))|![x](data:image/svg+xml,x)|![x](x"onerror="alert(1))
![x](x "onerror=alert(1)")|[x][a]\n\n[a]: javascript:alert(1)|[a]\n\n[A]: <javascript:alert(1)> "t"|![a][]\n\n[a]: data:text/html,x
> [a]\n>\n> [a]: vbscript:x|* [a]: javascript:x\n* [a]|[a]\n\n[a]:\njavascript:alert(1)|[a]: java&#115;cript:x\n[a]
{image:"><script>alert(1)</script>}|1. * [a]: javascript:x\n* [a]
"""
HARMLESS = r"""
a < b|AT&T & co|5 > 3|x<3 and y>2|I <3 it|a <- b -> c|&lt;b&gt; &amp; &nbsp; &#60;|`a < b && c`|    code & more|1 </ 2|"quoted" 'so'|—
[x](https://a.example/?a=1&b=2 "t")|[x](/contact/)|[x](#part)|[x](mailto:a@b.example)|[x](tel:+442080034173)|[x](sms:+44208)
<https://a.example/?a&b>|<a@b.example>|[x]({url:book}) or {phone:text}|[a][b]\n\n[b]: https://a.example|![x](/a.png)|Note: data: none
javascript: a language|[x] (y)|](|[[[|\<b|a\r\nb
"""
unguarded = MarkdownIt("commonmark", {"html": True})
unguarded.validateLink = lambda _address: True


def each(texts: str) -> list[str]:
    """The texts between the strokes, with \\n, \\r and \\t for what they stand for."""
    texts = texts.strip("\n").replace("\n", "|")
    return texts.replace(r"\n", "\n").replace(r"\r", "\r").replace(r"\t", "\t").split("|")


def harm(page) -> list[str]:
    """The elements, attributes and addresses that no text may bring."""
    found = []
    for element in page.find_all():
        found += [element.name] * (element.name not in ELEMENTS)
        found += [name for name in element.attrs if name not in ATTRIBUTES]
        for address in (element.get("href", ""), element.get("src", "")):
            scheme = re.match(r"([a-z][a-z0-9+.-]*):", "".join(sign for sign in address if sign > " "), re.IGNORECASE)
            found += [address] * bool(scheme and scheme[1].lower() not in SCHEMES)
    return found


def printed(client, article) -> BeautifulSoup:
    page = BeautifulSoup(client.get(article.get_absolute_url()).content, "html.parser")
    assert [name for element in page.find_all() for name in element.attrs if name.startswith("on")] == []
    words = page.select_one("main article.prose")
    for ours in words.select("section.care, footer.byline"):
        ours.decompose()
    return words


@pytest.mark.same_everywhere
@pytest.mark.parametrize("attack", each(ATTACKS))
def test_an_attack_is_neither_stored_nor_printed(db, client, attack):
    article = Article(title="A", slug="a", status="published", body=attack)
    article.save()
    Question.objects.create(question="Q", answer=f"Before {attack} after")
    for stored in (Article.objects.get().body, Question.objects.get().answer):
        assert harm(BeautifulSoup(unguarded.render(stored), "html.parser")) == []  # also where nothing guards the printing
        assert clean_markdown(stored) == stored
    assert article.body == Article.objects.get().body
    assert harm(printed(client, article)) == []
    Article.objects.update(body=Concat(Value(attack), Value("")))  # the database's own expressions are not cleaned when they are stored
    assert Article.objects.get().body == attack
    assert harm(printed(client, article)) == []


def test_the_measure_finds_what_is_harmful():
    page = BeautifulSoup('<p onclick=x><svg></svg><a href="java\nscript:x">x</a><a href="/a:b">y</a></p>', "html.parser")
    assert harm(page) == ["onclick", "svg", "java\nscript:x"]
    assert len(each(ATTACKS)) > 90
    assert harm(BeautifulSoup(unguarded.render("[x](javascript:1)"), "html.parser")) == ["javascript:1"]


def test_no_way_into_the_database_leaves_a_text_as_it_was(db):
    nasty, clean = "<b>bold</b> [x](javascript:1)", "bold x"
    answers = Question.objects.values_list("answer", flat=True)
    Question.objects.bulk_create([Question(question="1", answer=nasty)])
    assert list(answers.all()) == [clean]
    Question.objects.update(answer=f"updated {nasty}")
    assert list(answers.all()) == [f"updated {clean}"]
    Question.objects.bulk_update([Question(pk=Question.objects.get().pk, answer=f"in bulk {nasty}")], ["answer"])
    assert list(answers.all()) == [f"in bulk {clean}"]


@pytest.mark.parametrize("text", each(HARMLESS))
def test_a_harmless_text_stays_as_it_was_typed(text):
    assert clean_markdown(text) == text


def texts(value) -> list[str]:
    """All texts of a content file."""
    if isinstance(value, dict | list):
        return [text for part in (value.values() if isinstance(value, dict) else value) for text in texts(part)]
    return [value] if isinstance(value, str) else []


def test_every_text_of_ours_stays_as_it_was_typed(settings):
    ours = [text for file in settings.CONTENT_DIR.glob("*.toml") for text in texts(tomllib.loads(file.read_text()))]
    assert len(ours) > 100
    assert [text for text in ours if clean_markdown(text) != text] == []


def test_the_words_around_what_is_taken_out_stay():
    assert clean_markdown("one <!-- open\n\ntwo <!-- a\n\nb --> three") == "one  three"
    assert clean_markdown("one <!-- open\n\ntwo </x three\n\nfour <!five") == "one  open\n\ntwo  three\n\nfour five"
    assert clean_markdown("a\ud800b") == "a?b"
    assert clean_markdown("one <em>two</em> [three *four*](data:x) five") == "one two three *four* five"


PIECES = r"""<|>|[|]|(|)|](|]:|[a]|&|&#|;|:|"|`|\|!|--|-->|/| |\t|\n|\n\n|a|script|java|javascript:|onclick=|src=|> |* |1. |{url:book}"""
PIECES = [*each(ATTACKS), *each(PIECES), "\x00", "\xad", "\u200b"]


@settings(max_examples=rounds(deep=150, quick=50))
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12).map("".join))
def test_whatever_is_put_together_is_cleaned_once_and_for_all(text):
    clean = clean_markdown(text)
    assert clean_markdown(clean) == clean
    assert harm(BeautifulSoup(clean_html(unguarded.render(text)), "html.parser")) == []  # as if it was never cleaned before


@pytest.mark.parametrize("piece", ["](", "<a|a>", "[x](|javascript:)", "](javascript:x)", "<!-- x > ", "[a]: javascript:x (\n", "<a href="])
def test_a_long_text_takes_no_long_time(piece):
    first, _, last = piece.partition("|")
    times = 50_000 // len(first + last)
    began = time.process_time()
    clean_markdown(first * times + last * times)
    assert time.process_time() - began < 5  # seconds; minutes, when every part looks through the whole text


def test_a_text_may_be_only_so_long(db):
    with pytest.raises(ValidationError, match=r"This text has 50001 characters\. Shorten it to 50000"):
        Question(question="Q", answer="a" * 50_001).full_clean()
