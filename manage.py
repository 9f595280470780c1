#!/usr/bin/env python
"""Django's command line for the clinic's site."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harley.settings")
    execute_from_command_line(sys.argv)
