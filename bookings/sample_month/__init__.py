"""A month of invented requests, for whoever develops the site, for its tests and its pictures."""

from bookings.sample_month.desk import NoTimes
from bookings.sample_month.month import make_month

__all__ = ["NoTimes", "make_month"]
