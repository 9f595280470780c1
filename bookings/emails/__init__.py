"""From a message that is owed to its email. The words are made from the rows at the moment of sending.

`words.py` what a message says, `letter.py` the email around it, `drafts.py` a message before it is owed. Sending is bookings.outbox.
"""

from bookings.emails.drafts import draft
from bookings.emails.letter import message_for
from bookings.emails.words import Words, words_of

__all__ = ["Words", "draft", "message_for", "words_of"]
