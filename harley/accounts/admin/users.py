"""The accounts of staff. Managers look after them, but for superusers: those they neither see, make nor become."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangosUserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Prefetch

from harley.accounts import audit, required_steps
from harley.accounts.admin import unregistered  # noqa: F401 (Django's own comes out first)
from harley.accounts.authentication import same_but_for_capitals, with_what_is_owed
from harley.accounts.roles import ROLES
from services.admin.versions import VersionedAdmin


class UserForm(UserChangeForm):
    def clean_username(self) -> str:
        """Raise ValidationError for a name that differs from another account's in capitals alone: signing in does not tell them apart."""
        name = self.cleaned_data["username"]
        if any(same_but_for_capitals(name, User.objects.exclude(pk=self.instance.pk))):
            raise forms.ValidationError("Another account has this name, perhaps in other capitals. Enter another one.")
        return name


@admin.register(User)
class UserAdmin(VersionedAdmin, DjangosUserAdmin):
    """Nobody is deleted: the record names them. Who leaves is no longer active, and is signed out at once."""

    form = UserForm
    add_form = UserCreationForm
    list_display = ["username", "name", "roles", "second_factor", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    search_fields = ["username", "first_name", "last_name"]
    filter_horizontal = []
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "groups"]}),
        ("First password", {"fields": ["password1", "password2"], "description": "They are asked to change it at their first sign-in."}),
    ]

    def get_queryset(self, request):
        users = with_what_is_owed(super().get_queryset(request)).prefetch_related(Prefetch("groups", Group.objects.order_by("name")))
        return users if request.user.is_superuser else users.filter(is_superuser=False)

    def get_fieldsets(self, request, user=None):
        if not user:
            return super().get_fieldsets(request, user)
        may = ["is_active", "groups", *(["is_superuser"] if request.user.is_superuser else [])]
        return [
            (None, {"fields": ["username", "password", *(["at_next_sign_in"] if required_steps.must_change_password(user) else [])]}),
            ("Person", {"fields": ["first_name", "last_name", "email"]}),
            ("What they may do", {"fields": may}),
        ]

    def get_readonly_fields(self, request, user=None):
        """What oneself may do, another decides: nobody shuts themselves out by mistake."""
        return ["at_next_sign_in", *(["is_active", "groups", "is_superuser"] if user == request.user else [])]

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "groups":
            kwargs |= {
                "queryset": Group.objects.filter(name__in=ROLES).order_by("name"),
                "widget": forms.CheckboxSelectMultiple,
                "label": "Roles",
                "help_text": " ".join(f"{name}: {role.words}." for name, role in ROLES.items()),
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_delete_permission(self, request, user=None):
        return False

    def has_change_permission(self, request, user=None):
        return super().has_change_permission(request, user) and (request.user.is_superuser or not (user and user.is_superuser))

    def save_form(self, request, form, change):
        """Remember the roles as they were, which saving overwrites."""
        form.roles_before = audit.roles_of(User.objects.get(pk=form.instance.pk)) if change else set()
        return super().save_form(request, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        audit.record_roles(request.user, form.instance, form.roles_before, audit.roles_of(form.instance))

    def save_model(self, request, user, form, change):
        user.is_staff = True  # nobody else has an account
        super().save_model(request, user, form, change)
        if not change:
            required_steps.mark_password(user)

    @transaction.atomic
    def user_change_password(self, request, id, form_url=""):  # noqa: A002 (the name Django's address gives it)
        """Mark the account whose password another has set: its owner changes it at the next sign-in."""
        user = self.get_object(request, unquote(id)) if request.method == "POST" else None
        response = super().user_change_password(request, id, form_url)
        if user and user.pk != request.user.pk and User.objects.get(pk=user.pk).password != user.password:
            required_steps.mark_password(user)
            audit.record_entry(audit.Kind.PASSWORD_SET, user=request.user, account=user)
            messages.info(request, "They are asked to change it at their next sign-in.")
        return response

    @admin.display(description="at the next sign-in")
    def at_next_sign_in(self, user):
        return "The password must be changed at the next sign-in: somebody else has set it."

    @admin.display(ordering="last_name")
    def name(self, user):
        return user.get_full_name()

    @admin.display
    def roles(self, user):
        names = [group.name for group in user.groups.all()]
        return ", ".join(["Superuser", *names] if user.is_superuser else names) or "None"

    @admin.display(boolean=True, description="second factor", ordering="has_second_factor")
    def second_factor(self, user):
        return user.has_second_factor
