"""Images for a trained network: files of any size, folders, MNIST-format files, and what was drawn by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from playground.data.dataset import Bytes, DataProblem, Floats
from playground.data.fresh import Fresh, chunks
from playground.data.idx import is_idx_folder, read_idx
from playground.data.image_files import MOST_FILES
from playground.data.images import SUFFIXES, Form, read_image, sized_pixels
from playground.data.intake import Intake
from playground.data.placing import ink_of, placed
from playground.data.text_rows import Tell

WORKERS = min(8, os.cpu_count() or 1)


def examples(intake: Intake, path: Path, tell: Tell) -> Iterator[Fresh]:
    """Images of a file or folder. Raises DataProblem if there are none."""
    if path.is_dir() and is_idx_folder(path):
        files = sorted(path.glob("*-idx3-ubyte*")) + sorted(path.glob("*.idx3-ubyte*"))
        return _idx(intake, files, tell)
    if "idx3" in path.name:
        return _idx(intake, [path], tell)
    found = _files(path)
    if not found:
        raise DataProblem(f"{path} holds no image that can be read. Give a PNG or JPEG file, or a folder of them.")
    return _decoded(intake, path, found, tell)


def form_of(intake: Intake) -> Form:
    """What an image is brought to. Raises DataProblem if the network takes other than one or three channels."""
    assert intake.pictures is not None
    channels, height, width = intake.shape
    if channels not in (1, 3):
        raise DataProblem(
            f"The network takes images of {channels} channels, which no image file has. Give .npz arrays."
        )
    return Form(channels, height, width, intake.pictures.resize)


def of_drawing(intake: Intake, ink: Bytes) -> Fresh:
    """What was drawn by hand: (side, side), 0 for ground and 255 for ink."""
    assert intake.pictures is not None
    channels, height, width = intake.shape
    grey = placed(ink, height, width, intake.pictures.figures)
    inputs, raw = inputs_of(intake, np.repeat(grey[None, None], channels, axis=1))
    return Fresh(("the drawing",), inputs, (), raw)


def of_picture(intake: Intake, colors: Bytes, name: str) -> Fresh:
    """A picture from elsewhere, (height, width, 3), brought to the network's size.

    Where training images are figures on a plain ground, the figure is cut out and has their ground, place and size:
    dark ink on paper is read by a network that knows white ink on black. Raises DataProblem for a plain area then.
    """
    form = form_of(intake)
    figures = intake.pictures.figures if intake.pictures is not None else None
    if figures is None:
        pixels = sized_pixels(colors, form)
    else:
        grey = placed(ink_of(colors), form.height, form.width, figures)
        pixels = np.repeat(grey[None], form.channels, axis=0)
    inputs, raw = inputs_of(intake, pixels[None])
    return Fresh((name,), inputs, (), raw)


def inputs_of(intake: Intake, pixels: Bytes) -> tuple[Floats, NDArray[Any]]:
    """Bytes (n, channels, height, width) as inputs, and in the training data's own values."""
    assert intake.pictures is not None
    black, white = intake.pictures.black, intake.pictures.white
    raw = pixels if (black, white) == (0.0, 255.0) else (black + pixels * ((white - black) / 255)).astype(np.float32)
    return intake.inputs.scaler().apply(raw), raw


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found: list[Path] = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        inside = (name for name in sorted(names) if Path(name).suffix.lower() in SUFFIXES and not name.startswith("."))
        found += [Path(folder, name) for name in inside]
        if len(found) > MOST_FILES:
            raise DataProblem(f"{path} has more than {MOST_FILES:,} images. Give a part of them.")
    return found


def _decoded(intake: Intake, path: Path, files: list[Path], tell: Tell) -> Iterator[Fresh]:
    form = form_of(intake)

    def decode(file: Path) -> Bytes | str:
        try:
            return read_image(file, form)
        except DataProblem as problem:
            return str(problem)

    with ThreadPoolExecutor(WORKERS, "decoding") as threads:
        for rows in chunks(len(files), intake):
            some = files[rows]
            read = list(threads.map(decode, some))
            reasons = tuple(each if isinstance(each, str) else None for each in read)
            blank = np.zeros(form.shape, np.uint8)
            pixels = np.stack([blank if isinstance(each, str) else each for each in read])
            inputs, raw = inputs_of(intake, pixels)
            names = tuple(str(file.relative_to(path)) if path.is_dir() else file.name for file in some)
            yield Fresh(names, inputs, (), raw, reasons if any(reasons) else ())
            tell(rows.stop, len(files))


def _idx(intake: Intake, files: list[Path], tell: Tell) -> Iterator[Fresh]:
    form = form_of(intake)
    for done, file in enumerate(files):
        images = read_idx(file, 3)
        if not images.size:
            raise DataProblem(f"{file.name} holds no images. Download it again.")
        for rows in chunks(len(images), intake):
            inputs, raw = inputs_of(intake, resized(images[rows][:, None], form))
            yield Fresh(tuple(f"{file.name} {row + 1}" for row in range(rows.start, rows.stop)), inputs, (), raw)
        tell(done + 1, len(files))


def resized(images: Bytes, form: Form) -> Bytes:
    """Grey or colour images (n, channels, height, width) in the network's size and channels."""
    if images.shape[1:] == form.shape:
        return images
    mode = "L" if form.channels == 1 else "RGB"
    made = np.empty((len(images), *form.shape), np.uint8)
    for place, image in enumerate(images):
        plain = Image.fromarray(image[0] if len(image) == 1 else np.ascontiguousarray(image.transpose(1, 2, 0)))
        wanted = plain.convert(mode).resize((form.width, form.height), Image.Resampling.BILINEAR)
        array = np.asarray(wanted, np.uint8)
        made[place] = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
    return made
