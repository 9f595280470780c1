# One image for everything: the web server (its default), the worker that sends emails and keeps the timetable, and one-off commands.
#
#   web       (default)
#   worker    python manage.py work
#   one-off   python manage.py migrate     python manage.py load_content     python manage.py load_rota

FROM docker.io/library/python:3.13-slim-trixie AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /site
COPY requirements.txt ./
# The environment gets no pip of its own: nothing is installed once the image is made.
RUN python -m venv --without-pip /opt/venv && pip --python /opt/venv/bin/python install -r requirements.txt
ENV PATH=/opt/venv/bin:$PATH
COPY manage.py ./
COPY harley harley
COPY services services
COPY bookings bookings
COPY templates templates
COPY static static
# Static files are hashed and compressed once, here. The key is needed to start, used for nothing, and stays in this stage.
RUN python -m compileall -q harley services bookings \
    && SECRET_KEY=only-to-collect-files STATIC_ROOT=/static python manage.py collectstatic --no-input --verbosity 0

FROM docker.io/library/python:3.13-slim-trixie
RUN useradd --uid 10001 --home-dir /var/lib/harley --create-home --shell /usr/sbin/nologin harley && chmod 700 /var/lib/harley \
    && install --directory --owner=harley /var/cache/harley
COPY --from=builder /opt/venv /opt/venv
COPY --from=builder /static /static
COPY --from=builder /site /site
WORKDIR /site
# VAR_DIR takes what the site writes (with SQLite, the database: mount a volume there); the static files lie outside it.
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 BIND=0.0.0.0:8000 STATIC_ROOT=/static VAR_DIR=/var/lib/harley
USER harley
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-m", "harley.server.healthcheck"]
CMD ["gunicorn", "-c", "python:harley.server.gunicorn_conf"]
