"""From an upload to files: transparency and colours are kept, and nothing a file may hold raises anything but one refusal."""

import io
import struct
import subprocess
import sys
import time
import zlib

import pytest
from PIL import Image

from services.images import variants
from tests.depth import DEEP, rounds
from tests.services.broken_files import BRIGHT, PNG_SIGNATURE, SIZE, SRGB, SWAPPED, exif, mutants, saved, specimens

UNREADABLE = "This file is not a picture that can be read. Save it as JPEG or PNG, and upload it again."
TALL = "This picture is too tall to be shown. Crop it until it is at most three times as tall as it is wide."
MOVES = "This picture moves, or has several pages. Choose one that stands still."


def refusal(content: bytes) -> str:
    with pytest.raises(variants.Refused) as refused:
        variants.make_variants(content)
    return str(refused.value)


def shown(content: bytes, kind: str) -> Image.Image:
    """Return what is stored of a file, in its largest width."""
    made = variants.make_variants(content)
    stored = Image.open(io.BytesIO(made.files[variants.name(made.digest, made.width, kind)]))
    assert stored.size == (made.width, made.height)
    assert not {"icc_profile", "exif", "xmp"} & set(stored.info)
    return stored.convert("RGBA")


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, *chunks: bytes, rows: bool = True) -> bytes:
    """Return a black PNG with more chunks in it; its rows cost no memory here."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(bytes(1 + 4 * width)) for _ in range(height)) if rows else b""
    return PNG_SIGNATURE + head + b"".join(chunks) + chunk(b"IDAT", data + packer.flush()) + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", specimens())
def test_every_format_is_stored_or_refused_for_what_it_is(name):
    content = specimens()[name]
    if name.endswith(("-moving", "-pages")):
        assert refusal(content) == MOVES
        return
    lies = name in {"jpeg", "jpeg-progressive", "png", "webp", "avif", "tiff"}  # those with notes that say so
    assert shown(content, "webp").size == (SIZE[::-1] if lies else SIZE)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_a_picture_is_stored_upright(kind, orientation):
    upright = Image.new("RGB", (60, 40), "blue")
    upright.paste("red", (0, 0, 30, 20))
    back = {turn: each for each, turn in variants.TURNED.items()} | {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
    stored = upright.transpose(variants.TURNED[back[orientation]]) if orientation > 1 else upright
    found = shown(saved(stored, kind, exif=exif(orientation)), "webp")
    assert found.size == (60, 40)
    corners = [found.getpixel(at)[0] > 128 for at in [(8, 8), (52, 8), (8, 32), (52, 32)]]
    assert corners == [True, False, False, False]


# Transparency and colours

CLEAR = {
    "RGBA": lambda alpha: Image.merge("RGBA", [*Image.new("RGB", SIZE, "red").split(), alpha]),
    "LA": lambda alpha: Image.merge("LA", [Image.new("L", SIZE, 120), alpha]),
    "PA": lambda alpha: Image.merge("RGBA", [*Image.new("RGB", SIZE, "red").split(), alpha]).quantize(8),
}


@pytest.mark.parametrize("stored", ["avif", "webp"])
@pytest.mark.parametrize("profile", [None, SRGB, SWAPPED, BRIGHT, b"no profile"], ids=["none", "sRGB", "swapped", "grey", "unreadable"])
@pytest.mark.parametrize("mode", CLEAR)
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_what_is_clear_stays_clear_whatever_the_profile(kind, mode, profile, stored):
    if kind == "TIFF" and mode == "PA":
        mode = "RGBA"  # TIFF has no palette with transparency
    alpha = Image.new("L", SIZE, 0)
    alpha.paste(255, (20, 0, 40, 24))
    found = shown(saved(CLEAR[mode](alpha), kind, **({"icc_profile": profile} if profile else {})), stored)
    assert (found.getpixel((4, 12))[3], found.getpixel((36, 12))[3]) == (0, 255)


def test_a_picture_that_is_clear_all_over_stays_so():
    """The specimen: RGBA, fully transparent, with the profile sRGB."""
    for kind in variants.KINDS:
        assert shown(saved(Image.new("RGBA", (300, 200), (0, 0, 0, 0)), "PNG", icc_profile=SRGB), kind).getextrema()[3] == (0, 0)


def test_a_half_clear_edge_gets_no_dark_rim_when_it_is_shrunk():
    picture = Image.new("RGBA", (3200, 20), (0, 0, 0, 0))
    picture.paste((255, 255, 255, 255), (0, 0, 1601, 20))
    found = shown(saved(picture, "PNG", icc_profile=SRGB), "webp")
    red, _, _, alpha = found.getpixel((800, 5))
    assert 0 < alpha < 255
    assert red > 240


@pytest.mark.parametrize(
    ("mode", "colour", "kind"),
    [("RGB", "red", kind) for kind in ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"]]
    + [("RGBA", (255, 0, 0, 255), kind) for kind in ["PNG", "WEBP", "AVIF"]]
    + [("P", 0, "PNG")],
)
def test_colours_are_reckoned_from_their_profile_and_none_is_stored(mode, colour, kind):
    """In the profile red and green change places, so that nobody can overlook it."""
    picture = Image.new(mode, SIZE, colour)
    if mode == "P":
        picture.putpalette([255, 0, 0])
    red, green, blue, alpha = shown(saved(picture, kind, icc_profile=SWAPPED), "webp").getpixel((20, 12))
    assert (red < 20, green > 235, blue < 20, alpha) == (True, True, True, 255)
    assert shown(saved(picture, kind), "webp").getpixel((20, 12))[0] > 235


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
def test_greys_are_reckoned_from_their_profile(mode):
    colour = {"L": 128, "LA": (128, 255), "I;16": 128 * 257}[mode]
    picture = Image.new(mode, SIZE, colour)
    assert shown(saved(picture, "PNG", icc_profile=BRIGHT), "webp").getpixel((20, 12))[0] == pytest.approx(188, abs=3)
    assert shown(saved(picture, "PNG", icc_profile=SRGB), "webp").getpixel((20, 12))[0] == pytest.approx(128, abs=3)


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
@pytest.mark.parametrize("profile", [b"no profile", SWAPPED[:200], BRIGHT[:140], b""], ids=["text", "cut", "cut grey", "empty"])
def test_a_profile_that_cannot_be_read_says_nothing(mode, profile):
    picture = Image.new("RGB", SIZE, (200, 200, 200)).convert(mode)
    with_it, without = (shown(saved(picture, "TIFF", **options), "webp") for options in ({"icc_profile": profile}, {}))
    assert with_it.getpixel((20, 12)) == without.getpixel((20, 12))


# What is refused

DRAWN = Image.radial_gradient("L").resize((300, 200)).convert("RGB")
REFUSED = {
    "1000 x 17000": (png(1000, 17_000), TALL),
    "1 x 40000": (png(1, 40_000), TALL),
    "too tall by a row": (png(100, 4801), TALL),
    "lying, and too tall when it is turned": (saved(Image.new("RGB", (9000, 20)), "JPEG", exif=exif(6)), TALL),
    "one row of 65,536": (png(65_536, 1), "This picture has a side of more than 65,535 pixels. Make it smaller, and upload it again."),
    "more pixels than there are": (png(60_000, 60_000, rows=False), "This picture has more than 40 million pixels."),
    "a canvas of WebP as large as they come": (
        b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0" * 4 + b"\xfe\x3f\x00" * 2 + b"VP8 " + bytes(4),
        "This picture has more than",
    ),
    "16 million pixels and one row as WebP": (
        saved(Image.new("RGB", (4000, 4001)), "WEBP", method=0, quality=1),
        "This picture has more than 16 million pixels. Make it smaller, and upload it again.",
    ),
    "rows are missing": (png(100, 100, rows=False), UNREADABLE),
    "words that unpack to 100 MB": (png(10, 10, chunk(b"zTXt", b"Title\0\0" + zlib.compress(bytes(100_000_000)))), UNREADABLE),
    "a profile that unpacks to 100 MB": (png(10, 10, chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(bytes(100_000_000)))), UNREADABLE),
    "many words that unpack to 40 MB": (png(10, 10, *[chunk(b"zTXt", b"T\0\0" + zlib.compress(bytes(1_000_000)))] * 40), UNREADABLE),
} | {
    f"{kind}, {cut} of it": (content[: int(len(content) * cut)], UNREADABLE)
    for kind in ["AVIF", "WEBP", "PNG", "JPEG", "GIF", "TIFF"]
    for content in [saved(DRAWN, kind)]
    for cut in [0.02, 0.3, 0.7, 0.95]
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_shown_is_refused(why):
    content, sentence = REFUSED[why]
    assert refusal(content).startswith(sentence)


@pytest.mark.parametrize("size", [(1, 1), (1, 4800), (16_384, 1), (65_535, 1), (1600, 4800), (1601, 3), (3, 3)])
def test_any_size_that_is_not_refused_can_be_stored(size):
    made = variants.make_variants(png(*size))
    assert made.width == min(size[0], 1600)
    largest = {Image.open(io.BytesIO(made.files[variants.name(made.digest, made.width, kind)])).size for kind in variants.KINDS}
    assert largest == {(made.width, made.height)}


BROKEN_NOTES = {
    "nothing": b"Exif\0\0",
    "far away": b"Exif\0\0II*\0" + b"\xff" * 60,
    "too many": b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(200),
    "zeros": b"Exif\0\0" + bytes(60_000),
}


@pytest.mark.parametrize("why", BROKEN_NOTES)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_notes_that_cannot_be_read_do_not_keep_a_picture_out(kind, why):
    """Browsers show it, too; which side is up the picture itself must say."""
    assert shown(saved(DRAWN, kind, exif=BROKEN_NOTES[why]), "webp").size == DRAWN.size


def test_many_pages_and_notes_of_megabytes_are_soon_looked_through():
    plain = saved(Image.new("L", (8, 8)), "TIFF")
    first = int.from_bytes(plain[4:8], "little")
    page = plain[
        first : first + 2 + 12 * int.from_bytes(plain[first : first + 2], "little")
    ]  # its next four bytes say where the next begins
    pages = [page + struct.pack("<I", len(plain) + (len(page) + 4) * each) for each in range(1, 50_000)]
    began = time.process_time()
    assert refusal(plain[:4] + struct.pack("<I", len(plain)) + plain[8:] + b"".join(pages)) == MOVES
    assert refusal(saved(DRAWN, "GIF", save_all=True, append_images=[DRAWN.rotate(each) for each in range(40)])) == MOVES
    many = struct.pack("<H", 65_535) + b"".join(struct.pack("<HHII", each, 7, 4_000_000, 8) for each in range(65_535))
    assert variants.make_variants(png(10, 10, chunk(b"eXIf", b"II*\0" + struct.pack("<I", 8) + many + bytes(5_000_000)))).width == 10
    assert time.process_time() - began < 10


@pytest.mark.parametrize("seed", range(rounds(deep=40, quick=2)))
def test_a_damaged_file_is_a_picture_or_refused_and_raises_nothing_else(seed):
    stored = 0
    for name, content in mutants(seed, 500):
        try:
            made = variants.make_variants(content)
        except variants.Refused:
            continue
        except Exception as error:
            error.add_note(name)
            raise
        stored += 1
        assert {Image.open(io.BytesIO(each)).format for each in made.files.values()} == {"AVIF", "WEBP"}, name
    assert stored > 50  # else the damage is so great that nothing looks at the file


# Memory

LARGE = {  # how a picture is made that is as large as one may be
    "PNG, clear": "Image.new('RGBA', (6300, 6300), (9, 9, 9, 9)).save(name, 'PNG', compress_level=1)",
    "WebP, clear": "Image.new('RGBA', (4000, 4000), (9, 9, 9, 9)).save(name, 'WEBP', method=0, lossless=True)",
    "JPEG, progressive": "Image.new('RGB', (4890, 4890)).save(name, 'JPEG', progressive=True, subsampling=0)",
    "PNG, tall": "Image.new('RGBA', (3640, 10900)).save(name, 'PNG', compress_level=1)",
    "JPEG": "Image.new('RGB', (6300, 6300)).save(name, 'JPEG')",
    "AVIF, clear": "Image.new('RGBA', (4000, 4000), (9, 9, 9, 9)).save(name, 'AVIF', speed=10)",
    "TIFF": "Image.new('CMYK', (4000, 4000)).save(name, 'TIFF', compression='tiff_deflate')",
    "PNG, fine greys": "Image.new('I;16', (6300, 6300)).save(name, 'PNG', compress_level=1)",
    "GIF": "Image.new('P', (6300, 6300)).save(name, 'GIF')",
}
PEAK = """
import sys, pathlib
from services.images import variants
variants.make_variants(pathlib.Path(sys.argv[1]).read_bytes())
status = pathlib.Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


@pytest.mark.parametrize("which", list(LARGE)[: None if DEEP else 3])
def test_the_largest_picture_takes_300_mb(tmp_path, which):
    """In processes of their own: the peak of this one would count what other tests took."""
    name = str(tmp_path / "picture")
    subprocess.run([sys.executable, "-c", f"import sys; name = sys.argv[1]; from PIL import Image; {LARGE[which]}", name], check=True)
    peak = subprocess.run([sys.executable, "-c", PEAK, name], check=True, capture_output=True, text=True).stdout
    assert int(peak) / 1024 < 300
