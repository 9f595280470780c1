from bookings.management.by_the_clock import JobCommand


class Command(JobCommand):
    help = "Asks staff in the evening what came of appointments that are over."
