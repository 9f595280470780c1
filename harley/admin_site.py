"""Django's admin, with our sign-in: who owes the second factor sees nothing but the pages that ask for it."""

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from harley import second_factor, second_factor_pages
from harley.signin import SignInForm


class Site(admin.AdminSite):
    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Asked by every view of the admin, on every method."""
        return super().has_permission(request) and not second_factor.is_owed(request.user)

    def get_urls(self):
        """Two of Django's own addresses are answered otherwise. Its way out is open only to those who may come in; ours also to somebody
        without their second factor. And its way to a row's public page leads whoever may come in to any row's: a request's is secret."""
        return [
            path("logout/", self.logout, name="logout"),
            path("r/<path:content_type_id>/<path:object_id>/", self.no_shortcut, name="view_on_site"),
            *second_factor_pages.urls,
            *super().get_urls(),
        ]

    def no_shortcut(self, request: HttpRequest, **row) -> HttpResponse:
        raise Http404

    def index(  # type: ignore[override]  # a view may answer with any response; the stubs know Django's own alone
        self, request: HttpRequest, extra_context=None
    ) -> HttpResponse:
        """Practitioners, who have nothing but their diary, begin there."""
        if not self.get_app_list(request) and request.user.has_perm("bookings.see_own_diary"):
            return redirect("admin:bookings_diary")
        return super().index(request, extra_context)

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """Whoever has given their password is not asked for it again."""
        if request.method == "GET" and super().has_permission(request) and second_factor.is_owed(request.user):
            return second_factor_pages.ask(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
        return super().login(request, extra_context)
