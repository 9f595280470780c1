from bookings.management.job_command import JobCommand


class Command(JobCommand):
    help = "Asks staff in the evening what came of appointments that are over."
