"""The page on which one changes one's own password, of one's own accord or because somebody else has set it."""

from django import forms
from django.contrib import messages
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone

from harley.accounts import lockout, required_steps
from harley.accounts.authentication import wait_in_words
from harley.accounts.two_factor.views import onward

PLACE = "password change"  # where its guesses are counted, for each account


class OwnPasswordForm(AdminPasswordChangeForm):
    """Takes no password again that somebody else may know, and no more guesses at the old one than the sign-in does."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if required_steps.must_change_password(self.user):
            self.fields["old_password"].label = "The password you were given"

    def clean_old_password(self) -> str:
        now = timezone.now()
        guess = lockout.count(self.user.get_username(), None, PLACE, now)
        if not guess.is_looked_at:
            wait = wait_in_words(guess.until or now, now)
            raise forms.ValidationError(f"Several passwords were wrong, so this one was not looked at. Please wait {wait}, then try again.")
        old = super().clean_old_password()
        lockout.take_back(guess)
        return old

    def clean(self) -> dict:
        super().clean()
        old = self.cleaned_data.get("old_password")
        if old and old == self.cleaned_data.get("new_password1"):
            self.add_error("new_password1", "This is the password you have now. Please choose another one.")
        return self.cleaned_data


class OwnPassword(PasswordChangeView):
    form_class = OwnPasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def get_template_names(self) -> list[str]:
        is_owed = required_steps.next_page(self.request.user) == required_steps.PASSWORD
        return ["admin/password_first.html" if is_owed else "registration/password_change_form.html"]

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(**kwargs) | {"next": onward(self.request)}

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Lead whoever had to change it to where they wanted to go."""
        was_owed = required_steps.must_change_password(self.request.user)
        with transaction.atomic():
            response = super().form_valid(form)
            required_steps.password_is_changed(form.user)
        if not was_owed:
            return response
        messages.success(self.request, "Your password is changed.")
        return redirect(onward(self.request))
