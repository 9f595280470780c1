"""Where emails go while no mail server is named: one file each that any mail program opens."""

from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class EmlBackend(BaseEmailBackend):
    """Writes each message to EMAIL_FILE_PATH as .eml, and says so on the console."""

    def send_messages(self, email_messages) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            stamp = timezone.localtime().strftime("%Y-%m-%d-%H%M%S-%f")
            path = folder / f"{stamp}.eml"
            unfinished = path.with_suffix(".part")  # whoever looks into the folder meets whole letters only
            unfinished.touch(mode=0o600)  # whatever the process that sends would make of it
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(path)
            print(f"Email written: {path}", flush=True)  # noqa: T201 (the console is its inbox)
        return len(email_messages)
