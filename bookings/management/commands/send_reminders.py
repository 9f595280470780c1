from bookings.management.job_command import JobCommand


class Command(JobCommand):
    help = "Owes the reminders of appointments, three days and the day before."
