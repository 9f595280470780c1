"""PURE. The numbers of the clinic's policy, each once."""

from datetime import timedelta

MAX_OFFERS = 3  # slots on offer to a client at once
OFFERS_HELD_FOR = timedelta(hours=72)  # unless the first of them begins before
MAX_HOLDS_PER_NETWORK = 5  # unanswered, in a day; what the same network asks for beyond is stored, but holds no slot
UNANSWERED_FEW = 10  # so many unanswered requests may hold slots of a place, however few are left free there
