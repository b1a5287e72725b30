"""Every data set by its name, and the one way in: load() takes a choice and gives a Dataset.

Readers are in the modules beside this one and imported when needed; dividing and scaling is split.py's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PureWindowsPath

from playground.data import bundled, drawn, language, patterns, points, series, shapes, strokes
from playground.data.choices import Progress
from playground.data.corrections import labelled
from playground.data.dataset import DataChoice, DataProblem, Dataset, Kind
from playground.data.published import PUBLISHED
from playground.data.text_rows import silent
from playground.layers.shape import Task


@dataclass(frozen=True)
class Entry:
    """One line of `playground datasets`."""

    name: str
    title: str
    kind: Kind
    task: Task
    examples: int
    summary: str


_ENTRIES = (
    Entry("circle", "Circle", "points", "classes", 500, "A disc inside a ring: no line parts them."),
    Entry(
        "xor", "Exclusive or", "points", "classes", 500, "Opposite quarters belong together: one neuron cannot do it."
    ),
    Entry("gauss", "Two bells", "points", "classes", 500, "Two clouds that a line parts almost perfectly."),
    Entry("spiral", "Spiral", "points", "classes", 500, "Two arms wound round each other: hidden layers are needed."),
    Entry("plane", "Plane", "points", "numbers", 1200, "A tilted plane: one linear neuron is enough."),
    Entry("hills", "Hills", "points", "numbers", 1200, "Six hills and hollows on a plain."),
    Entry("digits", "Digits", "image", "classes", 1797, "Handwritten digits of 8×8 pixels."),
    Entry("strokes", "Stroke digits", "image", "classes", 3000, "Digits of 28×28 pixels, written by a made pen."),
    Entry("shapes", "Shapes", "image", "classes", 3000, "Six shapes of 28×28 pixels, turned and moved."),
    Entry(
        "images-32",
        "Gratings, 32 pixels",
        "image",
        "classes",
        1000,
        "Made images, for the networks of CIFAR.",
    ),
    Entry("images-224", "Gratings, 224 pixels", "image", "classes", 60, "Made images with ImageNet's 1,000 classes."),
    Entry("iris", "Iris", "table", "classes", 150, "Three species of iris by four lengths."),
    Entry("wine", "Wine", "table", "classes", 178, "Three growers of wine by thirteen analyses."),
    Entry("breast-cancer", "Breast cancer", "table", "classes", 569, "Malignant or benign by thirty measures."),
    Entry("diabetes", "Diabetes", "table", "numbers", 442, "Progression after a year by ten measures."),
    Entry("frequency", "Frequency", "sequence", "classes", 1200, "How many periods has a noisy wave?"),
    Entry("parity", "Parity", "sequence", "classes", 2000, "Is the number of ones even or odd?"),
    Entry("adding", "Adding problem", "sequence", "numbers", 2000, "The sum of the two numbers that are marked."),
    Entry("running-parity", "Running parity", "sequence", "classes", 2000, "The parity of the bits so far, each step."),
    Entry("reverse", "Turned round", "text", "classes", 3000, "Eight letters, to be answered last one first."),
    Entry("alice", "Alice", "text", "classes", 181, "The beginning of a book: which letter comes next?"),
)
TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".parquet", ".pq")
FILES = (*TABLES, ".npz", ".ts", ".txt")
"""Endings of data in one file; any other stands for its folder."""
CATALOGUE = {entry.name: entry for entry in _ENTRIES}
GENERATED: dict[str, Callable[[DataChoice], Dataset]] = {
    **dict.fromkeys(points.SETS, points.make),
    drawn.SOURCE: drawn.make,
    **series.SERIES,
    **patterns.PATTERNS,
    **language.LANGUAGE,
}
MADE_IMAGES: dict[str, Callable[[DataChoice, Progress], Dataset]] = {
    "strokes": strokes.strokes,
    "shapes": shapes.shapes,
}


def load(choice: DataChoice, progress: Progress | None = None) -> Dataset:
    """The data set of that name, or read from that path.

    progress: called now and then while many files are read; what it raises ends the reading.
    Raises: DataProblem: If there is none, or it cannot be used.
    """
    return labelled(_read(choice, progress), choice)


def _read(choice: DataChoice, progress: Progress | None) -> Dataset:
    source = choice.source
    if source in GENERATED:
        return GENERATED[source](choice)
    if source in MADE_IMAGES:
        return MADE_IMAGES[source](choice, progress or silent)
    if source in PUBLISHED:
        return PUBLISHED[source].load()
    if source in bundled.BUNDLED:
        return bundled.BUNDLED[source]()
    try:
        path = Path(source).expanduser()
        is_folder, is_file = path.is_dir(), path.is_file()
    except (OSError, RuntimeError):  # a name too long for the system, or of a person it does not know
        is_folder = is_file = False
    if source and is_folder:
        return _load_folder(path, choice, progress)
    if source and is_file:
        return _load_file(path, choice, progress)
    raise DataProblem(f"There is no data set or file “{_short(source)}”. {_way_out(source)}")


def _way_out(source: str) -> str:
    if Path(source).is_absolute() or PureWindowsPath(source).is_absolute():
        return (
            "If it was moved or renamed, say where it is now: “Find it …” beside the data in the window, “playground "
            "rewrite PROJECT --data PATH” in the terminal."
        )
    names = (*CATALOGUE, *PUBLISHED)
    close = get_close_matches(source, names, 1)
    return f"Did you mean “{close[0]}”?" if close else f"There are: {', '.join(names)}."


def is_own(source: str) -> bool:
    """Whether it is a file or folder of the person's, not a data set that the program knows."""
    return source not in (*CATALOGUE, *PUBLISHED, drawn.SOURCE)


def is_gone(source: str) -> bool:
    """Whether it is a file or folder of the person's that is not there."""
    try:
        return is_own(source) and not Path(source).expanduser().exists()
    except (OSError, RuntimeError):  # as in _read
        return True


def is_table(path: Path) -> bool:
    """Whether a file would be read as a table, not as a series, as text, or as names of images."""
    if path.suffix.lower() not in TABLES or not path.is_file():
        return False
    if path.suffix.lower() not in (".csv", ".tsv"):
        return True
    from playground.data.own_files import looks_like_table

    return looks_like_table(path)


def _short(source: str) -> str:
    return source if len(source) <= 200 else f"{source[:80]}…{source[-80:]}"


def _load_file(path: Path, choice: DataChoice, progress: Progress | None) -> Dataset:
    suffix = path.suffix.lower()
    if suffix == ".npz":
        from playground.data.arrays import load_npz

        return load_npz(path)
    if suffix in (".csv", ".tsv", ".ts", ".txt"):
        from playground.data.own_files import load_text_file

        return load_text_file(path, choice, progress)
    if suffix in TABLES:
        from playground.data.tables import load_table

        return load_table(path, choice, progress or silent)
    raise DataProblem(
        f"{path.name} is of no kind that can be read. Use a .csv, .tsv, .xlsx, .parquet, .ts, .txt or .npz file, or a "
        "folder of images, of texts, or of MNIST-format files."
    )


def _load_folder(folder: Path, choice: DataChoice, progress: Progress | None) -> Dataset:
    from playground.data.idx import is_idx_folder, load_idx
    from playground.data.own_files import load_folder

    return load_idx(folder) if is_idx_folder(folder) else load_folder(folder, choice, progress)
