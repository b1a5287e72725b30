"""Image files as a Dataset: a folder a class, or a table of file names with a class or a number each."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from playground.data.choices import ImageReading, LeftOut, Progress, told
from playground.data.dataset import DataProblem, Dataset, Floats, Ints
from playground.data.image_cache import Decoded, decoded
from playground.data.image_files import Found, find_images


def load_image_folder(folder: Path, reading: ImageReading | None, progress: Progress | None = None) -> Dataset:
    """Read such a folder; its folder test stays the test part. What cannot be read is left out and listed.

    Raises: DataProblem: If there are no two classes of images, or none can be read.
    """
    found = find_images(folder)
    images = decoded(folder, found.files, reading or ImageReading(), progress)
    return as_dataset(found, images, np.array(found.labels, np.int64)[list(images.kept)])


def as_dataset(found: Found, images: Decoded, targets: Ints | Floats) -> Dataset:
    """Decoded images with their classes (n,) or numbers (n, 1)."""
    left = (*found.left, *images.left)
    count, channels, height, width = images.pixels.shape
    test_from = None
    if found.test_from is not None:
        test_from = sum(number < found.test_from for number in images.kept)
        test_from = test_from if 0 < test_from < count else None
    if found.names and len(np.unique(targets[:test_from])) < 2:
        raise DataProblem(f"Only images of one class in {found.folder} can be read. Mend the others, or choose more.")
    kind = "grey" if channels == 1 else "colour"
    name = found.folder.name or str(found.folder)
    return Dataset(
        name, name, "image", images.pixels, targets, "classes" if found.names else "numbers", found.names,
        about=f"{count:,} {kind} images of {height}×{width} pixels from {name}.",
        test_from=test_from,
        notes=(*found.notes, *told(left, len(found.files) + len(found.left))),
        origins=tuple(found.files[number] for number in images.kept),
        left_out=tuple(LeftOut(each.name, each.reason) for each in left),
    )  # fmt: skip
