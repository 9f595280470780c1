from bookings.management.job_command import JobCommand


class Command(JobCommand):
    help = "Writes the bank holidays of England a year ahead. What staff changed or deleted stays as it is."
