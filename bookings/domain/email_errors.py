"""PURE. Why an email could not be sent, for somebody who does not look after mail servers."""

REASONS = {
    "": "no reason was given",
    "SMTPRecipientsRefused": "the mail server does not accept this address",
    "SMTPDataError": "the mail server does not accept this message",
    "SMTPSenderRefused": "the mail server does not accept our own address",
    "SMTPAuthenticationError": "the mail server does not accept our password",
    "Unaddressed": "there is no address to send it to",
    "worker died": "the site stopped while it was being sent",
}
UNREACHED = {
    "TimeoutError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "gaierror",
    "OSError",
    "SMTPConnectError",
    "SMTPServerDisconnected",
}
UNREACHABLE, UNKNOWN = "the mail server could not be reached", "something went wrong on the site"


def reason(last_error: str) -> str:
    """Of the kind of error and its code, as they are kept with a message."""
    kind = last_error if last_error in REASONS else last_error.split()[0]
    return REASONS.get(kind) or (UNREACHABLE if kind in UNREACHED else UNKNOWN)


def reason_and_code(last_error: str) -> str:
    """With the code, for whoever looks after the site."""
    return f"{reason(last_error)} ({last_error})" if last_error else reason(last_error)
