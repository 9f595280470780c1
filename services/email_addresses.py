"""PURE. Email addresses in one form, the same to mail servers, calendars, the search and whoever compares two of them."""

MAILBOX = 64  # characters before the @ that a server must take (RFC 5321); none takes more
NOWHERE = {"internal", "invalid", "lan", "local", "localdomain", "localhost", "onion"}  # endings that no server on the internet has
AMBIGUOUS = set("ßẞς\u200c\u200d")  # Python’s codec (IDNA 2003) makes another domain of them than browsers and servers do (IDNA 2008)


def to_ascii(address: str) -> str:
    """Return the address with its domain in ASCII, robin@xn--mller-kva.example; raise ValueError if no server takes it."""
    mailbox, _, domain = address.rpartition("@")
    if not mailbox.isascii() or len(mailbox) > MAILBOX or '"' in mailbox or AMBIGUOUS & set(domain):
        raise ValueError
    domain = domain.encode("idna").decode()  # UnicodeError is a ValueError
    host, _, ending = domain.lower().rpartition(".")
    if not host or ending in NOWHERE or ending.isdecimal() or domain.endswith("]"):
        raise ValueError
    return f"{mailbox}@{domain}"


def readable(address: str) -> str:
    """Return the address with its domain as people write it, robin@müller.example; as it is if it cannot be read."""
    mailbox, at, domain = address.rpartition("@")
    try:
        return f"{mailbox}{at}{domain.encode().decode('idna')}"
    except UnicodeError:
        return address
