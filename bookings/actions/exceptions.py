"""Why something could not be done. Whoever raises one of these has changed nothing."""

from bookings.domain.status import InvalidTransition, Status
from bookings.models import Enquiry


class SlotUnavailable(Exception):
    """A time that cannot be had; `problem` is how times_page.judge names the reason."""

    problem: str


class SlotTaken(SlotUnavailable):
    """Someone else has this time."""

    problem = "taken"


class SlotWithdrawn(SlotUnavailable):
    """The rota does not offer this time, or no longer."""

    problem = "gone"


class Overlap(SlotUnavailable):
    """Nobody else has this time: it overlaps one the person already has or is offered along with it, and there is room for one."""

    problem = "taken"


class DetailsDeleted(InvalidTransition):
    """The person asked us to delete their details: nothing is done for them, or told to them, any more."""

    def __init__(self, status: str):
        super().__init__(status, Status(status))


class PersonTaken(Exception):
    """The practitioner has another consultation at that time."""


class NotStarted(Exception):
    """The appointment has not begun yet."""


class NoSlotChosen(Exception):
    """There is no time to confirm."""


class CannotResend(Exception):
    """This message is on its way already, or no longer true."""


class AlreadySent(Exception):
    """This very form was sent before."""

    def __init__(self, enquiry: Enquiry, *, same: bool):
        self.enquiry, self.same = enquiry, same
        super().__init__(enquiry.reference)
