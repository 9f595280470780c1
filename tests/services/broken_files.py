"""Pictures in every format that is read, with everything programs write beside them, and what is left of them on a bad day."""

import io
import random
import struct
import zlib
from collections.abc import Iterator

from PIL import Image, ImageCms, PngImagePlugin

SIZE = (40, 24)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(orientation: int = 6) -> Image.Exif:
    notes = Image.Exif()
    notes[0x0112], notes[0x010F] = orientation, "Secretcam"
    notes.get_ifd(0x8825).update({1: "N", 2: (51.0, 31.0, 12.0)})
    return notes


def profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Return an ICC profile, version 2.4, of a display for colours of that space: b"RGB ", b"GRAY", b"CMYK"."""
    tags = {b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78), b"cprt": b"text" + bytes(4) + b"none\0"} | tags
    tags |= {b"wtpt": _xyz(0.9642, 1.0, 0.8249)}
    table, data, at = b"", b"", 128 + 4 + 12 * len(tags)
    for signature, content in tags.items():
        content += bytes(-len(content) % 4)
        table += signature + struct.pack(">II", at + len(data), len(content))
        data += content
    head = struct.pack(">I4sI4s4s4s", at + len(data), bytes(4), 0x02400000, b"mntr", space, b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in values))


def _gamma(value: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(value * 256))


RED, GREEN, BLUE = _xyz(0.4361, 0.2225, 0.0139), _xyz(0.3851, 0.7169, 0.0971), _xyz(0.1431, 0.0606, 0.7141)
CURVES = {b"rTRC": _gamma(2.2), b"gTRC": _gamma(2.2), b"bTRC": _gamma(2.2)}
SWAPPED = profile(b"RGB ", {b"rXYZ": GREEN, b"gXYZ": RED, b"bXYZ": BLUE} | CURVES)  # what a file calls red is green
BRIGHT = profile(b"GRAY", {b"kTRC": _gamma(1.0)})  # what a file calls a middle grey is light


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    into = io.BytesIO()
    picture.save(into, kind, **options)
    return into.getvalue()


def specimens() -> dict[str, bytes]:
    """Return files by name, each whole."""
    colours = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    colours.paste("teal", (5, 5, 20, 15))
    clear = colours.convert("RGBA")
    clear.putalpha(Image.radial_gradient("L").resize(SIZE))
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Jo Bloggs", zip=True)
    notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta/>", zip=True)
    beside = {"exif": exif(), "icc_profile": SRGB}
    fine = Image.new("I;16", SIZE, 50_000)
    return {
        "jpeg": saved(colours, "JPEG", xmp=b"<x:xmpmeta/>", comment="a comment", **beside),
        "jpeg-progressive": saved(colours, "JPEG", progressive=True, **beside),
        "jpeg-grey": saved(colours.convert("L"), "JPEG"),
        "jpeg-cmyk": saved(colours.convert("CMYK"), "JPEG"),
        "mpo": saved(colours, "MPO", save_all=True, append_images=[colours]),
        "png": saved(clear, "PNG", pnginfo=notes, **beside),
        "png-palette": saved(clear.quantize(16), "PNG"),
        "png-one-clear-colour": saved(colours, "PNG", transparency=(0, 128, 128)),
        "png-fine-greys": saved(fine, "PNG", transparency=50_000),
        "png-grey": saved(clear.convert("LA"), "PNG", icc_profile=BRIGHT),
        "png-moving": saved(colours, "PNG", save_all=True, append_images=[colours.convert("L").convert("RGB")]),
        "webp": saved(clear, "WEBP", xmp=b"<x:xmpmeta/>", **beside),
        "webp-lossless": saved(clear, "WEBP", lossless=True),
        "webp-moving": saved(colours, "WEBP", save_all=True, append_images=[clear]),
        "avif": saved(clear, "AVIF", speed=10, **beside),
        "avif-grey": saved(colours.convert("L"), "AVIF", speed=10),
        "gif": saved(clear.quantize(16), "GIF", transparency=3, comment="a comment"),
        "gif-moving": saved(colours, "GIF", save_all=True, append_images=[colours.rotate(180)]),
        "tiff": saved(colours, "TIFF", exif=exif(), icc_profile=SRGB),
        "tiff-cmyk": saved(colours.convert("CMYK"), "TIFF", compression="tiff_lzw"),
        "tiff-lab": saved(Image.new("LAB", SIZE, (120, 130, 140)), "TIFF"),
        "tiff-float": saved(colours.convert("F"), "TIFF", compression="tiff_deflate"),
        "tiff-jpeg": saved(colours, "TIFF", compression="jpeg"),
        "tiff-pages": saved(colours, "TIFF", save_all=True, append_images=[colours]),
    }


def mutants(seed: int, number: int) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of damaged files: the same for the same seed."""
    chance, files = random.Random(seed), specimens()
    for turn in range(number):
        name = chance.choice(sorted(files))
        content = bytearray(files[name])
        for _ in range(chance.choice([1, 1, 2, 5, 20])):
            chance.choice(DAMAGE)(content, chance)
        if content.startswith(PNG_SIGNATURE) and chance.random() < 0.7:
            content = bytearray(with_sums(bytes(content)))
        yield f"{name}, seed {seed}, turn {turn}", bytes(content)


def with_sums(content: bytes) -> bytes:
    """Return a PNG with the sums its chunks should have: else every damage is found before anything else looks at it."""
    repaired, at = content[:8], 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        chunk = content[at + 4 : at + 8 + length]
        if at + 12 + length > len(content):
            break
        repaired += content[at : at + 8 + length] + struct.pack(">I", zlib.crc32(chunk))
        at += 12 + length
    return repaired + content[at:]


def _place(content: bytearray, chance: random.Random) -> int:
    """Mostly near the beginning, where a file says what it is."""
    return chance.randrange(max(1, min(len(content), 400) if chance.random() < 0.6 else len(content)))


def _flip(content: bytearray, chance: random.Random) -> None:
    if content:
        content[_place(content, chance) % len(content)] ^= 1 << chance.randrange(8)


def _set(content: bytearray, chance: random.Random) -> None:
    at, size = _place(content, chance), chance.choice([1, 2, 4, 8])
    content[at : at + size] = chance.choice([b"\0" * size, b"\xff" * size, chance.randbytes(size)])


def _cut(content: bytearray, chance: random.Random) -> None:
    del content[_place(content, chance) :]


def _remove(content: bytearray, chance: random.Random) -> None:
    at = _place(content, chance)
    del content[at : at + chance.choice([1, 4, 16, 100])]


def _repeat(content: bytearray, chance: random.Random) -> None:
    at = _place(content, chance)
    content[at:at] = content[at : at + chance.choice([1, 4, 16, 100])]


DAMAGE = [_flip, _flip, _flip, _set, _set, _set, _cut, _remove, _repeat]
