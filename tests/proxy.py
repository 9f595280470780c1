"""`make proxy-drill`: docs/nginx.conf in a real nginx before two hosts of the site, ten minutes apart, reloaded and restarted under load.

Anything that is not as docs/operations.md says ends the drill with exit code 1.
"""

import http.client
import os
import re
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from tests.race.visitor import SHORTEST, Answer
from tests.servers import ROOT, free_port, install, manage, start_worker, stop, wait_for

NAME = "www.clinic.test"
CLIENTS = 6
BOOKINGS = 4  # one network's unanswered requests hold five times
AHEAD = "tests.mail.ahead_settings"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Difference(Exception):
    """What nginx and the site do is not what the documentation says."""


def main() -> int:
    if not (nginx := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")):
        print("nginx is needed (on Debian: apt install nginx-light).", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="harley-proxy-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's workers run under another account
        os.environ |= {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VAR_DIR": str(folder / "var"),
            "ALLOWED_HOSTS": NAME,
            "SITE_URL": f"https://{NAME}",
            "BEHIND_HTTPS": "1",
            "TRUSTED_PROXIES": "1",
            "DJANGO_SETTINGS_MODULE": "harley.settings",
        }
        (folder / "var").mkdir()
        (folder / "cache").mkdir()
        install()
        try:
            drill(nginx, folder)
        except Difference as difference:
            print(f"\nFAILED: {difference}", file=sys.stderr)
            return 1
    return 0


def drill(nginx: str, folder: Path) -> None:
    site, ahead, plain, secure = free_port(), free_port(), free_port(), free_port()
    configuration = written(nginx, folder, sites=(site, ahead), plain=plain, secure=secure)
    page = folder / "cache" / "unavailable.html"
    worker = start_worker(folder / "worker.log", "work", "--nginx-pages", str(page.parent))
    try:
        with started([nginx, "-c", str(configuration)]), Site(site) as gunicorn, Site(ahead, settings=AHEAD) as other:
            check_headers(secure)
            manage("check_holds")  # the worker had time to write its page meanwhile
            check_redirects(plain)
            check_bookings(secure)
            for what, action in (("reload", gunicorn.reload), ("restart", gunicorn.restart)):
                counts = under_load(secure, action)
                print(f"{what}: {counts.total()} requests, {dict(sorted(counts.items()))}", flush=True)
                if what == "reload" and set(counts) - {200}:
                    raise Difference("a reload was met by visitors")
            check_flood(secure, page.with_name("too_many.html"))
            gunicorn.stop()
            other.stop()
            check_away(secure, page)
    finally:
        stop(worker, within=100)


def written(nginx: str, folder: Path, *, sites: tuple[int, ...], plain: int, secure: int) -> Path:
    """Write docs/nginx.conf with these ports and this folder's paths, inside what Debian's nginx.conf has around it; return its path."""
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    certificate += ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(certificate, check=True, capture_output=True)
    text = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    changes = {
        "server web:8000 max_fails=0;": " ".join(f"server 127.0.0.1:{site} max_fails=0;" for site in sites),
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        "listen [::]:80;": "",
        "listen [::]:443 ssl;": "",
        "/etc/nginx/certs": str(folder),
        "/var/log/nginx": str(folder),
        "/var/cache/harley": str(folder / "cache"),
    }
    version = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=True).stderr
    print(version.strip())
    if tuple(map(int, re.findall(r"/(\d+)\.(\d+)\.(\d+)", version)[0])) < (1, 25, 1):  # as its comment says
        changes |= {"http2 on;": "", "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl http2;"}
    for before, after in changes.items():
        if before not in text:
            raise Difference(f"docs/nginx.conf lacks {before}")
        text = text.replace(before, after)
    path = folder / "nginx.conf"
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    path.write_text(f"daemon off;\npid {folder}/nginx.pid;\nerror_log stderr crit;\nevents {{}}\nhttp {{\n{temporary}{text}}}\n")
    return path


@contextmanager
def started(command: list[str]) -> Iterator[subprocess.Popen]:
    with subprocess.Popen(command, cwd=ROOT, process_group=0) as process:
        try:
            yield process
        finally:
            stop(process)


class Site:
    """gunicorn as the unit of docs/operations.md runs it: `reload` and `restart` do what systemctl does."""

    def __init__(self, port: int, *, settings: str = "harley.settings"):
        self.port, self.settings = port, settings

    def __enter__(self) -> "Site":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "-c", "python:harley.server.gunicorn_conf", "--log-level", "warning"]
        variables = os.environ | {"BIND": f"127.0.0.1:{self.port}", "DJANGO_SETTINGS_MODULE": self.settings}
        quiet = subprocess.DEVNULL  # it remarks on each form that is refused
        self.process = subprocess.Popen(command, cwd=ROOT, env=variables, process_group=0, stderr=quiet)
        wait_for(f"http://127.0.0.1:{self.port}/healthz", self.process, name=NAME)

    def stop(self) -> None:
        stop(self.process, within=30)

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)
        time.sleep(5)

    def restart(self) -> None:
        self.stop()
        self.start()


def ask(port: int, path: str, *, host: str = NAME, secure: bool = True, method: str = "GET", body: str = "") -> tuple[int, dict, str]:
    """Return status, headers and text of one answer, over a connection of its own."""
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    options = {"context": ssl._create_unverified_context()} if secure else {}  # noqa: S323 (its own certificate)
    connection = kind("127.0.0.1", port, timeout=40, **options)
    try:
        connection.request(method, path, body=body or None, headers={"Host": host, "Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode(errors="replace")
    finally:
        connection.close()


def check_headers(secure: int) -> None:
    """Whoever made an answer, nginx, Django or WhiteNoise, it carries each header once."""
    static = re.findall(r'href="(/static/[^"]+\.css)"', ask(secure, "/")[2])[0]
    for path, method, body, wanted in [
        ("/", "GET", "", 200),
        (static, "GET", "", 200),
        ("/missing/", "GET", "", 404),
        ("/book/where/", "POST", "x" * 70_000, 413),
        ("/.well-known/acme-challenge/missing", "GET", "", 404),
    ]:
        status, headers, _ = ask(secure, path, method=method, body=body)
        lacking = {name for name, value in HEADERS.items() if headers.get(name) != value} | {"Content-Security-Policy"} - set(headers)
        if status != wanted or lacking:
            raise Difference(f"{method} {path}: {status}, without {', '.join(sorted(lacking)) or 'fault'}")
    print("the same headers on pages, static files and nginx's own errors")


def check_redirects(plain: int) -> None:
    status, headers, _ = ask(plain, "/book/?a=b", secure=False)
    if (status, headers.get("Location")) != (301, f"https://{NAME}/book/?a=b"):
        raise Difference(f"http is answered {status} {headers.get('Location')}")
    status, headers, _ = ask(plain, "/", host="evil.test", secure=False)
    if status != 400 or "Location" in headers:
        raise Difference(f"http under another name is answered {status} {headers.get('Location')}")
    print("http leads to https under the site's own name, and nowhere under another")


def check_bookings(secure: int) -> None:
    """Book through both hosts by turns: a form that the one ahead has opened is neither too fast nor too old for the other."""
    with ThreadPoolExecutor(BOOKINGS) as pool:
        counts = Counter(pool.map(lambda number: book(secure, number), range(BOOKINGS)))
    print(f"bookings through two hosts ten minutes apart: {dict(counts)}", flush=True)
    if counts != {303: BOOKINGS}:
        raise Difference("bookings through two hosts were not taken")


def book(port: int, number: int) -> int:
    """Go through the whole booking as one visitor with cookies; return the status of the last answer."""
    cookies: dict[str, str] = {}

    def step(path: str, **answers: str) -> tuple[int, Answer]:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=40, context=ssl._create_unverified_context())  # noqa: S323
        token = {"csrfmiddlewaretoken": cookies.get("__Host-csrf", "")}
        headers = {"Host": NAME, "Origin": f"https://{NAME}", "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        body = urlencode(token | answers) if answers else None
        form = {"Content-Type": "application/x-www-form-urlencoded"} if answers else {}
        connection.request("POST" if answers else "GET", path, body, headers | form)
        answer = connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            cookies[name] = value
        connection.close()
        return answer.status, Answer(answer.status, answer.headers.get("Location", ""), text)

    step("/book/where/")
    step("/book/where/", where="online")
    opened = time.monotonic()
    _, times = step("/book/when/")
    step("/book/when/", slot=times.slots[number])
    step("/book/you/", name="Sam", email=f"sam{number}@example.org", contact_by="email", adult="on")
    _, last = step("/book/check/")
    time.sleep(max(0.0, opened + SHORTEST - time.monotonic()))
    return step("/book/check/", **last.hidden)[0]


def check_flood(secure: int, page: Path) -> None:
    """Ask for more than one network may: 429 with the clinic's page, and a moment later the site again."""
    counts: Counter[int] = Counter()
    texts = set()

    def flood() -> None:
        for _ in range(60):
            status, headers, text = ask(secure, "/robots.txt")
            counts[status] += 1
            if status == 429:
                texts.add((text, *(headers.get(name) for name in HEADERS)))

    floods = [threading.Thread(target=flood) for _ in range(20)]
    for each in floods:
        each.start()
    for each in floods:
        each.join()
    print(f"flood: {counts.total()} requests of one network, {dict(sorted(counts.items()))}", flush=True)
    if set(counts) != {200, 429} or texts != {(page.read_text(encoding="utf-8"), *HEADERS.values())}:
        raise Difference(f"a flood was answered {dict(counts)}, {[text[0][:200] for text in texts]}")
    time.sleep(5)
    if ask(secure, "/")[0] != 200:
        raise Difference("after a flood the site stays away")


def check_away(secure: int, page: Path) -> None:
    """With the site stopped: the page of the worker, whatever was asked for."""
    for method, path in (("GET", "/"), ("POST", "/book/check/"), ("GET", "/admin/")):
        status, headers, text = ask(secure, path, method=method, body="a=b" if method == "POST" else "")
        if status != 502 or text != page.read_text(encoding="utf-8") or any(headers.get(name) != value for name, value in HEADERS.items()):
            raise Difference(f"{method} {path} of a stopped site: {status}, {text[:200]}")
    page.unlink()
    if ask(secure, "/")[0] != 502:
        raise Difference("without its page a stopped site is not answered 502")
    print("a stopped site is answered 502 with the clinic's page, and 502 without it")


def under_load(port: int, action: Callable[[], None]) -> Counter[int]:
    """Return {status: answers} of clients that read and send forms all the time, from 2 seconds before the action to 3 after it."""
    counts: Counter[int] = Counter()
    over = threading.Event()

    def visit() -> None:
        while not over.is_set():
            for method, path, body in (("GET", "/", ""), ("GET", "/book/where/", ""), ("POST", "/admin/login/", "")):
                try:
                    status = ask(port, path, method=method, body=body)[0]
                except OSError:
                    status = 0
                time.sleep(0.15)  # six of them stay below what one network may ask for
                counts[200 if status == 403 else status] += 1  # a form without its token is refused by the site, which is an answer

    clients = [threading.Thread(target=visit) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    time.sleep(2)
    action()
    time.sleep(3)
    over.set()
    for client in clients:
        client.join()
    return counts


if __name__ == "__main__":
    sys.exit(main())
