from bookings.management.job_command import JobCommand


class Command(JobCommand):
    help = "Tells staff on the first Monday of the month what to fill in, check or review."
