from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangosAdminConfig
from django.db.models.signals import post_migrate


class HarleyConfig(AppConfig):
    name = "harley"
    verbose_name = "Accounts and records"

    def ready(self):
        from harley.accounts import audit, authentication, roles  # noqa: F401 (they listen for somebody signing in)

        post_migrate.connect(roles.bring_up_to_date, sender=self)


class AdminConfig(DjangosAdminConfig):
    """Django's admin, with our sign-in."""

    default_site = "harley.admin_site.Site"
