"""MNIST-format folders: images and labels as IDX files, plain or gzipped, with the publisher's own test part.

A file is data from a stranger: its header is held against what is there before memory is taken.
Format: LeCun, Cortes and Burges, "The MNIST database", file formats.
"""

from __future__ import annotations

import gzip
import zlib
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataProblem, Dataset
from playground.data.streamed import is_streamed

MOST_BYTES = 2 * 2**30
FASHION = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
"""Classes of Fashion-MNIST. Source: Xiao, Rasul and Vollgraf 2017, table 2."""
NAMES_BY_LABELS = {"657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7": FASHION}
"""Names of classes by the SHA-256 of the training labels, unpacked and without the header."""
BYTE = 0x08
"""The type code of unsigned bytes, the only one that MNIST-format images and labels use."""


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """An IDX file of bytes as an array. Raises DataProblem for anything else."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return _read(file, path, dimensions)
    except (OSError, EOFError, zlib.error) as error:
        raise DataProblem(
            f"{path.name} cannot be read: it is damaged or cut short. Copy or download it again."
        ) from error


def _read(file: BinaryIO | gzip.GzipFile, path: Path, dimensions: int) -> NDArray[np.uint8]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] != BYTE or magic[3] != dimensions:
        raise DataProblem(
            f"{path.name} is not an IDX file of {dimensions}-D bytes: its header is {magic.hex() or 'empty'}, not "
            f"{bytes([0, 0, BYTE, dimensions]).hex()}. Check that images and labels are not swapped, or "
            "download it again."
        )
    header = file.read(4 * dimensions)
    if len(header) < 4 * dimensions:
        raise DataProblem(f"{path.name} ends within its header. Copy or download it again.")
    sides = tuple(int(side) for side in np.frombuffer(header, ">u4"))
    size = prod(sides)
    if prod(side or 1 for side in sides) > MOST_BYTES:
        raise DataProblem(
            f"{path.name} says that it holds {'×'.join(map(str, sides))} = {size:,} bytes; at most {MOST_BYTES:,} are "
            "read. It is damaged, or too large for this program."
        )
    content = _at_most(file, size)
    if len(content) < size:
        raise DataProblem(
            f"{path.name} has too few bytes: {len(content):,} instead of {size:,}. Copy or download it again."
        )
    return np.frombuffer(content, np.uint8).reshape(sides)


def _at_most(file: BinaryIO | gzip.GzipFile, size: int) -> bytes:
    """Read so many bytes in pieces, so that a lying header takes no more memory than there are bytes."""
    pieces, left = [], size
    while left > 0 and (piece := file.read(min(left, 2**24))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def is_idx_folder(folder: Path) -> bool:
    """Whether a folder looks like an MNIST-format one."""
    return any(folder.glob("*-idx[13]-ubyte*"))


def load_idx(folder: Path) -> Dataset:
    """Read such a folder; a t10k or test pair stays the test part. Raises DataProblem."""
    images, labels = _pair(folder, "train")
    test_from = None
    if _find(folder, "t10k", 3) or _find(folder, "test", 3):
        name = "t10k" if _find(folder, "t10k", 3) else "test"
        more, their = _pair(folder, name)
        if more.shape[1:] != images.shape[1:]:
            raise DataProblem(
                f"The test images are {more.shape[1]}×{more.shape[2]} pixels, the training images {images.shape[1]}×"
                f"{images.shape[2]}. Put files of one data set into the folder."
            )
        test_from = len(images)
        images, labels = np.concatenate([images, more]), np.concatenate([labels, their])
    classes = int(labels.max()) + 1
    if labels.min() == labels.max():
        raise DataProblem(f"Every image in {folder.name} has the label {classes - 1}. Choose data of several classes.")
    return Dataset(
        name=folder.name,
        title=_title(folder.name),
        kind="image",
        inputs=images[:, None] if is_streamed(images) else images[:, None].astype(np.float32),
        targets=labels.astype(np.int64),
        task="classes",
        class_names=_class_names(labels if test_from is None else labels[:test_from], classes),
        about=f"{len(images):,} grey images of {images.shape[1]}×{images.shape[2]} pixels from {folder.name}.",
        test_from=test_from,
    )


def _class_names(labels: NDArray[np.uint8], classes: int) -> tuple[str, ...]:
    """Those of a data set that is known by its training labels: the files tell only numbers."""
    known = NAMES_BY_LABELS.get(sha256(labels.tobytes()).hexdigest())
    return known or tuple(str(number) for number in range(classes))


def _title(name: str) -> str:
    return {"fashion_mnist": "Fashion-MNIST", "mnist": "MNIST"}.get(name.lower(), name)


def _find(folder: Path, part: str, dimensions: int) -> Path | None:
    kind = "images" if dimensions == 3 else "labels"
    found = sorted(folder.glob(f"*{part}-{kind}[-.]idx{dimensions}-ubyte*"))
    return found[0] if found else None


def _pair(folder: Path, part: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    images, labels = _find(folder, part, 3), _find(folder, part, 1)
    if images is None or labels is None:
        missing = f"{part}-images-idx3-ubyte" if images is None else f"{part}-labels-idx1-ubyte"
        raise DataProblem(f"{folder} has no file {missing} (plain or .gz). Put it beside the others.")
    pixels, classes = read_idx(images, 3), read_idx(labels, 1)
    if len(pixels) != len(classes):
        raise DataProblem(
            f"{images.name} has {len(pixels):,} images, but {labels.name} has {len(classes):,} labels. "
            "Put files of one data set into the folder."
        )
    if not pixels.size:
        raise DataProblem(f"{images.name} holds no images. Download it again.")
    return pixels, classes
