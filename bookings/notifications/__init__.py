"""From a message that is owed to its email. The words are made from the rows at the moment of sending.

`words.py` what a message says, `letter.py` the email around it, `drafts.py` a message before it is owed. Sending is bookings.outbox.
"""

from bookings.notifications.message import message_for
from bookings.notifications.preview import draft
from bookings.notifications.rendering import Rendered, render_notification

__all__ = ["Rendered", "draft", "message_for", "render_notification"]
