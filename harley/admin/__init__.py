"""The accounts of staff, and the record of what they did."""

from harley.admin import records, taken_back, users

__all__ = ["records", "taken_back", "users"]
