"""Former addresses are found however somebody writes them, and none of them leads in a circle."""

import importlib
from urllib.parse import quote, urlencode

import pytest
from django.apps import apps
from django.contrib.redirects.models import Redirect
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from services.models import Article
from services.pages import redirect_rules
from tests.depth import rounds

HOSTS = {"www.clinic.test"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/caf%c3%a9/", "/caf%C3%A9/"),
        ("/café/", "/caf%C3%A9/"),
        ("/cafe\u0301", "/caf%C3%A9/"),  # as a Mac writes it
        ("/CAFÉ", "/caf%C3%A9/"),
        ("/caf%e9/", "/caf%25e9/"),  # Latin-1, of an older site
        ("/100%-free/", "/100%25-free/"),
        ("/100%25-free", "/100%25-free/"),
        ("/a%2541/", "/a%2541/"),
        ("/Counselling-Questions.htm", "/counselling-questions.htm"),
        ("/counselling-questions.htm/", "/counselling-questions.htm"),
        ("//what///we//do//", "/what/we/do/"),
        ("/what we do/", "/what%20we%20do/"),
        ("/what%20we%20do/#top", "/what%20we%20do/"),
        ("/Index.php?B=2&a=1&c", "/index.php?B=2&a=1&c="),
        ("/?page=Fees", "/?page=Fees"),
        ("", "/"),
        ("/", "/"),
    ],
)
def test_an_address_has_one_normal_form(typed, expected):
    assert redirect_rules.normal(typed) == expected
    assert redirect_rules.normal(expected) == expected


paths = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(lambda text: f"/{text}")
queries = st.lists(st.tuples(st.text("abAB=&é", min_size=1, max_size=3), st.text("abAB+&%é", max_size=3)), max_size=4)
often = settings(max_examples=rounds(deep=2000, quick=200))


@often
@given(paths, queries)
def test_the_normal_form_of_a_normal_form_is_itself(path, query):
    once = redirect_rules.normal(f"{quote(path)}?{urlencode(query)}")
    assert redirect_rules.normal(once) == once
    assert once.isascii()


@often
@given(paths, st.booleans(), st.booleans(), st.booleans())
def test_whatever_browsers_do_to_a_path_it_is_the_same_address(path, in_small_letters, with_slash, in_capitals):
    asked = quote(path) + ("/" if with_slash else "")
    if in_small_letters:
        asked = "".join(f"%{part[:2].lower()}{part[2:]}" if at else part for at, part in enumerate(asked.split("%")))
    elif in_capitals:
        asked = "".join(f"%{part[:2]}{part[2:].upper()}" if at else part.upper() for at, part in enumerate(asked.split("%")))
    assert redirect_rules.normal(asked) == redirect_rules.normal(quote(path))


@often
@given(queries, queries, st.randoms(use_true_random=False))
def test_a_rule_meets_its_own_parameters_in_any_order_and_the_others_go_along(own, other, chance):
    old = redirect_rules.normal(f"/old/?{urlencode(own)}")
    asked = own + other
    chance.shuffle(asked)
    rule, rest = redirect_rules.matching_rule([(old, "/new/")], "/old/", urlencode(asked))
    assert rule == (old, "/new/")
    left = redirect_rules.normal(f"/?{rest}")
    assert left == redirect_rules.normal(f"/?{urlencode(other)}")


def test_of_several_rules_that_with_the_most_of_the_query_wins():
    rules = [
        ("/i.php", "/a/"),
        ("/i.php?page=dit", "/b/"),
        ("/i.php?page=dit&part=2", "/c/"),
        ("/i.php?page=cbt", "/d/"),
        ("/i.phpx", "/e/"),
    ]
    found = {
        query: redirect_rules.matching_rule(rules, "/i.php", query)
        for query in ["", "x=1", "page=dit", "page=dit&x=1", "part=2&x=1&page=dit", "page=DIT", "page=dit&page=cbt", "page"]
    }
    assert {query: (rule[1], rest) for query, (rule, rest) in found.items()} == {
        "": ("/a/", ""),
        "x=1": ("/a/", "x=1"),
        "page=dit": ("/b/", ""),
        "page=dit&x=1": ("/b/", "x=1"),
        "part=2&x=1&page=dit": ("/c/", "x=1"),
        "page=DIT": ("/a/", "page=DIT"),
        "page=dit&page=cbt": ("/b/", "page=cbt"),
        "page": ("/a/", "page"),
    }
    assert redirect_rules.matching_rule(rules[1:], "/i.php", "x=1") is None


CIRCLES = {
    "slash": ("/loop-a/", "/loop-a"),
    "query": ("/c/", "/c/?x=1"),
    "own name": ("/d/", "https://www.clinic.test/d/"),
    "own name in capitals": ("/d/", "HTTPS://WWW.clinic.test:443/D"),
    "fragment": ("/e/", "/e/#top"),
    "letters": ("/ié/", "/ié/"),
    "percents": ("/ié/", "/i%c3%a9"),
    "capitals": ("/fees/", "/Fees/"),
    "its own parameters again": ("/f/?a=1", "/f/?b=2&a=1"),
    "two": ("/g/", "/h/", ("/h/", "/g/")),
    "three, each written differently": ("/g/", "/H", ("/h/", "/I.htm/"), ("/i.htm", "https://www.clinic.test/G#top")),
    "what goes along closes it": ("/b/", "/a/", ("/a/?x=1", "/b/?x=1")),
    "each turn makes it longer": ("/g/", "/h/?x=1", ("/h/", "/g/?y=1")),
}


@pytest.mark.parametrize("why", CIRCLES)
def test_what_leads_back_is_a_circle(why):
    old, new, *others = CIRCLES[why]
    rule = (redirect_rules.normal(old), new)
    assert redirect_rules.leads_in_a_circle(rule, others, HOSTS)


@pytest.mark.parametrize(
    ("old", "new"),
    [("/a/", "/b/"), ("/a/", ""), ("/a/", "https://elsewhere.test/a/"), ("/f/?a=1", "/f/"), ("/f/?a=1", "/f/?a=2"), ("/f/", "https://[")],
)
def test_what_leads_on_is_none(old, new):
    assert not redirect_rules.leads_in_a_circle((old, new), [("/g/", "/a/"), ("/h/", "/i/"), ("/i/", "/h/")], HOSTS)


@often
@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(["", "?x=1", "?y=1", "?x=1&y=1"]), st.sampled_from("abcdef"), queries),
        max_size=8,
    )
)
def test_nobody_who_follows_rules_that_were_let_in_walks_for_ever(drawn):
    rules = []
    for old, query, new, asked in drawn:
        rule = (redirect_rules.normal(f"/{old}/{query}"), f"/{new}/?{urlencode(asked)}")
        if rule[0] not in dict(rules) and not redirect_rules.leads_in_a_circle(rule, rules, HOSTS):
            rules.append(rule)
    for start in [f"/{each}/?{query}" for each in "abcd" for query in ["", "x=1", "x=1&y=1"]]:
        address, steps = start, 0
        while address:
            path, _, query = redirect_rules.normal(address).partition("?")
            found = redirect_rules.matching_rule(rules, path, query)
            address = redirect_rules.with_query(found[0][1], found[1]) if found else None
            steps += 1
            assert steps < 40, (start, rules)


# On the site


def asked(client, path) -> tuple[int, str | None]:
    answer = client.get(path)
    return answer.status_code, answer.get("Location")


def add(admin_client, old, new):
    return admin_client.post(reverse("admin:redirects_redirect_add"), {"old_path": old, "new_path": new})


@pytest.mark.parametrize(
    ("old", "ways"),
    [
        ("/caf%c3%a9/", ["/caf%c3%a9/", "/caf%C3%A9/", "/café", "/CAF%C3%89/"]),
        ("/caf%e9.htm", ["/caf%e9.htm", "/caf%E9.htm/"]),
        ("/100%-free/", ["/100%-free/", "/100%25-free", "/100%-Free/"]),
        ("/old/index.php?page=dit", ["/old/index.php?page=dit&utm_source=x", "/Old/index.php/?utm_source=x&page=dit"]),
        ("/Counselling-Questions.htm", ["/Counselling-Questions.htm", "/counselling-questions.htm/", "/COUNSELLING-QUESTIONS.HTM"]),
        ("http://testserver/what we do", ["/what%20we%20do/", "/What%20we%20do"]),
    ],
)
def test_a_former_address_is_found_however_it_is_asked_for(content, client, admin_client, old, ways):
    assert add(admin_client, old, "/therapies/").status_code == 302
    goes_along = "?utm_source=x" if "php" in old else ""
    assert {way: asked(client, way) for way in ways} == dict.fromkeys(ways, (301, f"/therapies/{goes_along}"))
    assert Redirect.objects.get().old_path == redirect_rules.normal(old.removeprefix("http://testserver"))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [(old, new, "No page has this address any more.") for old, new in [("/loop-a/", "/loop-a"), ("/c/", "/c/?x=1"), ("/e/", "/e/#top")]]
    + [("/d/", "http://testserver/d/", "No page has this address any more."), ("/ié/", "/ié/", "No page has this address any more.")]
    + [("/g/", "/Once", "No page has this address any more."), ("/there", "/old-page/", "This would lead people in a circle")]
    + [("/what?we#do", "/x/", "Leave out the # and what follows it")]
    + [("/ONCE", "/x/", "This address is in the list already."), ("//x/", "/y/", "Start with a slash, like /what-we-do/.")]
    + [("https://elsewhere.test/x/", "/y/", "Start with a slash, like /what-we-do/."), ("/x/", "/\\elsewhere.test", "Start with a slash")]
    + [("/x/", "https://[", "This is no whole address."), ("https://[", "/y/", "Start with a slash, like /what-we-do/.")]
    + [("/" + "é" * 60, "", "at most 200 characters")],
)
def test_what_would_never_be_found_or_leads_in_a_circle_is_refused(content, admin_client, old, new, sentence):
    Redirect.objects.create(site_id=1, old_path="/once/", new_path="/therapies/")
    Redirect.objects.create(site_id=1, old_path="/old-page/?x=1", new_path="/there/?x=1")
    assert sentence in add(admin_client, old, new).content.decode()
    assert Redirect.objects.count() == 2


def test_an_address_of_this_site_is_kept_without_its_name(content, client, admin_client):
    """So that it follows the page when that is renamed."""
    article = Article.objects.create(slug="first", status="published", title="Sleep", strapline="-", body="-")
    for old, new in [("/a/", "http://testserver/articles/first/"), ("/b/", "/articles/first/#how"), ("/c/", "/articles/first/?x=1")]:
        assert add(admin_client, old, new).status_code == 302
    article.slug = "second"
    article.save()
    ways = {"/a/": "", "/b/": "#how", "/c/": "?x=1"}
    assert {old: asked(client, old) for old in ways} == {old: (301, f"/articles/second/{rest}") for old, rest in ways.items()}
    article.delete()
    assert {asked(client, old)[0] for old in ways} == {410}


def test_what_leads_to_itself_or_nowhere_is_as_if_it_were_not_there(content, client):
    Redirect.objects.create(site_id=1, old_path="/loop/", new_path="/Loop?x=1")
    Redirect.objects.create(site_id=1, old_path="/broken/", new_path="https://[")
    assert asked(client, "/loop/") == asked(client, "/broken/") == (404, None)


def test_a_former_address_costs_one_query_however_many_have_its_path(content, client, django_assert_num_queries):
    Redirect.objects.bulk_create(Redirect(site_id=1, old_path=f"/i.php?page={page}", new_path="/therapies/") for page in range(100))
    with django_assert_num_queries(10):  # nine for the page that says 404, which is drawn first
        assert asked(client, "/i.php?page=7") == (301, "/therapies/")


def test_rows_from_before_are_put_into_the_normal_form(db):
    rows = {
        "/caf%c3%a9": "/a/",  # alone
        "/Fees": "/b/",  # older, and not in the form
        "/FEES/": "/c/",  # newer, and not in the form
        "/sleep/": "/d/",  # in the form, and older
        "/Sleep/": "/e/",
        "/loop/": "/Loop",  # to itself
        "/away/": "https://elsewhere.test/away/",  # not to itself
        "/i.php?b=2&a=1": "/f/",
        "/gone.htm/": "",
    }
    Redirect.objects.bulk_create(Redirect(site_id=1, old_path=old, new_path=new) for old, new in rows.items())
    migration = importlib.import_module("services.migrations.0016_redirects_in_normal_form")
    migration.write_in_normal_form(apps, None)
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {
        "/caf%C3%A9/": "/a/",
        "/fees/": "/c/",
        "/sleep/": "/d/",
        "/away/": "https://elsewhere.test/away/",
        "/i.php?a=1&b=2": "/f/",
        "/gone.htm": "",
    }
