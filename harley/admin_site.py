"""Django's admin, with our sign-in: who owes a code or a password of their own sees nothing but the pages that ask for it."""

from functools import wraps

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from harley import refused_forms
from harley.accounts import known_browsers, passwords, required_steps
from harley.accounts.authentication import SignInForm
from harley.accounts.sessions import session_ends
from harley.accounts.two_factor import views
from services.clinic.staff_names import account_name, name_of


class Suggestions(AutocompleteJsonView):
    """Rows to choose from while one types; an account is called by the name of whose it is."""

    def serialize_result(self, obj, to_field_name):
        found = super().serialize_result(obj, to_field_name)
        return found | {"text": account_name(obj)} if isinstance(obj, AbstractBaseUser) else found


class Site(admin.AdminSite):
    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Asked by every view of the admin, on every method."""
        return super().has_permission(request) and not required_steps.next_page(request.user)

    def admin_view(self, view, cacheable=False):
        """Return the view behind the sign-in, to which a form of somebody whose session has ended goes along."""
        checked = super().admin_view(view, cacheable)

        @wraps(checked)
        def inner(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method == "POST" and not self.has_permission(request):
                return refused_forms.sign_in_first(request)
            response = checked(request, *args, **kwargs)
            if self.has_permission(request):
                known_browsers.remember(request, response)
            return response

        return inner

    def each_context(self, request: HttpRequest) -> dict:
        return super().each_context(request) | {"session_ends": session_ends(request, timezone.now())}

    def get_urls(self):
        """Three of Django's own addresses are answered otherwise. Its way out, and its page of one's own password, are open only to those
        who may come in; ours also to somebody who owes something first. And its way to a row's public page leads whoever may come in to
        any row's: a request's is secret."""
        return [
            path("logout/", self.logout, name="logout"),
            path("r/<path:content_type_id>/<path:object_id>/", self.no_shortcut, name="view_on_site"),
            path("password_change/", self.own_password, name="password_change"),
            path("again/", self.admin_view(refused_forms.kept_page), name="again"),
            *views.urls,
            *super().get_urls(),
        ]

    def own_password(self, request: HttpRequest) -> HttpResponseBase:
        """Open the page to whoever owes a password of their own, and nothing before it, as to those who may come in."""
        is_owed = super().has_permission(request) and required_steps.next_page(request.user) == required_steps.PASSWORD
        return (never_cache(self.password_change) if is_owed else self.admin_view(self.password_change))(request)

    def password_change(  # type: ignore[override]  # as of `index`
        self, request: HttpRequest, extra_context=None
    ) -> HttpResponseBase:
        return passwords.OwnPassword.as_view(extra_context=self.each_context(request) | (extra_context or {}))(request)

    def no_shortcut(self, request: HttpRequest, **row) -> HttpResponse:
        raise Http404

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:  # type: ignore[override]  # as of `index`
        return Suggestions.as_view(admin_site=self)(request)

    def index(  # type: ignore[override]  # a view may answer with any response; the stubs know Django's own alone
        self, request: HttpRequest, extra_context=None
    ) -> HttpResponse:
        """Practitioners, who have nothing but their diary, begin there."""
        if not self.get_app_list(request) and request.user.has_perm("bookings.see_own_diary"):
            return redirect("admin:bookings_diary")
        return super().index(request, extra_context)

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """Whoever has given their password is not asked for it again. What they had typed before is kept for them."""
        if request.method == "GET" and super().has_permission(request) and required_steps.next_page(request.user):
            return views.ask(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
        named = {"username": name_of(request.user)} if request.user.is_authenticated else {}
        response = super().login(request, named | (extra_context or {}))
        if request.method == "POST" and response.status_code == 302:
            refused_forms.keep_in_session(request)
        return response
