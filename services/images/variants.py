"""From an uploaded file to the files a page shows: upright, in a few widths, as AVIF and WebP, with nothing in them but the picture."""

import hashlib
import io
import logging
import math
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageCms, PngImagePlugin, UnidentifiedImageError

log = logging.getLogger(__name__)

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000  # a larger one may be a bomb: a few kilobytes that fill the memory
MAX_PIXELS_OF = {"WEBP": 16_000_000, "AVIF": 16_000_000, "TIFF": 16_000_000}  # their libraries hold a picture several times over
MAX_PIXELS_PROGRESSIVE = 24_000_000  # a JPEG that is drawn in several passes: all of it is held until the last
MAX_SIDE = 65_535  # pixels, what JPEG takes: the weights for shrinking a longer side fill the memory by themselves
READ = ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"]
WIDTHS = [480, 960, 1600]  # pixels; what a page shows at most, on a phone to a large screen
KINDS = {"avif": {"quality": 55, "speed": 8}, "webp": {"quality": 78, "method": 4}}  # by the end of the name, best first
MAX_HEIGHT = 3 * max(WIDTHS)  # rows; WebP takes 16,383 and AVIF 65,536, but writing so many fills the memory
STRIP = 256  # rows that are converted and narrowed at once
TURNED = {  # by EXIF's orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
LYING = {5, 6, 7, 8}  # those that swap width and height

PngImagePlugin.MAX_TEXT_MEMORY = MAX_BYTES  # what the words in a PNG may come to once they are unpacked

_one_at_a_time = threading.Lock()  # a picture takes up to 300 MB: not eight times that in a process of eight threads


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


def make_variants(content: bytes) -> Made:
    """Return all files of a picture. Raise Refused, whatever is wrong with the content."""
    if len(content) > MAX_BYTES:
        raise Refused(too_large(len(content)))
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow remarks about odd files is of no use to whoever reads the log
        with _refusing("This file is not a picture that can be read. Save it as JPEG or PNG, and upload it again."):
            picture = _plain(_decoded(content))
        with _refusing("This picture cannot be stored. Save it as JPEG or PNG with other settings, and upload it again."):
            return _stored(picture)


@contextmanager
def _refusing(sentence: str) -> Iterator[None]:
    """Turn all that the libraries raise into one refusal: they have no list of it, and a new version raises something else."""
    try:
        yield
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise Refused(_too_many_pixels(MAX_PIXELS)) from None
    except MemoryError:
        raise Refused("There is not enough memory for this picture. Make it smaller, and upload it again.") from None
    except Exception as error:
        if not isinstance(error, UnidentifiedImageError):
            log.info("A picture is refused: %s", type(error).__name__)
        raise Refused(sentence) from None


def _stored(picture: Image.Image) -> Made:
    sized = {width: _resized(picture, width) for width in widths(picture.width)}
    files = {(width, kind): _encoded(each, kind) for width, each in sized.items() for kind in KINDS}
    digest = hashlib.sha256(b"".join(files.values())).hexdigest()[:32]
    largest = sized[max(sized)]
    return Made(digest, largest.width, largest.height, {name(digest, *which): data for which, data in files.items()})


def _decoded(content: bytes) -> Image.Image:
    """Return the picture as the file has it, but for a JPEG that is far too large: that is decoded smaller."""
    picture = Image.open(io.BytesIO(content), formats=READ)
    _check_size(picture)
    if _has_more_frames(picture):
        raise Refused("This picture moves, or has several pages. Choose one that stands still.")
    if picture.format in {"JPEG", "MPO"}:
        width, height = _shrunk(picture)
        picture.draft(None, (2 * width, 2 * height))  # twice: what is left of the shrinking is done well
    picture.load()
    return picture


def _too_many_pixels(limit: int) -> str:
    return f"This picture has more than {limit // 10**6} million pixels. Make it smaller, and upload it again."


def _check_size(picture: Image.Image) -> None:
    """Raise Refused for a picture that would fill the memory, before any of it is decoded."""
    limit = MAX_PIXELS_PROGRESSIVE if "progressive" in picture.info else MAX_PIXELS_OF.get(picture.format or "", MAX_PIXELS)
    if picture.width * picture.height > limit:
        raise Refused(_too_many_pixels(limit))
    if max(picture.size) > MAX_SIDE:
        raise Refused(f"This picture has a side of more than {MAX_SIDE:,} pixels. Make it smaller, and upload it again.")


def _has_more_frames(picture: Image.Image) -> bool:
    if picture.format == "MPO":  # a photograph with a second one for depth
        return False
    if picture.format != "TIFF":
        return getattr(picture, "is_animated", False)
    try:  # is_animated would count all pages of the file, and takes the square of their number for it
        picture.seek(1)
    except EOFError:
        return False
    return True


def _orientation(picture: Image.Image) -> int:
    """Return EXIF's number. Notes that cannot be read say nothing, as in browsers: the picture itself may be whole."""
    try:
        found = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # there are as many kinds as ways to write EXIF wrongly
        return 1
    return found if found in TURNED else 1


def _shrunk(picture: Image.Image) -> tuple[int, int]:
    """Return the width and height a page needs, before the picture is turned upright; raise Refused if it is too tall to be shown."""
    lies = _orientation(picture) in LYING
    width, height = picture.size[::-1] if lies else picture.size
    shown = min(width, max(WIDTHS))
    rows = max(1, round(height * shown / width))
    if rows > MAX_HEIGHT:
        raise Refused("This picture is too tall to be shown. Crop it until it is at most three times as tall as it is wide.")
    return (rows, shown) if lies else (shown, rows)


def _plain(picture: Image.Image) -> Image.Image:
    """Return it upright, no larger than a page needs, in the colours of the web, and without what a camera or a program wrote beside
    it: place, name, profile."""
    orientation, profile, size = _orientation(picture), picture.info.get("icc_profile"), _shrunk(picture)
    narrow = _narrowed(picture, size[0])
    picture.close()  # its pixels, which need not lie in the memory beside those of the next steps
    plain = _in_web_colours(narrow.resize(size, Image.Resampling.LANCZOS), profile)
    if orientation in TURNED:
        plain = plain.transpose(TURNED[orientation])
    plain.info = {}
    return plain


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    """Return it in that width and all its height, as L, LA, RGB, RGBA or CMYK; a few rows at a time: no copy of the whole is made."""
    narrow = Image.new(_basic(picture.crop((0, 0, 1, 1))).mode, (width, picture.height))
    for top in range(0, picture.height, STRIP):
        rows = _basic(picture.crop((0, top, picture.width, min(top + STRIP, picture.height))))
        narrow.paste(rows.resize((width, rows.height), Image.Resampling.LANCZOS), (0, top))
    return narrow


def _basic(picture: Image.Image) -> Image.Image:
    """Return it in a mode that can be shrunk and that keeps its transparency and what its profile speaks of."""
    if picture.mode.startswith("I;16"):  # finer greys than a page shows; convert() would make all but the darkest white
        return _from_fine_greys(picture)
    if picture.mode in {"L", "LA", "RGB", "RGBA", "CMYK"} and "transparency" not in picture.info:
        return picture
    if picture.mode in {"1", "L"}:
        return picture.convert("LA" if picture.has_transparency_data else "L")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _from_fine_greys(picture: Image.Image) -> Image.Image:
    fine = picture.convert("I")
    grey = fine.point([value // 257 for value in range(2**16)], "L")
    clear = picture.info.get("transparency")
    if isinstance(clear, int):
        grey.putalpha(fine.point([0 if value == clear else 255 for value in range(2**16)], "L"))
    return grey


def _in_web_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return it as RGB or RGBA, in sRGB: what a profile says of its colours is reckoned in, so that no file needs one."""
    alpha = picture.getchannel("A") if picture.has_transparency_data else None
    colours = picture.convert(picture.mode[:-1]) if alpha else picture
    rgb = (_by_profile(colours, profile) if profile else None) or colours.convert("RGB")
    if alpha:
        rgb.putalpha(alpha)
    return rgb


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """Return it in sRGB; None for a profile that nobody can read, or that is for other colours than the picture has."""
    try:
        described = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if described.profile.xcolor_space.strip() == "RGB" and picture.mode == "L":  # greys saved by a program for colours
            picture = picture.convert("RGB")
        return ImageCms.profileToProfile(picture, described, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except Exception:  # as with EXIF: the picture itself may be whole
        return None


def _resized(picture: Image.Image, width: int) -> Image.Image:
    if width == picture.width:
        return picture
    return picture.resize((width, max(1, round(picture.height * width / picture.width))), Image.Resampling.LANCZOS)


def _encoded(picture: Image.Image, kind: str) -> bytes:
    into = io.BytesIO()
    picture.save(into, format=kind.upper(), **KINDS[kind])
    return into.getvalue()
