"""What docs/operations.md says, where it can be held against the product."""

import re
from datetime import time
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from bookings.domain.schedule import TIMETABLE, Every
from bookings.notifications import outbox
from harley.server import gunicorn_conf, serve
from tests.servers import ROOT

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMAND = re.compile(r"(?:manage\.py|^harley|`harley) ([a-z_]+)((?: --[a-z-]+)*)", re.MULTILINE)


def section(name: str) -> str:
    return TEXT.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def unit(name: str) -> dict[str, str]:
    """Return {setting: its last value} of the first unit after the mention of that file."""
    text = TEXT.partition(f"/etc/systemd/system/{name}")[2].partition("```ini\n")[2].partition("```")[0]
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def test_every_command_it_names_exists_with_its_options():
    named = [(name, options.split()) for name, options in COMMAND.findall(TEXT)]
    assert len(named) > 10
    for name, options in named:
        help_text = load_command_class(get_commands()[name], name).create_parser("manage.py", name).format_help()
        assert [option for option in options if option not in help_text] == []


def test_the_table_is_the_timetable_and_each_job_has_a_dry_run():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section("The timetable"), re.MULTILINE))
    assert set(rows) == set(TIMETABLE)
    for name, schedule in TIMETABLE.items():
        if isinstance(schedule, Every):
            assert rows[name] == f"every {schedule.minutes} minutes"
        else:
            hour = schedule.at.hour
            minutes = f":{schedule.at.minute:02}" if schedule.at != time(hour) else ""
            assert rows[name] == f"{hour % 12 or 12}{minutes}{'am' if hour < 12 else 'pm'}"
        assert "--dry-run" in load_command_class("bookings", name).create_parser("manage.py", name).format_help()


def test_nothing_is_killed_while_it_sends_an_email_or_answers_a_visitor():
    assert int(unit("harley-web.service")["TimeoutStopSec"]) > gunicorn_conf.graceful_timeout
    assert int(unit("harley-worker.service")["TimeoutStopSec"]) > outbox.SEND_WITHIN
    for name in ("web", "worker"):
        assert int(COMPOSE["services"][name]["stop_grace_period"].removesuffix("s")) > outbox.SEND_WITHIN
    assert serve.STOP_WITHIN > outbox.SEND_WITHIN


def test_the_units_keep_what_they_write_to_themselves():
    web = unit("harley-web.service")
    assert (web["UMask"], web["StateDirectory"], web["StateDirectoryMode"]) == ("0077", "harley", "0700")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_within_leads_somewhere(path: Path):
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = target.partition("#")
        if "://" in target:
            continue
        other = path.parent / file if file else path
        assert other.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", other.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, target


def test_every_service_has_only_what_it_needs():
    for name, service in COMPOSE["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}, name
    assert COMPOSE["services"]["database"]["networks"] == ["inside"]
    assert not set(COMPOSE["services"]["proxy"]["networks"]) & {"inside"}
    assert "POSTGRES_USER" not in COMPOSE["services"]["database"]["environment"]


def test_no_password_stands_on_a_command_line():
    assert not re.search(r"(pg_dump|pg_restore|psql)[^\n]*(\$DATABASE_URL|postgresql://)", TEXT)
