from bookings.management.by_the_clock import JobCommand


class Command(JobCommand):
    help = "Owes the reminders of appointments, three days and the day before."
