"""Where Django looks for the admin of an app: accounts and their records are in harley/accounts/admin/."""

from harley.accounts import admin  # noqa: F401 (it registers itself)
