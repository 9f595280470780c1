"""harley.settings for a site that takes its time wherever it counts wrong passwords: a gap in which others can come between is wide."""

from harley.settings import *  # noqa: F403 (all of them, but one)

AXES_HANDLER = "tests.race.slow_lockout.SlowHandler"
