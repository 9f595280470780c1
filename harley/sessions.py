"""Sessions in the database, as Django keeps them."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Every session ends with the browser, also where its end is set: staff are signed out after some hours, or when they close it."""

    def get_expire_at_browser_close(self) -> bool:
        return True
