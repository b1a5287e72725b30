"""One image file as bytes of a chosen size: any mode, turned as its camera says, transparency on white.

A file is data from a stranger: its header is read first, its pixels only if they are few enough. Which files there
are, image_files.py finds; all of them together are kept by image_cache.py.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from playground.data.dataset import Bytes, DataProblem

# About sizes, which are looked at here, and odd metadata. Once for all, since filters are not made for threads.
warnings.filterwarnings("ignore", module=r"PIL\.")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
"""Formats that are read; others can start programs or are seldom photographs."""
SUFFIXES = frozenset({
    ".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".pbm", ".pnm",
})  # fmt: skip
MOST_PIXELS = 40_000_000
MOST_FILE_BYTES = 256 * 2**20
LARGE = 2_000_000
"""Pixels above which images are decoded one at a time, so that threads do not add up."""
_ONE_LARGE = Lock()
_GREY = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_TURNED = frozenset({5, 6, 7, 8})
"""Values of EXIF's Orientation whose height is the width of the stored pixels."""
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Look:
    """What a file's header says."""

    width: int
    height: int
    is_grey: bool


@dataclass(frozen=True, slots=True)
class Form:
    """What every image is brought to."""

    channels: int
    height: int
    width: int
    resize: Literal["crop", "fit", "pad"] = "crop"

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.channels, self.height, self.width


def look_at(path: Path) -> Look:
    """Size and colour by the header; pixels are decoded only where there is a palette. Raises DataProblem."""
    with _opened(path) as image:
        try:
            exif = Image.Image.getexif(image)  # PNG's own decodes the pixels, to find what stands behind them
            turned = exif.get(_ORIENTATION) in _TURNED
        except _DAMAGED:
            turned = False
        width, height = image.size
        return Look(*((height, width) if turned else (width, height)), _is_grey(image))


def read_image(path: Path, form: Form) -> Bytes:
    """The pixels (channels, height, width) of one file. Raises DataProblem with a sentence why not."""
    with _opened(path) as image:
        if image.width * image.height <= LARGE:
            return _pixels(path, image, form)
        with _ONE_LARGE:
            return _pixels(path, image, form)


def sized_pixels(colors: Bytes, form: Form) -> Bytes:
    """A picture in memory, (height, width, 3), as read_image gives one of a file."""
    image = Image.fromarray(np.ascontiguousarray(colors))
    plain = _smaller(image, form).convert("L" if form.channels == 1 else "RGB")
    array = np.asarray(_sized(plain, form), np.uint8)
    return array[None] if array.ndim == 2 else np.ascontiguousarray(array.transpose(2, 0, 1))


_DAMAGED = (
    OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, OverflowError, ZeroDivisionError,
    AttributeError, MemoryError, RuntimeError, AssertionError, NotImplementedError, ArithmeticError, BufferError,
    Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow's decoders raise on damaged files."""


def _opened(path: Path) -> Image.Image:
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise DataProblem(f"{path.name} is larger than {MOST_FILE_BYTES // 2**20} MB. Save it smaller.")
        image = Image.open(path, formats=FORMATS)
    except UnidentifiedImageError as error:
        raise DataProblem(f"{path.name} is no image that can be read. Save it as PNG or JPEG.") from error
    except Image.DecompressionBombError as error:
        raise DataProblem(_too_large(path, "far too many")) from error
    except _DAMAGED as error:
        raise DataProblem(_damaged(path, error)) from error
    if image.width * image.height > MOST_PIXELS or min(image.size) < 1:
        size = f"{image.width:,}×{image.height:,}"
        image.close()
        raise DataProblem(_too_large(path, size))
    return image


def _too_large(path: Path, size: str) -> str:
    return f"{path.name} has {size} pixels; at most {MOST_PIXELS:,} are decoded. Save it smaller."


def _damaged(path: Path, error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{path.name} cannot be opened: {error.strerror}. Check the file."
    return f"{path.name} is damaged or cut short. Copy or save it again."


def _pixels(path: Path, image: Image.Image, form: Form) -> Bytes:
    try:
        image.draft("RGB" if form.channels == 3 else "L", (2 * form.width, 2 * form.height))  # only JPEG's decoder can
        image.load()
        plain = _upright(_plain(_smaller(image, form)))
        wanted = plain if plain.mode == ("L" if form.channels == 1 else "RGB") else None
        if wanted is None:
            wanted = plain.convert("L" if form.channels == 1 else "RGB")
        array = np.asarray(_sized(wanted, form), np.uint8)
    except _DAMAGED as error:
        raise DataProblem(_damaged(path, error)) from error
    return array[None] if array.ndim == 2 else np.ascontiguousarray(array.transpose(2, 0, 1))


def _smaller(image: Image.Image, form: Form) -> Image.Image:
    """Means of squares of pixels where there are far more than are wanted, so that what follows takes little memory."""
    factor = min(image.size) // (4 * max(form.height, form.width))
    if factor < 2 or image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK", "P"):
        return image
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image.reduce(factor)


def _is_grey(image: Image.Image) -> bool:
    if image.mode in ("P", "PA"):
        palette = np.asarray(image.getpalette() or (), np.uint8)
        triples = palette[: len(palette) // 3 * 3].reshape(-1, 3)
        return bool((triples == triples[:, :1]).all())
    return image.mode in _GREY


def _plain(image: Image.Image) -> Image.Image:
    """As 8-bit grey or RGB: 16 bits lose their lower half, what is transparent shows white."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        plain = _eight_bits(image)
    elif image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        plain = _on_white(image)
    elif image.mode in ("L", "RGB"):
        return image
    else:
        plain = image.convert("L" if image.mode == "1" else "RGB")
    if _ORIENTATION in (exif := image.getexif()):
        plain.info["exif"] = exif.tobytes()
    return plain


def _on_white(image: Image.Image) -> Image.Image:
    clear = image.convert("RGBA")
    ground = Image.new("RGBA", clear.size, (255, 255, 255, 255))
    ground.alpha_composite(clear)
    return ground.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """16 bits by their upper byte; other numbers from their least, black, to their largest, white."""
    values = np.asarray(image)
    if image.mode != "F" and values.min() >= 0 and values.max() < 65_536:
        return Image.fromarray((values >> 8).astype(np.uint8))
    finite = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    return Image.fromarray(((finite - low) * (255 / ((high - low) or 1))).astype(np.uint8))


def _upright(image: Image.Image) -> Image.Image:
    turned = ImageOps.exif_transpose(image)
    return image if turned is None else turned


def _sized(image: Image.Image, form: Form) -> Image.Image:
    width, height = image.size
    wanted = (form.width, form.height)
    if image.size == wanted:
        return image
    bilinear = Image.Resampling.BILINEAR
    if form.resize == "fit":
        return image.resize(wanted, bilinear, reducing_gap=3.0)
    if form.resize == "crop":
        scale = max(form.width / width, form.height / height)
        wide, high = min(width, form.width / scale), min(height, form.height / scale)
        left, top = (width - wide) / 2, (height - high) / 2
        return image.resize(wanted, bilinear, (left, top, left + wide, top + high), reducing_gap=3.0)
    scale = min(form.width / width, form.height / height)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    ground = Image.new(image.mode, wanted)
    place = (form.width - inner[0]) // 2, (form.height - inner[1]) // 2
    ground.paste(image.resize(inner, bilinear, reducing_gap=3.0), place)
    return ground
