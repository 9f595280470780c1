"""How gunicorn serves the site: `gunicorn -c python:harley.server.gunicorn_conf`. Never bare on the internet: see docs/operations.md."""

import sys
from pathlib import Path

from gunicorn.glogging import Logger

from harley.logs import PrivateFormatter
from harley.server.private_files import keep_private
from harley.variables import read_variable

keep_private()  # gunicorn's own setting `umask` covers its sockets alone


class PrivateLogger(Logger):
    """gunicorn's own lines pass through the same mask as ours: the one about a broken request quotes its path."""

    def setup(self, cfg):
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(PrivateFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))


def post_fork(server, worker):
    """Forget what this file has imported of the site: after a reload the worker imports all of it as it is on the disk now."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "harley"]:
        del sys.modules[name]


wsgi_app = "harley.wsgi"
bind = read_variable("BIND") or f"127.0.0.1:{read_variable('PORT')}"  # loopback unless told otherwise

# Threads, so that a slow reader or a waiting database holds up one of sixteen and not a whole process.
worker_class = "gthread"
workers = read_variable("WEB_WORKERS")
threads = 8

timeout = 30  # seconds; twice PostgreSQL's statement_timeout, so a stuck query is ended before its worker is
graceful_timeout = 20  # seconds for requests under way when told to stop; fewer than systemd (30) and Docker (100) are asked to wait
keepalive = 5  # seconds; the proxy in front keeps its connections a little while

# A slow leak in any library ends with the worker. The jitter keeps both from restarting at once.
max_requests = 2000
max_requests_jitter = 200

forwarder_headers = ""  # no header may name the path in front of the site, or its own path

# The longest honest address is an admin list with its filters, the largest honest header a few cookies.
limit_request_line = 4094  # bytes
limit_request_fields = 50
limit_request_field_size = 8190  # bytes

worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (the heartbeat must never wait for a disk)
control_socket_disable = True  # nobody steers a running server but by signals
accesslog = None  # paths hold the keys of requests; the proxy's log leaves them out
errorlog = "-"
loglevel = read_variable("LOG_LEVEL").lower()
logger_class = PrivateLogger
