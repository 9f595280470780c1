from bookings.management.job_command import JobCommand


class Command(JobCommand):
    help = "Erases the details of people who asked for it, once their last email has gone."
