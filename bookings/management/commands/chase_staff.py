from bookings.management.job_command import JobCommand


class Command(JobCommand):
    help = "Tells staff, and later the manager, that a request waits for an answer."
