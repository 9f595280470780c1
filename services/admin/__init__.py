"""Where staff edit the clinic's facts and words. Closures are edited with the bookings: whoever adds one must see whom it strands."""

from services.admin import clinic, images, pages, redirects

__all__ = ["clinic", "images", "pages", "redirects"]
