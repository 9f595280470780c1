# `make run` serves the site, `make test` checks it. Both make what they need in .venv and var/ and touch nothing else.

PYTHON ?= python3
VENV := $(if $(filter latest,$(DJANGO)),.venv-django-latest,.venv)
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-input
ARGS ?=

# What production must set, for Django's own check of a deployment.
DEPLOYED := DATABASE_URL=sqlite://:memory: BEHIND_HTTPS=1 TRUSTED_PROXIES=1 SITE_URL=https://www.clinic.test ALLOWED_HOSTS=www.clinic.test EMAIL_HOST=mail.clinic.test \
	FROM_EMAIL=bookings@clinic.test STAFF_EMAIL=staff@clinic.test \
	SECRET_KEY=only-for-the-check-kR7vQ2mX9bT4wZ8nL5cJ1hF6dS3gP0yA-uE_iO-aN

.PHONY: help run dev check test test-deep test-dates coverage lint format screenshots bench restore-drill proxy-drill audit pins
.SILENT:

help:
	echo "make run             serve the site on http://127.0.0.1:8000 (PORT changes it), with the worker beside it"
	echo "make dev             the same, while you work on it: starts anew at each change and shows errors in full"
	echo "make check           lint, and the tests without browser, races and mail server, on SQLite: before each commit"
	echo "make test            all tests, on SQLite and on PostgreSQL, and in a real Chromium (ARGS goes to pytest)"
	echo "                     DJANGO=latest: on the newest Django, which needs Python 3.12 (PYTHON=python3.13 make test DJANGO=latest)"
	echo "make test-deep       every test on both databases, with many more values tried"
	echo "make test-dates      the tests as if today were another day, on many days (ARGS='--only 2028-02-29T00:05': one of them)"
	echo "make coverage        which lines and branches no test reaches"
	echo "make lint            form and types of the code, missing migrations, Django's check of a deployment"
	echo "make format          bring code, templates and style sheets into their form"
	echo "make screenshots     the pictures in the README and in docs/for-staff.md"
	echo "make bench           how fast the site is and what a page weighs (ARGS='bytes' or 'load' or 'lighthouse --page /': a part)"
	echo "make restore-drill   back up under load and restore, on SQLite and on PostgreSQL, and count"
	echo "make proxy-drill     docs/nginx.conf in a real nginx: headers, two hosts, a flood, a reload and a restart under load (needs nginx)"
	echo "make audit           is a fault known of any package that is pinned? (asks osv.dev)"
	echo "make pins            write requirements*.txt anew from requirements*.in (ARGS=--upgrade: what those bring along, too)"

run: $(VENV)/.installed
	$(VENV)/bin/python -m harley.server.serve

dev: $(VENV)/.installed
	$(VENV)/bin/python -m harley.server.dev

check: lint
	$(VENV)/bin/python -m tests --set check $(ARGS)

test: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests $(ARGS)

test-deep: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests --set deep $(ARGS)

test-dates: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests.dates $(ARGS)

coverage: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests --set check --cov --cov-report= $(ARGS)
	$(VENV)/bin/python -m coverage report --skip-covered --skip-empty --show-missing

lint: $(VENV)/.installed-dev
	$(VENV)/bin/python -m ruff check .
	$(VENV)/bin/python -m ruff format --check .
	$(VENV)/bin/python -m mypy
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/djangofmt --quiet --check templates
	$(DEPLOYED) $(VENV)/bin/python manage.py makemigrations --check --dry-run
	$(DEPLOYED) $(VENV)/bin/python manage.py check --deploy --fail-level WARNING

format: $(VENV)/.installed-dev
	$(VENV)/bin/python -m ruff format --quiet .
	$(VENV)/bin/djangofmt --quiet templates
	for sheet in static/css/*.css; do $(VENV)/bin/css-beautify -r -s 2 -n --preserve-newlines --disable-newline-between-rules \
		--space-around-combinator $$sheet; done

screenshots: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests.screenshots

bench: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests.bench $(ARGS)

proxy-drill: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests.proxy

restore-drill: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests.drill

audit: $(VENV)/.installed-dev
	$(VENV)/bin/python -m tests.audit

# How: [tool.uv.pip] in pyproject.toml. A version that is pinned already stays.
pins: $(VENV)/.installed-dev
	$(VENV)/bin/uv pip compile --quiet --output-file requirements.txt $(ARGS) requirements.in
	$(VENV)/bin/uv pip compile --quiet --output-file requirements-dev.txt $(ARGS) requirements-dev.in

# Installed anew only when the list of packages has changed.

$(VENV)/.installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	echo "Installing the packages of requirements.txt into $(VENV) (once) ..."
	$(PYTHON) -m venv $(VENV) || { echo "Python's venv is needed. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PIP) -r requirements.txt
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	echo "Installing the packages of requirements-dev.txt into $(VENV) (once) ..."
	$(PIP) -r requirements-dev.txt
	$(if $(filter latest,$(DJANGO)),$(PIP) --upgrade 'Django>=6.1')
	touch $@
