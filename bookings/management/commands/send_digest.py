from bookings.management.job_command import JobCommand


class Command(JobCommand):
    help = "Owes staff the message about the day ahead, from 7am UK time."
