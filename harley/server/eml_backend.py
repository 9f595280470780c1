"""Where emails go while no mail server is named: one file each that any mail program opens."""

from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from services.whole_files import write_whole


class EmlBackend(BaseEmailBackend):
    """Writes each message to EMAIL_FILE_PATH as .eml, and says so on the console."""

    def send_messages(self, email_messages) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            stamp = timezone.localtime().strftime("%Y-%m-%d-%H%M%S-%f")
            path = folder / f"{stamp}.eml"
            write_whole(path, message.message().as_bytes())
            print(f"Email written: {path}", flush=True)  # noqa: T201 (the console is its inbox)
        return len(email_messages)
