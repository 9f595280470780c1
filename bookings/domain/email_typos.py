"""PURE. Email domains as people mistype them: asked about on the last page, never refused."""

from itertools import takewhile

# What people here mean most, the likelier first; and real neighbours of those that nobody is asked about.
MEANT = [
    "gmail.com", "hotmail.co.uk", "hotmail.com", "outlook.com", "yahoo.co.uk", "yahoo.com", "icloud.com", "btinternet.com", "live.co.uk",
    "googlemail.com", "sky.com", "aol.com", "talktalk.net", "virginmedia.com", "live.com", "me.com", "msn.com", "nhs.net", "ntlworld.com",
    "blueyonder.co.uk", "tiscali.co.uk", "protonmail.com",
]  # fmt: skip
REAL = {"cloud.com", "email.com", "mail.com", "ymail.com", "yahoo.cn"}
ONE_HOME = {"gmail", "googlemail", "icloud"}  # there is none of these but at .com
SHORTEST = 5  # letters; a shorter name is too near to others to guess at


def did_you_mean(email: str) -> str:
    """gmail.com for someone@gmial.com; empty if the domain looks like none of the usual slips."""
    typed = email.rpartition("@")[2].lower()
    if typed in MEANT or typed in REAL:
        return ""
    name, _, _ = typed.partition(".")
    return f"{name}.com" if name in ONE_HOME else next((meant for meant in MEANT if _is_slip(typed, meant)), "")


def _is_slip(typed: str, meant: str) -> bool:
    """Whether name and ending are right but for one slip each, or the whole but for one: gmailc.om."""
    (name, _, ending), (meant_name, _, meant_ending) = typed.partition("."), meant.partition(".")
    if len(meant_name) < SHORTEST:
        return name == meant_name and _differ_little(ending, meant_ending)
    return _differ_little(typed, meant) or (_differ_little(name, meant_name) and _differ_little(ending, meant_ending))


def _differ_little(one: str, other: str) -> bool:
    """At most one letter more, less or another, or up to three side by side in another order."""
    start = _alike(one, other)
    one, other = one[start:], other[start:]
    end = _alike(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    return max(len(one), len(other)) <= 1 or (len(one) <= 3 and sorted(one) == sorted(other))


def _alike(one: str, other: str) -> int:
    """How many letters they begin with in common."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
