"""Arrays saved by numpy as .npz: x and y, or x_train, y_train, x_test, y_test. Never unpickled."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataProblem, Dataset, Kind

MOST_BYTES = 2 * 2**30


def load_npz(path: Path) -> Dataset:
    """Read an .npz file. Whole-number targets are classes. Raises DataProblem."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > MOST_BYTES:
            raise DataProblem(f"{path.name} would take {size / 2**20:,.0f} MB; at most 2,048 MB are read.")
        with np.load(path, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files if name in _NAMES}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataProblem(f"{path.name} is not an .npz file of plain arrays. Save it anew with numpy.savez.") from error
    return _dataset(path, found)


_NAMES = ("x", "y", "x_train", "y_train", "x_test", "y_test")


def _dataset(path: Path, found: dict[str, NDArray[np.generic]]) -> Dataset:
    if {"x_train", "y_train"} <= found.keys():
        pairs = [(found["x_train"], found["y_train"])]
        if {"x_test", "y_test"} <= found.keys():
            pairs.append((found["x_test"], found["y_test"]))
    elif {"x", "y"} <= found.keys():
        pairs = [(found["x"], found["y"])]
    else:
        raise DataProblem(
            f"{path.name} has no arrays named x and y (or x_train, y_train). Save it anew with those names."
        )
    try:
        inputs = np.concatenate([_inputs(x) for x, _ in pairs])
        targets = np.concatenate([np.asarray(y).reshape(len(y), -1) for _, y in pairs])
    except (ValueError, TypeError) as error:
        raise DataProblem(f"The arrays in {path.name} do not fit together: {error}.") from error
    if len(inputs) != len(targets) or not targets.shape[1:] or not np.issubdtype(targets.dtype, np.number):
        raise DataProblem(
            f"{path.name} has {len(inputs)} inputs, but {len(targets)} targets. Save it anew with as many."
        )
    kinds: dict[int, Kind] = {2: "table", 3: "sequence", 4: "image"}
    test_from = len(pairs[0][0]) if len(pairs) > 1 else None
    about = f"{len(inputs):,} examples from {path.name}."
    kind = kinds[inputs.ndim]
    if np.issubdtype(targets.dtype, np.integer) and targets.shape[1] == 1:
        words, codes = np.unique(targets[:, 0], return_inverse=True)
        classes = tuple(str(word) for word in words)
        return Dataset(
            path.name, path.stem, kind, inputs, codes.astype(np.int64), "classes", classes, (), about, test_from
        )
    return Dataset(
        path.name, path.stem, kind, inputs, targets.astype(np.float32), "numbers", (), (), about, test_from
    )  # fmt: skip


def _inputs(values: NDArray[np.generic]) -> NDArray[np.float32]:
    """As (n, units), (n, steps, features) or (n, channels, height, width).

    Bytes (n, height, width) are grey images; a last side of 1, 3 or 4 after height and width holds the channels.
    """
    made = np.asarray(values).astype(np.float32)
    if made.ndim == 3 and values.dtype == np.uint8:
        return made[:, None]
    if made.ndim == 4 and made.shape[-1] in (1, 3, 4):
        return np.ascontiguousarray(made.transpose(0, 3, 1, 2))
    if made.ndim not in (2, 3, 4):
        raise ValueError(f"inputs have {made.ndim} dimensions, from 2 to 4 can be used")
    return made
