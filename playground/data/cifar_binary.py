"""CIFAR's binary version: records of labels and 32×32 colour pixels, data_batch_*.bin or train.bin, and the test part.

Format: Krizhevsky, "The CIFAR-10 and CIFAR-100 datasets", binary version.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from playground.data.dataset import Bytes, DataProblem, Dataset, Ints

PIXELS = 3 * 32 * 32
MOST_BYTES = 2**30
NAMES = {"fine": "fine_label_names.txt", "coarse": "coarse_label_names.txt"}
"""Where CIFAR-100's names of each label are."""


def is_cifar_folder(folder: Path) -> bool:
    """Whether a folder looks like an unpacked binary version of CIFAR-10 or CIFAR-100."""
    return bool(_train_files(folder))


def _train_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("data_batch_*.bin")) or [path for path in (folder / "train.bin",) if path.is_file()]


def load_cifar(folder: Path, target: str | None = None) -> Dataset:
    """Read such a folder. Raises DataProblem.

    target: which of CIFAR-100's two labels is the class, "fine" (as None) or "coarse".
    """
    train = _train_files(folder)
    labels = 2 if train[0].name == "train.bin" else 1
    if target is not None and (labels == 1 or target not in NAMES):
        raise DataProblem(
            f"{folder.name} has no label “{target}”. CIFAR-100 has two, fine and coarse; CIFAR-10's is not named."
        )
    column = 0 if labels == 1 or target == "coarse" else 1
    test = folder / ("test.bin" if labels == 2 else "test_batch.bin")
    files = [*train, *([test] if test.is_file() else [])]
    if sum(path.stat().st_size for path in files) > MOST_BYTES:
        raise DataProblem(f"The files in {folder} have more than 1,024 MB: they are not CIFAR's. Choose other files.")
    read = [_records(path, labels, column) for path in files]
    images, classes = np.concatenate([pair[0] for pair in read]), np.concatenate([pair[1] for pair in read])
    if classes.min() == classes.max():
        raise DataProblem(f"Every image in {folder.name} has the label {classes[0]}. Choose data of several classes.")
    return Dataset(
        folder.name, folder.name, "image", images, classes, "classes",
        _names(folder, "batches.meta.txt" if labels == 1 else NAMES[target or "fine"], int(classes.max()) + 1),
        about=f"{len(images):,} colour images of 32×32 pixels from {folder.name}. Krizhevsky 2009.",
        test_from=sum(len(pair[1]) for pair in read[: len(train)]) if test.is_file() else None,
    )  # fmt: skip


def _records(path: Path, labels: int, column: int) -> tuple[Bytes, Ints]:
    content = np.frombuffer(path.read_bytes(), np.uint8)
    size = labels + PIXELS
    if not len(content) or len(content) % size:
        raise DataProblem(
            f"{path.name} has {len(content):,} bytes, which are not whole records of {size:,}. Download it again."
        )
    records = content.reshape(-1, size)
    return np.ascontiguousarray(records[:, labels:]).reshape(-1, 3, 32, 32), records[:, column].astype(np.int64)


def _names(folder: Path, file: str, count: int) -> tuple[str, ...]:
    """From the list that lies beside, if it is long enough, else the numbers."""
    try:
        text = (folder / file).read_text(encoding="utf-8", errors="replace")[:100_000]
    except OSError:
        text = ""
    names = tuple(line.strip() for line in text.splitlines() if line.strip())
    return names if len(names) >= count else tuple(str(number) for number in range(count))
