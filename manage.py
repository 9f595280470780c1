#!/usr/bin/env python
"""Django's command line for the clinic's site."""

import os
import sys

from django.core.management import execute_from_command_line

from harley.server.private_files import keep_private

if __name__ == "__main__":
    keep_private()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harley.settings")
    execute_from_command_line(sys.argv)
