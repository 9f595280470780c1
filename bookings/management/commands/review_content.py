from bookings.management.by_the_clock import JobCommand


class Command(JobCommand):
    help = "Tells staff on the first Monday of the month what to fill in, check or review."
