"""For an operator, when somebody has lost their phone and their recovery codes."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from harley.accounts.authentication import stored_username
from harley.accounts.two_factor import devices


class Command(BaseCommand):
    help = "Removes the second factor and the recovery codes of one account, and signs it out everywhere."

    def add_arguments(self, parser):
        parser.add_argument("name", help="The name the person signs in with.")

    def handle(self, *, name, **options):
        user = get_user_model().objects.filter(username=stored_username(name)).first()
        if not user:
            raise CommandError(f"There is no account of the name “{name}”.")
        devices.remove(user)
        devices.end_sessions(user)
        self.stdout.write(
            f"Done. {user.username} is signed out, and can set up another phone with the next sign-in. Be sure it was they who asked."
        )
