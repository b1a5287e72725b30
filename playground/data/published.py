"""Data sets that others published and that are downloaded by name: their files, checksums, licences, and reading them.

Nothing here goes to the network: downloads.py does, when a person has agreed. Files that were put into the folder by
hand are found as well.
"""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from shutil import copyfileobj

from playground.data.cifar_binary import load_cifar
from playground.data.dataset import DataProblem, Dataset
from playground.data.idx import FASHION as FASHION_CLASSES
from playground.data.idx import load_idx
from playground.data.places import data_home

MOST_MEMBERS = 100
MOST_MEMBER_BYTES = 200 * 2**20


@dataclass(frozen=True)
class Remote:
    """One file as its publisher has it."""

    name: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True)
class Published:
    """A data set that can be downloaded."""

    name: str
    title: str
    summary: str
    examples: int
    folder_name: str
    addresses: tuple[str, ...]
    """Where the files are, one after another if one does not answer; each ends in a slash."""
    files: tuple[Remote, ...]
    licence: str
    page: str
    """Where a person can read about it."""
    source: str
    """Whom to cite."""
    read: Callable[[Path], Dataset]
    classes: tuple[str, ...] = ()
    """Names of the classes, where the files do not tell them."""
    unpacked: tuple[str, ...] = ()
    """What the archive holds and is needed of it; empty if the files are read as they are."""
    inner: str = ""
    """The folder in the archive that they lie in."""

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(file.size for file in self.files)

    @property
    def folder(self) -> Path:
        """Where its files are kept, and may be put by hand."""
        return data_home() / "datasets" / self.folder_name

    @property
    def is_here(self) -> bool:
        """Whether its files are on this computer."""
        return self.is_unpacked or all((self.folder / file.name).is_file() for file in self.files)

    @property
    def is_unpacked(self) -> bool:
        """Whether they can be read as they are, none of them packed."""
        names = self.unpacked or tuple(file.name.removesuffix(".gz") for file in self.files)
        return all((self.folder / name).is_file() for name in names)

    def load(self) -> Dataset:
        """Read it. Raises: DataProblem: If it is not here, with the ways to get it; or if its files are damaged."""
        if not self.is_here:
            raise DataProblem(
                f"{self.title} is not on this computer yet. Download it ({megabytes(self.size)}) in the data pane or "
                f"with “playground datasets --download {self.name}”, or put {self.by_hand} into the folder "
                f"{self.folder}."
            )
        if self.unpacked and not self.is_unpacked:
            self.unpack()
        found = self.read(self.folder)
        return replace(
            found,
            name=self.name,
            title=self.title,
            class_names=self.classes or found.class_names,
            about=f"{found.about} {self.source} Licence: {self.licence}",
        )

    @property
    def by_hand(self) -> str:
        """Which files to put into the folder."""
        names = [file.name for file in self.files]
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

    def unpack(self) -> None:
        """Take out of the archive what is needed, and nothing else; its names are not followed anywhere.

        Raises: DataProblem: If it is not the published archive, or is damaged.
        """
        (file,) = self.files
        archive = self.folder / file.name
        with archive.open("rb") as content:
            if file_digest(content, "sha256").hexdigest() != file.sha256:
                raise DataProblem(f"{archive} is not the published file: its checksum differs. Download it again.")
        try:
            with tarfile.open(archive, "r:gz") as members:
                self._take_out(members)
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise DataProblem(f"{archive} cannot be unpacked: it is damaged. Download it again.") from error
        if not self.is_unpacked:
            raise DataProblem(f"{archive} lacks files that {self.title} has. Download it again.")

    def _take_out(self, members: tarfile.TarFile) -> None:
        wanted = {f"{self.inner}/{name}": name for name in self.unpacked}
        for _ in range(MOST_MEMBERS):
            member = members.next()
            if member is None:
                return
            name = wanted.get(member.name)
            content = members.extractfile(member) if name and member.isfile() else None
            if name is None or content is None or member.size > MOST_MEMBER_BYTES:
                continue
            beside = self.folder / f"{name}.part"
            with beside.open("wb") as target:
                copyfileobj(content, target)
            beside.replace(self.folder / name)


def megabytes(size: int) -> str:
    """Bytes as people read them.

    >>> megabytes(11_594_722), megabytes(170_052_171)
    ('11.6 MB', '170 MB')
    """
    share = size / 1e6
    return f"{share:.1f} MB" if share < 100 else f"{share:,.0f} MB"


def _idx(sizes: tuple[tuple[int, str], ...]) -> tuple[Remote, ...]:
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    return tuple(Remote(f"{name}-ubyte.gz", *each) for name, each in zip(names, sizes, strict=True))


CIFAR_LICENCE = "None is stated; the authors ask to cite Krizhevsky 2009."
CIFAR = ("https://www.cs.toronto.edu/~kriz/",)
CIFAR_SOURCE = "Krizhevsky 2009, “Learning multiple layers of features from tiny images”."
MNIST = Published(
    "mnist", "MNIST", "Handwritten digits of 28×28 pixels.", 70_000, "mnist",
    ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
    _idx((
        (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    )),
    "Creative Commons Attribution-ShareAlike 3.0.", "https://en.wikipedia.org/wiki/MNIST_database",
    "LeCun, Cortes and Burges 1998.", load_idx,
)  # fmt: skip
FASHION = Published(
    "fashion-mnist", "Fashion-MNIST", "Clothes and shoes of 28×28 pixels.", 70_000, "fashion-mnist",
    ("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
     "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
    _idx((
        (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    )),
    "MIT.", "https://github.com/zalandoresearch/fashion-mnist", "Xiao, Rasul and Vollgraf 2017, Zalando.", load_idx,
    FASHION_CLASSES,
)  # fmt: skip
CIFAR_10 = Published(
    "cifar-10", "CIFAR-10", "Ten kinds of things and animals, in colour, 32×32 pixels.", 60_000, "cifar-10", CIFAR,
    (Remote(
        "cifar-10-binary.tar.gz", 170_052_171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
    ),),
    CIFAR_LICENCE, "https://www.cs.toronto.edu/~kriz/cifar.html", CIFAR_SOURCE, load_cifar,
    unpacked=(*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin", "batches.meta.txt"),
    inner="cifar-10-batches-bin",
)  # fmt: skip
CIFAR_100 = Published(
    "cifar-100", "CIFAR-100", "A hundred kinds of things and animals, in colour, 32×32 pixels.", 60_000, "cifar-100",
    CIFAR,
    (Remote(
        "cifar-100-binary.tar.gz", 168_513_733, "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"
    ),),
    CIFAR_LICENCE, "https://www.cs.toronto.edu/~kriz/cifar.html", CIFAR_SOURCE, load_cifar,
    unpacked=("train.bin", "test.bin", "fine_label_names.txt", "coarse_label_names.txt"), inner="cifar-100-binary",
)  # fmt: skip
CIFAR_20 = replace(
    CIFAR_100, name="cifar-100-coarse", title="CIFAR-100, 20 groups", read=lambda folder: load_cifar(folder, "coarse"),
    summary="CIFAR-100 by its 20 groups: fish, flowers, insects …",
)  # fmt: skip
PUBLISHED = {each.name: each for each in (MNIST, FASHION, CIFAR_10, CIFAR_100, CIFAR_20)}
"""By name, as in a data choice. Checksums as the publishers, TensorFlow Datasets and torchvision have them."""
