"""What kind of data a person's own file or folder holds, and the reader for it.

Looks at names and at the beginning of a file; the readers are imported when needed.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from playground.data.choices import Progress
from playground.data.dataset import DataChoice, DataProblem, Dataset
from playground.data.text_rows import silent

MOST_PEEKED = 65_536
"""Bytes of a file that are looked at to tell its kind."""


def load_folder(folder: Path, choice: DataChoice, progress: Progress | None) -> Dataset:
    """A folder of images, of labelled series, or of texts. Raises DataProblem for any other."""
    from playground.data.cifar_binary import is_cifar_folder, load_cifar
    from playground.data.image_files import is_image_folder
    from playground.data.image_folders import load_image_folder
    from playground.data.image_tables import labels_in
    from playground.data.text_folders import is_text_folder, load_text_folder
    from playground.data.ts_files import load_series_file, train_file_in

    if is_cifar_folder(folder):
        return load_cifar(folder, choice.target)
    if (series := train_file_in(folder)) is not None:
        return load_series_file(series)
    if (table := labels_in(folder)) is not None:
        return load_text_file(table, choice, progress)
    if is_image_folder(folder):
        return load_image_folder(folder, choice.images, progress)
    if is_text_folder(folder):
        return load_text_folder(folder, choice)
    raise DataProblem(
        f"The folder {folder} has no MNIST-format files (train-images-idx3-ubyte and train-labels-idx1-ubyte, plain or "
        ".gz), no folders of images or of texts, and no series. Choose the folder that holds them."
    )


def load_text_file(path: Path, choice: DataChoice, progress: Progress | None) -> Dataset:
    """A .csv, .tsv, .ts or .txt file as what it looks like. Raises DataProblem."""
    from playground.data.image_tables import is_image_table, load_image_table
    from playground.data.pairs import is_pairs, load_pairs
    from playground.data.prose import load_prose
    from playground.data.tables import load_table
    from playground.data.ts_files import is_labelled_tsv, load_series_file
    from playground.data.windows import is_single_series, load_windows

    suffix = path.suffix.lower()
    first = _first_lines(path)
    if suffix == ".ts" or (suffix == ".tsv" and is_labelled_tsv(path, first)):
        return load_series_file(path)
    if choice.series is not None or (choice.table is None and is_single_series(first, suffix)):
        return load_windows(path, choice)
    if suffix == ".txt":
        return load_pairs(path, choice) if is_pairs(first) else load_prose(path, choice)
    if is_image_table(path, first, choice.target):
        return load_image_table(path, choice, progress)
    return load_table(path, choice, progress or silent)


def looks_like_table(path: Path) -> bool:
    """Whether load_text_file would read a .csv or .tsv file as a table. Raises DataProblem."""
    from playground.data.image_tables import is_image_table
    from playground.data.ts_files import is_labelled_tsv
    from playground.data.windows import is_single_series

    suffix, first = path.suffix.lower(), _first_lines(path)
    if suffix == ".tsv" and is_labelled_tsv(path, first):
        return False
    return not is_single_series(first, suffix) and not is_image_table(path, first, None)


def _first_lines(path: Path, most: int = 200) -> list[str]:
    """The first whole lines; what is no text shows as such, and is refused by whoever reads all of it."""
    try:
        with path.open("rb") as file:
            start = file.read(MOST_PEEKED)
    except OSError as error:
        raise DataProblem(f"{path.name} cannot be read: {error.strerror}. Check the file.") from error
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    lines = start.decode(encoding, errors="replace").splitlines()
    whole = lines if len(start) < MOST_PEEKED else lines[:-1]
    return list(islice((line for line in whole if line.strip()), most))
