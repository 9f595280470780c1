"""The accounts of staff, and the record of what they did."""

from harley.accounts.admin import audit, unregistered, users

__all__ = ["audit", "unregistered", "users"]
