"""Signing in as staff do, where others can reach the site: password, phone and paper; by keyboard, without a script, audited by axe."""

import re

import pytest
from django.contrib.auth.models import Group
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PASSWORD, STAFF
from tests.browser.layout import faults
from tests.servers import running_site, test_database_url

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RECOVERY_CODE = re.compile(r"[a-z2-9]{4}-[a-z2-9]{4}")


@pytest.fixture(scope="module")
def site(django_db_setup):
    with running_site(DATABASE_URL=test_database_url(), REQUIRE_SECOND_FACTOR="1") as address:
        yield address


def give_password(page: Page, password: str = PASSWORD, path: str = "/admin/") -> None:
    page.goto(path)
    page.get_by_label("Username").fill(STAFF)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def code_now() -> str:
    """What the phone shows. The test's own phone is patient: it never shows a code twice."""
    device = TOTPDevice.objects.get()
    TOTPDevice.objects.update(last_t=-1, throttling_failure_count=0)
    StaticDevice.objects.update(throttling_failure_count=0)
    return f"{totp(device.bin_key):06}"


def give_code(page: Page, code: str, button: str = "Continue") -> None:
    page.get_by_role("textbox", name=re.compile("code", re.IGNORECASE)).fill(code)
    page.get_by_role("button", name=button).click()


def set_up(page: Page) -> list[str]:
    """From the password to the recovery codes."""
    give_password(page)
    page.get_by_role("button", name="Start").click()
    give_code(page, code_now(), "Finish")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    return RECOVERY_CODE.findall(page.inner_text("main"))


def signed_in(page: Page) -> None:
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    expect(page.get_by_role("link", name="Requests", exact=True).first).to_be_visible()


def tab_to(page: Page, wanted: Locator) -> None:
    wanted.wait_for()
    for _ in range(10):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError("cannot be reached by Tab")


@pytest.mark.parametrize("script", [True, False])
def test_a_manager_sets_the_second_factor_up_on_a_phone_and_signs_in_with_it(open_page, staff, script):
    page, _ = open_page(java_script_enabled=script)
    assert len(set(set_up(page))) == 10
    page.get_by_role("link", name="I have kept them: continue").click()
    signed_in(page)
    page.get_by_role("button", name="Log out").click()
    give_password(page, path="/admin/services/location/")
    expect(page.get_by_role("textbox")).to_be_focused()
    give_code(page, code_now())
    expect(page).to_have_url(re.compile("/admin/services/location/$"))


def test_with_the_phone_lost_a_recovery_code_lets_one_in_once(open_page, staff):
    page, watch = open_page()
    codes = set_up(page)
    page.get_by_role("link", name="I have kept them: continue").click()
    page.get_by_role("button", name="Log out").click()
    give_password(page)
    page.get_by_role("link", name="I do not have my phone: use a recovery code").click()
    give_code(page, codes[3].upper())
    signed_in(page)
    expect(page.get_by_text("9 recovery codes are left.")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    give_password(page)
    page.get_by_role("link", name="I do not have my phone: use a recovery code").click()
    give_code(page, codes[3])
    expect(page.get_by_role("link", name="Each works once.")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value(codes[3])
    assert watch.expected == set()


def test_the_whole_of_it_by_keyboard(open_page, staff):
    page, _ = open_page(has_touch=False, is_mobile=False)
    page.goto("/admin/")
    expect(page.get_by_label("Username")).to_be_focused()
    for text in (STAFF, PASSWORD):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Start"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("textbox"))
    page.keyboard.type(code_now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")


def test_the_codes_are_printed_without_what_only_a_screen_needs(open_page, staff):
    page, _ = open_page(has_touch=False, is_mobile=False)
    codes = set_up(page)
    page.emulate_media(media="print")
    for code in codes:
        expect(page.get_by_text(code)).to_be_visible()
    expect(page.get_by_role("link", name="I have kept them: continue")).to_be_hidden()


def test_axe_finds_nothing_from_the_password_to_the_codes(audit, staff):
    page = audit.page
    audit.look("/admin/login/")
    give_password(page, "wrong")
    audit.look()
    give_password(page)
    audit.look()
    page.get_by_role("button", name="Start").click()
    audit.look()
    give_code(page, "123 456", "Finish")
    expect(page).to_have_title(re.compile("^Error: "))
    audit.look()
    give_code(page, code_now(), "Finish")
    audit.look()
    page.get_by_role("link", name="I have kept them: continue").click()
    audit.look("/admin/second-factor/")
    give_code(page, "123456", "Make ten new recovery codes")
    expect(page).to_have_title(re.compile("^Error: "))
    audit.look()
    page.get_by_role("button", name="Log out").click()
    give_password(page)
    audit.look()
    code_now()
    give_code(page, "123456")
    expect(page).to_have_title(re.compile("^Error: "))
    audit.look()
    page.get_by_role("link", name="I do not have my phone: use a recovery code").click()
    audit.look()
    page.get_by_role("button", name="Log out").click()
    audit.watch.expected.add(429)
    for _ in range(5):
        give_password(page, "wrong")
    expect(page.get_by_role("heading", level=1)).to_have_text("Please wait a little")
    audit.look()
    assert "\n".join(audit.found) == ""


def test_axe_finds_nothing_on_the_pages_of_accounts_and_of_the_record(audit, staff):
    page = audit.page
    staff.groups.add(Group.objects.get(name="Manager"))
    set_up(page)
    page.get_by_role("link", name="I have kept them: continue").click()
    audit.look("/admin/auth/user/")
    audit.look("/admin/auth/user/add/")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_title(re.compile("^Error: "))
    audit.look()
    audit.look(f"/admin/auth/user/{staff.pk}/change/")
    audit.look(f"/admin/auth/user/{staff.pk}/password/")
    for model in ("harley/look", "bookings/event", "admin/logentry"):
        audit.look(f"/admin/{model}/")
    assert "\n".join(audit.found) == ""


def test_each_page_of_the_way_in_is_whole_at_every_width(open_page, staff):
    page, watch = open_page(has_touch=False, is_mobile=False)
    watch.expected.add(429)
    found = {}

    def look(name: str) -> None:
        found[name] = faults(page)

    page.goto("/admin/")
    look("sign in")
    give_password(page, "wrong")
    look("wrong password")
    give_password(page)
    look("why a second factor")
    page.get_by_role("button", name="Start").click()
    look("scan")
    give_code(page, "000000", "Finish")
    look("wrong code at first")
    give_code(page, code_now(), "Finish")
    look("recovery codes")
    page.get_by_role("link", name="I have kept them: continue").click()
    page.get_by_role("link", name="Second factor").click()
    look("second factor")
    page.get_by_role("button", name="Log out").click()
    look("signed out")
    give_password(page)
    look("code")
    give_code(page, "000000")
    look("wrong code")
    page.get_by_role("link", name="I do not have my phone: use a recovery code").click()
    look("recovery code")
    page.context.clear_cookies()
    for _ in range(5):
        give_password(page, "wrong")
    look("locked")
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert len(found) == 12
