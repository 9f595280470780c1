"""What the environment says is read with care: a wrong value is refused by name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from harley import env


@pytest.mark.parametrize(
    ("written", "read"),
    [("1", True), ("true", True), ("Yes", True), (" on ", True), ("0", False), ("false", False), ("NO", False), ("off", False)],
)
def test_reads_a_flag(monkeypatch, written, read):
    monkeypatch.setenv("SWITCH", written)
    assert env.flag("SWITCH", default=not read) is read


@pytest.mark.parametrize("default", [True, False])
def test_an_empty_flag_counts_as_not_set(monkeypatch, default):
    monkeypatch.setenv("SWITCH", " ")
    assert env.flag("SWITCH", default=default) is default


def test_names_a_wrong_flag(monkeypatch):
    monkeypatch.setenv("SWITCH", "maybe")
    with pytest.raises(ImproperlyConfigured, match="SWITCH must be 1 or 0, not 'maybe'"):
        env.flag("SWITCH")


def test_reads_a_number(monkeypatch):
    monkeypatch.setenv("COUNT", " 25 ")
    assert env.number("COUNT", 3) == 25
    monkeypatch.setenv("COUNT", "")
    assert env.number("COUNT", 3) == 3


@pytest.mark.parametrize("wrong", ["-1", "1.5", "many", "1 000"])
def test_names_a_wrong_number(monkeypatch, wrong):
    monkeypatch.setenv("COUNT", wrong)
    with pytest.raises(ImproperlyConfigured, match="COUNT must be a whole number"):
        env.number("COUNT", 3)


def test_reads_a_choice_in_any_case(monkeypatch):
    monkeypatch.setenv("LEVEL", "warning")
    assert env.one_of("LEVEL", ["INFO", "WARNING"], "INFO") == "WARNING"


def test_names_a_wrong_choice(monkeypatch):
    monkeypatch.setenv("LEVEL", "loud")
    with pytest.raises(ImproperlyConfigured, match="LEVEL must be one of INFO, WARNING, not 'LOUD'"):
        env.one_of("LEVEL", ["INFO", "WARNING"], "INFO")


def test_reads_a_list_and_drops_blanks(monkeypatch):
    monkeypatch.setenv("HOSTS", "a.test, ,b.test,")
    assert env.names("HOSTS") == ["a.test", "b.test"]
