"""Tests mirror the code: tests/bookings/ for bookings/, and so on. `make test` runs them all, twice."""
