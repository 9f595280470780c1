"""The pages of the second factor, in the admin: to give a code, to set an app up, and to see what there is."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from functools import wraps
from urllib.parse import urlencode

import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django_otp import login as verified_by
from django_otp.plugins.otp_totp.models import TOTPDevice

from harley.accounts import required_steps
from harley.accounts.authentication import wait_in_words
from harley.accounts.two_factor import devices

SETTING_UP = "second_factor_setting_up"  # in the session: whose secret this browser is shown, and no other
WRONG = "This code is not right, or was used already."
WRONG_RECOVERY = "This recovery code is not right, or was used already. Each works once."
NOW = "An app shows a new one every 30 seconds: please type the one it shows now."
SAID_FROM = timedelta(seconds=10)  # a shorter wait is over when a code is found and typed


class CodeForm(forms.Form):
    """Asks for a code of the app or, in the same field, for one for recovery."""

    code = forms.CharField(label="Code", max_length=40, error_messages={"required": "Type the code."})

    def __init__(self, *args, help_text: str, recovery: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.help_text = help_text
        field.widget.attrs = {"autocomplete": "off" if recovery else "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        if recovery:
            field.label = "Recovery code"
        else:
            field.widget.attrs["inputmode"] = "numeric"

    def refuse_until(self, until: datetime) -> None:
        """Say that the code was not looked at, and for how long none will be."""
        self.add_error("code", f"There were wrong codes. Please wait {wait_in_words(until, timezone.now())}, then type a new one.")

    def refuse(self, until: datetime | None, *, recovery: bool = False) -> None:
        """Say that the code was wrong, and when the next one is looked at, if that is not soon."""
        now = timezone.now()
        words = [WRONG_RECOVERY if recovery else WRONG]
        if until and until - now >= SAID_FROM:
            words.append(f"Please wait {wait_in_words(until, now)}, then type {'another' if recovery else 'the one your app shows then'}.")
        elif not recovery:
            words.append(NOW)
        self.add_error("code", " ".join(words))


def for_staff(view):
    """Behind the password, in front of the second factor; a password that is to be changed comes first."""

    @wraps(view)
    @never_cache
    def inner(request: HttpRequest) -> HttpResponse:
        if not (request.user.is_active and request.user.is_staff):
            return redirect(f"{reverse('admin:login')}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")
        if required_steps.next_page(request.user) == required_steps.PASSWORD:
            return ask(request, onward(request))
        return view(request)

    return inner


def onward(request: HttpRequest) -> str:
    """Where they wanted to go, on this site alone."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if ours else reverse("admin:index")


def ask(request: HttpRequest, wanted: str) -> HttpResponse:
    """To the page that asks for what is still owed."""
    query = f"?{urlencode({REDIRECT_FIELD_NAME: wanted})}" if wanted else ""
    return redirect(reverse(f"admin:{required_steps.next_page(request.user) or 'index'}") + query)


def shown(request: HttpRequest, template: str, title: str, status: int = 200, **context) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": title, "next": onward(request)} | context
    return render(request, f"admin/second_factor/{template}.html", context, status=status)


@for_staff
def code(request: HttpRequest) -> HttpResponse:
    if not devices.is_owed(request.user):
        return redirect(onward(request))
    if not devices.is_set_up(request.user):
        return ask(request, onward(request))
    recovery = "recovery" in request.GET
    said = "One of the ten you printed or wrote down when you set the app up." if recovery else "The six digits your app shows now."
    form = CodeForm(request.POST or None, help_text=said, recovery=recovery)
    form.fields["code"].widget.attrs["autofocus"] = True  # there is nothing else to do here
    status = 200
    if form.is_valid():
        device, status = _checked(request, form, recovery)
        if device:
            request.session.cycle_key()
            verified_by(request, device)
            if not isinstance(device, TOTPDevice):
                _tell_how_many_are_left(request)
            return redirect(onward(request))
    return shown(request, "code", "One more step", status, form=form, recovery=recovery)


def _checked(request: HttpRequest, form: CodeForm, recovery: bool = False):
    """What accepted the code, and the status of the page if nothing did: then the form says why."""
    try:
        device = devices.check_code(request.user, form.cleaned_data["code"])
    except devices.CodeWait as wait:
        form.refuse_until(wait.until)
        return None, 429
    if not device:
        form.refuse(devices.next_code_at(request.user, form.cleaned_data["code"]), recovery=recovery)
    return device, 200


def _tell_how_many_are_left(request: HttpRequest) -> None:
    left = devices.recovery_codes_left(request.user)
    words = f"{left} recovery code{'s are' if left != 1 else ' is'} left" if left else "That was your last recovery code"
    messages.warning(request, f"{words}. Under “Second factor” you can make ten new ones, or set up another phone.")


@for_staff
def set_up(request: HttpRequest) -> HttpResponse:
    if devices.is_set_up(request.user):
        return redirect("admin:second_factor")
    device = devices.begun(request.user, request.session.get(SETTING_UP))
    if request.method == "POST" and "begin" in request.POST:
        request.session[SETTING_UP] = devices.begin(request.user).pk
        return redirect(f"{request.path}?{urlencode({REDIRECT_FIELD_NAME: onward(request)})}")
    if not device:
        return shown(request, "set_up", "Set up your second factor", is_required=devices.is_required(request.user))
    form = CodeForm(request.POST or None, help_text="The six digits your app shows for this site.")
    status = 200
    if form.is_valid():
        try:
            done = devices.confirm_device(device, form.cleaned_data["code"])
        except devices.CodeWait as wait:
            form.refuse_until(wait.until)
            done, status = False, 429
        else:
            if not done:
                device.refresh_from_db()
                form.refuse(devices.waits_until(device, timezone.now()))
        if done:
            del request.session[SETTING_UP]
            request.session.cycle_key()
            verified_by(request, device)
            return _codes(request)
    facts = {"qr": qr(device), "secret": secret(device), "app_url": device.config_url}
    return shown(request, "scan", "Set up your second factor", status, form=form, **facts)


def qr(device: TOTPDevice) -> SafeString:
    """Drawn here, so that the secret goes to nobody else."""
    code = segno.make(device.config_url, error="m")
    return mark_safe(code.svg_inline(border=4, light="#fff", omitsize=True, svgclass="qr", lineclass=None))  # noqa: S308 (of our own making)


def secret(device: TOTPDevice) -> str:
    """To type, in fours."""
    letters = base64.b32encode(device.bin_key).decode()
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _codes(request: HttpRequest) -> HttpResponse:
    """The answer to the POST that made them: they are stored nowhere else to be read again."""
    return shown(request, "codes", "Your recovery codes", codes=devices.make_recovery_codes(request.user), made_on=timezone.now())


@for_staff
def overview(request: HttpRequest) -> HttpResponse:
    """What there is, and the two things to do with it. Each asks for a code: a computer may be left alone."""
    if devices.is_owed(request.user):
        return ask(request, request.path)
    if not devices.is_set_up(request.user):
        return redirect("admin:second_factor_set_up")
    form = CodeForm(request.POST or None, help_text="The next code of your app, or a recovery code.")
    status = 200
    if form.is_valid():
        device, status = _checked(request, form)
        if device and "remove" in request.POST:
            devices.remove(request.user)
            request.session.cycle_key()
            messages.success(request, "The app is removed. You can set up another one now.")
            return redirect("admin:second_factor_set_up")
        if device:
            return _codes(request)
    facts = {
        "since": TOTPDevice.objects.get(user=request.user, confirmed=True).created_at,
        "left": devices.recovery_codes_left(request.user),
        "is_required": devices.is_required(request.user),
    }
    return shown(request, "overview", "Second factor", status, form=form, **facts)


urls = [
    path("second-factor/", overview, name="second_factor"),
    path("second-factor/code/", code, name="second_factor_code"),
    path("second-factor/set-up/", set_up, name="second_factor_set_up"),
]
