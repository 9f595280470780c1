from bookings.management.job_command import JobCommand


class Command(JobCommand):
    help = "Ends requests whose time, offers or place on the waiting list ran out without an answer, with an apology."
