"""Files that somebody else reads while they are written anew."""

import contextlib
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write the file so that whoever reads it meets the old or the new one whole. Leave nothing behind where that fails; raise OSError."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", suffix=".part", delete=False) as unfinished:
        part = Path(unfinished.name)
        try:
            unfinished.write(content)
            unfinished.flush()
            part.chmod(mode)
            part.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise
