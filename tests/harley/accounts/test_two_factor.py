"""The second factor: setting it up, giving a code, and every way around it that somebody with the password may try."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from harley.accounts.lockout import growing_wait
from harley.accounts.roles import ROLES
from harley.accounts.two_factor.devices import OPENS, waits_until
from services.models import Location

HOME, SET_UP, CODE = "/admin/second-factor/", "/admin/second-factor/set-up/", "/admin/second-factor/code/"


@pytest.fixture
def manager(db):
    return get_user_model().objects.create_superuser("manager")


@pytest.fixture
def reception(db):
    user = get_user_model().objects.create_user("reception", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_location"))
    return user


@pytest.fixture
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def words(response):
    return " ".join(page(response).get_text(" ").split())


def errors(response):
    return [item.get_text() for item in page(response).select(".errorlist li")]


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def token(device, *, steps=0) -> str:
    """What the app shows now, or some steps of half a minute from now."""
    return f"{totp(device.bin_key, t0=-30 * steps):06}"


def begin(client) -> TOTPDevice:
    client.post(SET_UP, {"begin": "1"})
    return TOTPDevice.objects.get(confirmed=False)


def set_up(client) -> tuple[TOTPDevice, list[str]]:
    """As somebody does with their phone; gives what the phone knows, and the recovery codes."""
    device = begin(client)
    shown = client.post(SET_UP, {"code": token(device)})
    return device, [code.get_text() for code in page(shown).select(".recovery-codes code")]


def age(device) -> None:
    """Half a minute and more goes by: the app shows another code."""
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=int(time.time()) // 30 - 2)


# Setting it up


def test_nobody_is_asked_for_it_on_ones_own_machine(manager):
    assert browser(manager).get("/admin/").status_code == 200


def test_a_manager_sets_it_up_before_anything_else(manager, required):
    client = browser(manager)
    wanted = reverse("admin:services_page_changelist")
    asked = client.get(wanted, follow=True)
    assert asked.redirect_chain[-1][0] == f"{SET_UP}?next={wanted.replace('/', '%2F')}"
    assert "a code from an app on your phone" in words(asked)
    assert not page(asked).select("#nav-sidebar, #user-tools")
    _, codes = set_up(client)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}", code) for code in codes)
    assert client.get(wanted).status_code == 200


def is_asked(user):
    where = browser(user).get("/admin/", follow=True).redirect_chain[-1:]
    return bool(where and where[0][0].startswith(SET_UP))


def test_it_is_asked_of_each_role_that_may_see_a_request_or_the_diary(content, required):
    asked = set()
    for group in Group.objects.all():
        user = get_user_model().objects.create_user(group.name, is_staff=True)
        user.groups.add(group)
        if is_asked(user):
            asked.add(group.name)
    assert asked == {"Reception", "Practitioner", "Manager"}


@pytest.mark.parametrize("name", OPENS)
def test_each_right_that_shows_a_person_alone_is_enough_to_be_asked(content, required, name):
    app, _, codename = name.partition(".")
    user = get_user_model().objects.create_user("somebody", is_staff=True)
    user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    assert is_asked(user)


def test_no_right_of_a_role_that_shows_a_person_is_forgotten():
    """Those of the rota, and of the words at the end of emails, name nobody."""
    about_requests = {name for role in ROLES.values() for name in role.may if name.startswith("bookings.")}
    nobody = {
        name for name in about_requests if name.endswith(("_consultationhours", "_rotaexception", "_closing", ".add_note", ".change_note"))
    }
    assert about_requests - nobody <= set(OPENS)
    assert not ROLES["Content editor"].may & set(OPENS)


def test_the_picture_the_key_and_the_link_say_the_same(content, manager, required):
    client = browser(manager)
    device = begin(client)
    shown = page(client.get(SET_UP))
    key = shown.select_one(".secret code").get_text().replace(" ", "")
    link = shown.select_one("a[href^='otpauth://totp/Harley%20Therapy%3Amanager?']")["href"]
    assert f"secret={key}&" in link
    assert link == device.config_url
    assert shown.select_one("svg.qr path")
    assert not shown.select("[style], script:not([src])")


def test_looking_at_the_pages_makes_nothing_and_a_reload_shows_the_same_key(manager, required):
    client = browser(manager)
    client.get(SET_UP)
    assert not TOTPDevice.objects.exists()
    begin(client)
    assert client.get(SET_UP).content.count(second_factor_key().encode()) >= 1
    assert TOTPDevice.objects.count() == 1


def second_factor_key() -> str:
    return re.search(r"secret=(\w+)", TOTPDevice.objects.get().config_url)[1]


def test_a_secret_that_another_browser_began_is_never_shown_or_confirmed(manager, required):
    """Somebody with the password alone must not be able to plant theirs."""
    thief, owner = browser(manager), browser(manager)
    planted = begin(thief)
    assert "Start" in words(owner.get(SET_UP)) or page(owner.get(SET_UP)).select_one("input[value=Start]")
    owner.post(SET_UP, {"code": token(planted)})
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    device, _ = set_up(owner)
    assert device.key != planted.key
    assert not TOTPDevice.objects.filter(pk=planted.pk).exists()


def test_a_wrong_code_keeps_key_and_what_was_typed(manager, required):
    client = browser(manager)
    device = begin(client)
    wrong = client.post(SET_UP, {"code": "12 34 5x"})
    assert "This code is not right" in errors(wrong)[0]
    assert page(wrong).select_one("#id_code")["value"] == "12 34 5x"
    assert page(wrong).title.get_text().startswith("Error:")
    assert second_factor_key() in wrong.content.decode()
    assert not TOTPDevice.objects.get(pk=device.pk).confirmed
    assert errors(client.post(SET_UP, {"code": " "})) == ["Type the code."]


def test_others_may_have_it_and_are_then_asked_too(reception, required):
    client = browser(reception)
    assert client.get("/admin/").status_code == 200
    assert "Not now" in words(client.get(SET_UP))
    set_up(client)
    assert client.get("/admin/").status_code == 200
    other = browser(reception)
    assert other.get("/admin/", follow=True).redirect_chain[-1][0] == f"{CODE}?next=%2Fadmin%2F"


def test_browsers_that_were_in_before_it_was_set_up_are_asked_at_once(reception):
    first, second = browser(reception), browser(reception)
    set_up(first)
    assert second.get("/admin/").status_code == 302


# Giving a code


@pytest.fixture
def owner(manager):
    """A manager's phone and paper: the device, the recovery codes."""
    device, codes = set_up(browser(manager))
    age(device)
    return device, codes


def test_the_code_of_the_app_leads_to_where_one_wanted_to_go(manager, owner):
    client = browser(manager)
    wanted = reverse("admin:services_page_changelist")
    asked = client.get(wanted, follow=True)
    assert page(asked).select_one("input[name=next]")["value"] == wanted
    key = client.session.session_key
    done = client.post(CODE, {"code": token(owner[0]), "next": wanted})
    assert done["Location"] == wanted
    assert client.get(wanted).status_code == 200
    assert client.session.session_key != key


@pytest.mark.parametrize("away", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_next_never_leads_to_another_site(manager, owner, away):
    client = browser(manager)
    assert "evil" not in client.get(CODE, {"next": away}).content.decode()
    assert client.post(f"{CODE}?next={away}", {"code": token(owner[0]), "next": away})["Location"] == "/admin/"


def test_a_code_that_was_used_is_refused(manager, owner):
    code = token(owner[0])
    assert browser(manager).post(CODE, {"code": code}).status_code == 302
    assert "used already" in errors(browser(manager).post(CODE, {"code": code}))[0]


def test_the_code_that_set_it_up_is_used(manager):
    client = browser(manager)
    device = begin(client)
    code = token(device)
    client.post(SET_UP, {"code": code})
    assert browser(manager).post(CODE, {"code": code}).status_code == 200


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_another_time_is_refused(manager, owner, steps):
    assert browser(manager).post(CODE, {"code": token(owner[0], steps=steps)}).status_code == 200


def test_a_recovery_code_works_once_however_it_is_typed(manager, owner):
    _, codes = owner
    client = browser(manager)
    assert "ten you printed" in words(client.get(f"{CODE}?recovery"))
    done = client.post(f"{CODE}?recovery", {"code": f" {codes[0].upper().replace('-', ' ')} "}, follow=True)
    assert "9 recovery codes are left." in words(done)
    assert browser(manager).post(CODE, {"code": codes[1]}).status_code == 302  # also in the field for the app's
    again = browser(manager).post(f"{CODE}?recovery", {"code": codes[0]})
    assert "Each works once." in errors(again)[0]
    assert StaticToken.objects.count() == 8


def test_somebody_elses_codes_are_refused(manager, owner, reception):
    device, codes = set_up(browser(reception))
    age(device)
    for code in (token(device), codes[0]):
        assert browser(manager).post(CODE, {"code": code}).status_code == 200
    assert StaticToken.objects.filter(device__user=reception).count() == 10


def test_wrong_codes_cost_more_and_more_time(manager, owner):
    client = browser(manager)
    client.post(CODE, {"code": "000000"})
    assert TOTPDevice.objects.get().throttling_failure_count == 1
    for failures, wait in ((6, r"(2\d|3\d) seconds"), (9, "5 minutes")):
        TOTPDevice.objects.update(throttling_failure_count=failures)
        waiting = client.post(CODE, {"code": token(owner[0])})
        assert waiting.status_code == 429
        assert re.fullmatch(rf"There were wrong codes. Please wait {wait}, then type a new one.", errors(waiting)[0])
    assert client.post(CODE, {"code": owner[1][0]}).status_code == 302  # the other door has a count of its own
    TOTPDevice.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(minutes=5))
    assert browser(manager).post(CODE, {"code": token(owner[0])}).status_code == 302


def test_the_wait_after_wrong_codes_has_a_ceiling():
    waits = [growing_wait(times).total_seconds() for times in range(14)]
    assert waits == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    assert growing_wait(2**31 - 1) == timedelta(minutes=15)


@pytest.mark.parametrize("kind", [TOTPDevice, StaticDevice])
@pytest.mark.parametrize("failures", [0, 1, 5, 11, 12, 40, 2**31 - 2])
def test_however_many_codes_were_wrong_the_next_one_waits_a_quarter_of_an_hour_at_most(kind, failures):
    last = datetime(2026, 3, 2, 12, tzinfo=UTC)
    device = kind(throttling_failure_count=failures, throttling_failure_timestamp=last if failures else None)
    over = last + growing_wait(failures)
    assert over <= last + timedelta(minutes=15)
    assert waits_until(device, over) is None
    if failures:
        assert waits_until(device, over - timedelta(milliseconds=1)) == over


@pytest.mark.parametrize("kind", [TOTPDevice, StaticDevice])
def test_after_very_many_wrong_codes_the_page_says_a_quarter_of_an_hour_and_keeps_its_word(manager, owner, kind):
    """For the app as for paper; a right code begins anew with the shortest wait."""
    path = CODE if kind is TOTPDevice else f"{CODE}?recovery"
    wrong, right = ("000000", lambda: token(owner[0])) if kind is TOTPDevice else ("bbbb-bbbb", lambda: owner[1][0])
    client = browser(manager)
    quarter = timedelta(minutes=15)
    kind.objects.update(throttling_failure_count=200, throttling_failure_timestamp=timezone.now() - quarter)
    refused = client.post(path, {"code": wrong})
    assert refused.status_code == 200
    assert "Please wait 15 minutes, then type" in errors(refused)[0]
    assert "now" not in errors(refused)[0]
    waiting = client.post(path, {"code": right()})
    assert (waiting.status_code, errors(waiting)) == (429, ["There were wrong codes. Please wait 15 minutes, then type a new one."])
    device = kind.objects.get()
    assert device.throttling_failure_count == 201
    kind.objects.update(throttling_failure_timestamp=device.throttling_failure_timestamp - timedelta(minutes=14, seconds=30))
    assert re.fullmatch(
        r"There were wrong codes. Please wait (30|29|28) seconds, then type a new one.", errors(client.post(path, {"code": right()}))[0]
    )
    kind.objects.update(throttling_failure_timestamp=device.throttling_failure_timestamp - quarter)
    assert client.post(path, {"code": right()}).status_code == 302
    assert kind.objects.get().throttling_failure_count == 0


def test_a_short_wait_is_not_spoken_of(manager, owner):
    assert errors(browser(manager).post(CODE, {"code": "000000"}))[0].endswith("please type the one it shows now.")


def test_setting_up_waits_and_says_so_in_the_same_way(manager):
    client = browser(manager)
    begin(client)
    TOTPDevice.objects.update(throttling_failure_count=60, throttling_failure_timestamp=timezone.now() - timedelta(minutes=15))
    assert "Please wait 15 minutes, then" in errors(client.post(SET_UP, {"code": "000000"}))[0]
    assert client.post(SET_UP, {"code": "000000"}).status_code == 429


@pytest.mark.parametrize("code", ["²²²²²²", "１２３４５６", "a\0b", "x" * 500, "-", "' OR 1=1", "0" * 39])
def test_strange_codes_are_wrong_codes(manager, owner, code):
    assert browser(manager).post(CODE, {"code": code}).status_code in {200, 429}


# Ways around it


def every_admin_path() -> list[str]:
    lists = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
    return ["/admin/", "/admin/services/", "/admin/password_change/", "/admin/autocomplete/", "/admin/jsi18n/", "/admin/no/such/", *lists]


@pytest.mark.parametrize("has_app", [True, False])
def test_without_the_second_factor_no_page_of_the_admin_answers(manager, required, has_app):
    if has_app:
        set_up(browser(manager))
    client = browser(manager)
    for path in every_admin_path():
        asked, sent = client.get(path), client.post(path)
        assert (asked.status_code, sent.status_code) == (302, 302), path
        assert asked["Location"].startswith("/admin/login/?next="), path
        assert sent["Location"] == f"{CODE if has_app else SET_UP}?next=%2Fadmin%2Fagain%2F", path  # what was sent is kept for then


def test_a_direct_post_changes_nothing(manager, owner, content):
    client = browser(manager)
    place = Location.objects.first()
    data = {"name": "Changed", "slug": place.slug, "order": 1, "area": "x", "_save": "Save"}
    client.post(reverse("admin:services_location_change", args=[place.pk]), data)
    client.post(reverse("admin:auth_user_add"), {"username": "thief", "password1": "harbour-lantern", "password2": "harbour-lantern"})
    client.post("/admin/password_change/", {"old_password": "x", "new_password1": "y", "new_password2": "y"})
    assert not Location.objects.filter(name="Changed").exists()
    assert get_user_model().objects.count() == 1


def test_without_it_nothing_of_the_second_factor_can_be_changed(manager, owner):
    client = browser(manager)
    for path, data in [(SET_UP, {"begin": "1"}), (HOME, {"remove": "1", "code": "000000"}), (HOME, {"renew": "1", "code": "000000"})]:
        assert client.post(path, data).status_code == 302
    assert TOTPDevice.objects.get() == owner[0]
    assert StaticToken.objects.count() == 10


def test_a_device_of_somebody_else_in_the_session_does_not_count(manager, owner, reception):
    device, _ = set_up(browser(reception))
    client = browser(manager)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    assert client.get("/admin/").status_code == 302


def test_without_it_one_can_leave(manager, owner):
    client = browser(manager)
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session


def test_the_pages_are_for_staff_alone(db):
    for client in (Client(), browser(get_user_model().objects.create_user("nobody"))):
        for path in (HOME, SET_UP, CODE):
            for method in (client.get, client.post):
                assert method(path)["Location"].startswith("/admin/login/?next=")


def test_another_site_can_send_no_code(manager, owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager)
    assert client.post(CODE, {"code": token(owner[0])}).status_code == 403


def test_what_was_typed_before_the_code_was_given_comes_back_behind_it(manager, owner):
    client = browser(manager)
    asked = client.post("/admin/services/article/add/", {"title": "How it helps"})
    assert asked["Location"] == f"{CODE}?next=%2Fadmin%2Fagain%2F"
    age(owner[0])
    shown = client.post(asked["Location"], {"code": token(owner[0])}, follow=True)
    assert page(shown).select_one("#content-main [name=title]").get_text().strip() == "How it helps"


def test_what_was_typed_before_signing_in_comes_back_behind_the_code(manager, owner):
    manager.set_password("harbour-lantern-walnut")
    manager.save()
    client = Client()
    path = "/admin/services/article/add/"
    carried = page(client.post(path, {"title": "How it helps"})).select_one("[name=typed]")["value"]
    sent = {"username": "manager", "password": "harbour-lantern-walnut", "typed": carried, "next": "/admin/again/"}
    asked = client.post("/admin/login/", sent, follow=True)
    assert page(asked).select_one("[name=code]")
    age(owner[0])
    shown = client.post(CODE, {"code": token(owner[0]), "next": "/admin/again/"}, follow=True)
    form = page(shown).select_one("#content-main form")
    assert (form["action"], form.select_one("[name=title]").get_text().strip()) == (path, "How it helps")


# What there is


@pytest.fixture
def inside(manager, owner):
    client = browser(manager)
    client.post(CODE, {"code": token(owner[0])})
    age(owner[0])
    return client


def test_new_recovery_codes_replace_the_old(inside, owner, manager):
    assert "10 recovery codes" in words(inside.get(HOME))
    shown = inside.post(HOME, {"renew": "1", "code": token(owner[0])})
    new = [code.get_text() for code in page(shown).select(".recovery-codes code")]
    assert not set(new) & set(owner[1])
    assert browser(manager).post(CODE, {"code": owner[1][0]}).status_code == 200
    StaticDevice.objects.update(throttling_failure_count=0)
    assert browser(manager).post(CODE, {"code": new[0]}).status_code == 302


def test_each_change_asks_for_a_code(inside):
    assert errors(inside.post(HOME, {"renew": "1"})) == ["Type the code."]
    assert "not right" in errors(inside.post(HOME, {"remove": "1", "code": "000000"}))[0]
    assert StaticToken.objects.count() == 10


def test_removing_the_app_of_a_manager_leads_to_setting_up_another(inside, owner, required):
    assert inside.post(HOME, {"remove": "1", "code": owner[1][0]})["Location"] == SET_UP
    assert not TOTPDevice.objects.exists()
    assert not StaticDevice.objects.exists()
    assert inside.get("/admin/").status_code == 302
    device, _ = set_up(inside)
    assert device.key != owner[0].key
    assert inside.get("/admin/").status_code == 200


def test_what_was_done_with_it_is_noted_without_a_code(inside, owner):
    inside.post(HOME, {"remove": "1", "code": owner[1][0]})
    notes = list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))
    assert notes == ["Second factor set up.", "Recovery code used.", "Second factor removed."]


# The operator's way


def test_the_operator_resets_it_and_signs_the_person_out(inside, manager, capsys):
    visitor = Client()
    visitor.post("/book/where/", {"where": "any"})
    call_command("reset_second_factor", "manager")
    assert "manager" in capsys.readouterr().out
    assert not TOTPDevice.objects.exists()
    assert inside.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert "_auth_user_id" not in inside.session
    assert visitor.session.session_key == visitor.cookies["sessionid"].value
    assert visitor.session.get("booking")


def test_the_operator_is_told_of_a_wrong_name(db):
    with pytest.raises(CommandError, match="There is no account of the name “nobody”"):
        call_command("reset_second_factor", "nobody")
