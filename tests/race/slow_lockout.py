"""The handler of django-axes with a wait before and after each of its steps, as on a machine with too much to do."""

import random
import time

from harley.accounts.lockout import Handler

LONGEST = 0.3  # seconds


def _wait() -> None:
    time.sleep(random.random() * LONGEST)


class SlowHandler(Handler):
    def is_allowed(self, request, credentials=None):
        _wait()
        allowed = super().is_allowed(request, credentials)
        _wait()
        return allowed

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        _wait()
        super().user_login_failed(sender, credentials, request, **kwargs)
        _wait()

    def user_logged_in(self, sender, request, user, **kwargs):
        _wait()
        super().user_logged_in(sender, request, user, **kwargs)
        _wait()
