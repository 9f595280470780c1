"""From an uploaded file to the files a page shows: upright, in a few widths, as AVIF and WebP, with nothing in them but the picture."""

import hashlib
import io
import math
import warnings
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000  # a larger one may be a bomb: a few kilobytes that fill the memory
READ = ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"]
WIDTHS = [480, 960, 1600]  # pixels; what a page shows at most, on a phone to a large screen
KINDS = {"avif": {"quality": 55, "speed": 8}, "webp": {"quality": 78, "method": 4}}  # by the end of the name, best first


class Refused(ValueError):
    """The sentence for whoever uploaded the file."""


@dataclass(frozen=True)
class Made:
    """What is stored of one picture."""

    digest: str  # of the content of all its files; their names begin with it
    width: int  # pixels of the largest
    height: int
    files: dict[str, bytes]  # by name


def too_large(size: int) -> str:
    """The sentence about a file of so many bytes."""
    megabytes = math.ceil(size * 10 / 1024**2) / 10  # up: one byte too many is 8.1 MB, not 8.0
    return f"This file has {megabytes} MB. Choose one of at most {MAX_BYTES // 1024**2} MB."


def widths(largest: int) -> list[int]:
    """The widths a picture is stored in: never more than it has."""
    return sorted({min(width, largest) for width in WIDTHS})


def name(digest: str, width: int, kind: str) -> str:
    """How the file is called: 0f…-960.webp."""
    return f"{digest}-{width}.{kind}"


def make(content: bytes) -> Made:
    """All files of a picture; raises Refused."""
    picture = _plain(_opened(content))
    sized = {width: _resized(picture, width) for width in widths(picture.width)}
    files = {(width, kind): _encoded(each, kind) for width, each in sized.items() for kind in KINDS}
    digest = hashlib.sha256(b"".join(files.values())).hexdigest()[:32]
    largest = sized[max(sized)]
    return Made(digest, largest.width, largest.height, {name(digest, *which): data for which, data in files.items()})


def _opened(content: bytes) -> Image.Image:
    if len(content) > MAX_BYTES:
        raise Refused(too_large(len(content)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=READ)
            if picture.width * picture.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            if picture.format != "MPO" and getattr(picture, "is_animated", False):  # MPO: a photograph with a second one for depth
                raise Refused("This picture moves, or has several pages. Choose one that stands still.")
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(f"This picture has more than {MAX_PIXELS // 10**6} million pixels. Make it smaller, and upload it again.") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("This file is not a picture that can be read. Save it as JPEG or PNG, and upload it again.") from None
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """Upright, in the colours of the web, and without what a camera or a program wrote beside the picture: place, name, profile."""
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I;16"):  # finer greys than a page shows; convert() would make all but the darkest white
        picture = picture.convert("I").point(lambda grey: grey * (1 / 257))
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if profile := picture.info.get("icc_profile"):
        try:
            srgb = ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, io.BytesIO(profile), srgb, outputMode="RGB") or picture
            mode = "RGB"
        except (ImageCms.PyCMSError, OSError, ValueError):  # a profile nobody can read, or one for other colours
            pass
    plain = Image.new(mode, picture.size)
    plain.paste(picture.convert(mode))
    return plain


def _resized(picture: Image.Image, width: int) -> Image.Image:
    if width == picture.width:
        return picture
    return picture.resize((width, max(1, round(picture.height * width / picture.width))), Image.Resampling.LANCZOS)


def _encoded(picture: Image.Image, kind: str) -> bytes:
    into = io.BytesIO()
    picture.save(into, format=kind.upper(), **KINDS[kind])
    return into.getvalue()
