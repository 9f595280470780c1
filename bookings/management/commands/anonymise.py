from bookings.management.job_command import JobCommand


class Command(JobCommand):
    help = "Deletes what was kept as long as the privacy notice says, and what is left of it on the disk."
