"""PURE. What somebody may prefer who names no slot: which place, and which parts of the week."""

ANY = "any"  # in place of a location's slug: whichever place has the slot
PREFERRED = [
    ("weekday_mornings", "Weekday mornings"),
    ("weekday_afternoons", "Weekday afternoons"),
    ("weekday_evenings", "Weekday evenings, from 5pm"),
    ("weekends", "Weekends"),
]
