"""What the database raises when it is away, or cannot do what it always can: full, read-only, too slow, ending."""

from django.db.utils import InterfaceError, InternalError, OperationalError

AWAY = (OperationalError, InterfaceError, InternalError)
