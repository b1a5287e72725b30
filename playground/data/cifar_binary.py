"""CIFAR's binary version: records of labels and 32×32 colour pixels, data_batch_*.bin or train.bin, and the test part.

Format: Krizhevsky, "The CIFAR-10 and CIFAR-100 datasets", binary version.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from playground.data.dataset import Bytes, DataProblem, Dataset, Ints

PIXELS = 3 * 32 * 32
MOST_BYTES = 2**30


def is_cifar_folder(folder: Path) -> bool:
    """Whether a folder looks like an unpacked binary version of CIFAR-10 or CIFAR-100."""
    return bool(_train_files(folder))


def _train_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("data_batch_*.bin")) or [path for path in (folder / "train.bin",) if path.is_file()]


def load_cifar(folder: Path) -> Dataset:
    """Read such a folder. Of CIFAR-100's two labels the fine one is the class. Raises DataProblem."""
    train = _train_files(folder)
    labels = 2 if train[0].name == "train.bin" else 1
    test = folder / ("test.bin" if labels == 2 else "test_batch.bin")
    files = [*train, *([test] if test.is_file() else [])]
    if sum(path.stat().st_size for path in files) > MOST_BYTES:
        raise DataProblem(f"The files in {folder} have more than 1,024 MB: they are not CIFAR's. Choose other files.")
    read = [_records(path, labels) for path in files]
    images, classes = np.concatenate([pair[0] for pair in read]), np.concatenate([pair[1] for pair in read])
    if classes.min() == classes.max():
        raise DataProblem(f"Every image in {folder.name} has the label {classes[0]}. Choose data of several classes.")
    return Dataset(
        folder.name, folder.name, "image", images, classes, "classes", _names(folder, int(classes.max()) + 1),
        about=f"{len(images):,} colour images of 32×32 pixels from {folder.name}. Krizhevsky 2009.",
        test_from=sum(len(pair[1]) for pair in read[: len(train)]) if test.is_file() else None,
    )  # fmt: skip


def _records(path: Path, labels: int) -> tuple[Bytes, Ints]:
    content = np.frombuffer(path.read_bytes(), np.uint8)
    size = labels + PIXELS
    if not len(content) or len(content) % size:
        raise DataProblem(
            f"{path.name} has {len(content):,} bytes, which are not whole records of {size:,}. Download it again."
        )
    records = content.reshape(-1, size)
    return np.ascontiguousarray(records[:, labels:]).reshape(-1, 3, 32, 32), records[:, labels - 1].astype(np.int64)


def _names(folder: Path, count: int) -> tuple[str, ...]:
    """From the list that lies beside, if it is long enough, else the numbers."""
    for name in ("batches.meta.txt", "fine_label_names.txt"):
        try:
            text = (folder / name).read_text(encoding="utf-8", errors="replace")[:100_000]
        except OSError:
            continue
        names = tuple(line.strip() for line in text.splitlines() if line.strip())
        if len(names) >= count:
            return names
    return tuple(str(number) for number in range(count))
