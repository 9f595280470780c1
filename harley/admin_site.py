"""Django's admin, with our sign-in: who owes the second factor sees nothing but the pages that ask for it."""

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.urls import path

from harley import second_factor, second_factor_pages
from harley.signin import SignInForm


class Site(admin.AdminSite):
    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Asked by every view of the admin, on every method."""
        return super().has_permission(request) and not second_factor.is_owed(request.user)

    def get_urls(self):
        """Django's own way out is open only to those who may come in; ours also to somebody without their second factor."""
        return [path("logout/", self.logout, name="logout"), *second_factor_pages.urls, *super().get_urls()]

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """Whoever has given their password is not asked for it again."""
        if request.method == "GET" and super().has_permission(request) and second_factor.is_owed(request.user):
            return second_factor_pages.ask(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
        return super().login(request, extra_context)
