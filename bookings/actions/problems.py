"""Why something could not be done. Whoever raises one of these has changed nothing."""

from bookings.models import Enquiry
from bookings.states import Status, WrongMove


class TimeLost(Exception):
    """A time that cannot be had; `problem` is how times_page.judge names the reason."""

    problem: str


class TimeTaken(TimeLost):
    """Someone else has this time."""

    problem = "taken"


class TimeGone(TimeLost):
    """The rota does not offer this time, or no longer."""

    problem = "gone"


class Overlap(TimeLost):
    """Nobody else has this time: it overlaps one the person already has or is offered along with it, and there is room for one."""

    problem = "taken"


class DetailsDeleted(WrongMove):
    """The person asked us to delete their details: nothing is done for them, or told to them, any more."""

    def __init__(self, status: str):
        super().__init__(status, Status(status))


class PersonTaken(Exception):
    """The practitioner has another consultation at that time."""


class TooSoon(Exception):
    """The appointment has not begun yet."""


class NoTime(Exception):
    """There is no time to confirm."""


class NotNow(Exception):
    """This message is on its way already, or no longer true."""


class AlreadySent(Exception):
    """This very form was sent before."""

    def __init__(self, enquiry: Enquiry, *, same: bool):
        self.enquiry, self.same = enquiry, same
        super().__init__(enquiry.reference)
