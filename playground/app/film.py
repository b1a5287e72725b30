"""Pictures one after the other: as an animated GIF by Pillow, or as MP4 by FFmpeg where imageio-ffmpeg is installed.

Knows no window: pictures come as bytes.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from playground.app.whole_files import write_whole

LAST = 1500
"""Milliseconds that the last picture stands."""
LONGEST = 600
"""Seconds that FFmpeg may take."""


@dataclass(frozen=True)
class Still:
    """One picture: red, green, blue and a spare byte of each pixel, row by row."""

    width: int
    height: int
    pixels: bytes


def reduced(still: Still) -> Image.Image:
    """With 256 colours, as a GIF has; a fifth of the memory."""
    picture = Image.frombuffer("RGBX", (still.width, still.height), still.pixels, "raw", "RGBX", 0, 1).convert("RGB")
    return picture.quantize(256, dither=Image.Dither.NONE)


def write_gif(path: Path, pictures: Sequence[Image.Image], milliseconds: int) -> None:
    """Whole or not at all; it repeats for ever, and the last picture stands longer. Raises OSError."""
    file = BytesIO()
    durations = [milliseconds] * (len(pictures) - 1) + [LAST]
    first, *rest = pictures
    first.save(file, "GIF", save_all=True, append_images=rest, duration=durations, loop=0, optimize=False)
    write_whole(path, file.getvalue())


def can_write_mp4() -> bool:
    """Whether there is an FFmpeg for it."""
    return find_spec("imageio_ffmpeg") is not None


def write_film(path: Path, pictures: Sequence[Image.Image], milliseconds: int) -> None:
    """As the file's name ends: .mp4 or .gif. Whole or not at all. Raises OSError."""
    (write_mp4 if path.suffix.lower() == ".mp4" else write_gif)(path, pictures, milliseconds)


def write_mp4(path: Path, pictures: Sequence[Image.Image], milliseconds: int) -> None:
    """H.264 in 4:2:0, which every player and slide show plays; it begins at once and plays once. Raises OSError."""
    from imageio_ffmpeg import get_ffmpeg_exe

    size = pictures[0].size
    last = [pictures[-1]] * max(1, LAST // milliseconds)
    frames = b"".join(_pixels(picture, size) for picture in (*pictures[:-1], *last))
    with TemporaryDirectory() as folder:
        made = Path(folder, "film.mp4")
        command = [
            get_ffmpeg_exe(), "-loglevel", "error", "-y",
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-framerate", f"1000/{milliseconds}",
            "-i", "-", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p",
            "-movflags", "+faststart", str(made),
        ]  # fmt: skip
        try:
            done = subprocess.run(command, input=frames, capture_output=True, timeout=LONGEST, check=False)
        except subprocess.TimeoutExpired as error:
            raise OSError(f"FFmpeg took more than {LONGEST} s") from error
        if done.returncode != 0:
            raise OSError(f"FFmpeg said: {done.stderr.decode(errors='replace').strip()[-200:]}")
        write_whole(path, made.read_bytes())


def _pixels(picture: Image.Image, size: tuple[int, int]) -> bytes:
    whole = picture.convert("RGB")
    return (whole if whole.size == size else whole.resize(size)).tobytes()
