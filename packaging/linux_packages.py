"""The packages for Linux of one frozen folder: .tar.zst, .run and .deb. Needs zstd and dpkg-deb."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

NAME = "nn-playground"
HERE = Path(__file__).resolve().parent
LINUX = HERE / "linux"
ICON = HERE.parent / "assets" / "icons" / "playground.svg"
LEVEL = 19
"""Of zstd: a quarter of an hour of a core to pack, seconds to unpack. 22 takes twice as long."""
DEBIAN = {"x86_64": "amd64", "aarch64": "arm64"}
"""What Debian calls a machine."""


def make(folder: Path, out: Path, label: str) -> list[Path]:
    """All three of them."""
    desktop(folder)
    machine = platform.machine()
    archive = out / f"{NAME}-{label}-linux-{machine}.tar.zst"
    pack(folder, archive)
    run = out / f"{NAME}-{label}-linux-{machine}.run"
    self_extracting(archive, run, label, machine)
    return [archive, run, debian(folder, out, label, machine)]


def desktop(folder: Path) -> None:
    """Put beside the program what its place in the menu needs, and the script that installs it."""
    there = folder / "desktop"
    there.mkdir(exist_ok=True)
    for ending in ("desktop", "xml", "thumbnailer"):
        shutil.copy(LINUX / f"{NAME}.{ending}", there)
    shutil.copy(ICON, there / f"{NAME}.svg")
    shutil.copy(LINUX / "install.sh", folder)
    (folder / "install.sh").chmod(0o755)


def pack(folder: Path, archive: Path) -> None:
    """The folder as a tar packed by zstd, the same bytes for the same content."""
    order = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"]
    tar = subprocess.Popen(["tar", "-c", *order, "-C", str(folder.parent), folder.name], stdout=subprocess.PIPE)
    command = ["zstd", "--ultra", f"-{LEVEL}", "-T0", "--long=27", "-q", "-f", "-o", str(archive)]
    subprocess.run(command, stdin=tar.stdout, check=True)
    if tar.wait():
        raise OSError(f"tar could not read {folder}.")


def self_extracting(archive: Path, run: Path, label: str, machine: str) -> None:
    """The archive behind a script that unpacks and installs it."""
    script = (LINUX / "run-header.sh").read_text(encoding="utf-8")
    script = script.replace("@VERSION@", label).replace("@MACHINE@", machine)
    # The number itself is part of the script: as wide as the place that is kept for it, so that it stays true.
    begins = len(script.encode()) + 1
    script = script.replace("@OFFSET@", f"{begins:08d}")
    with run.open("wb") as file, archive.open("rb") as packed:
        file.write(script.encode())
        shutil.copyfileobj(packed, file)
    run.chmod(0o755)


def debian(folder: Path, out: Path, label: str, machine: str) -> Path:
    """The .deb: the folder in /opt, the command in /usr/bin, the desktop's files where dpkg's triggers see them."""
    architecture = DEBIAN.get(machine, machine)
    deb = out / f"{NAME}_{label}_{architecture}.deb"
    with tempfile.TemporaryDirectory(dir=out) as work:
        root = Path(work) / "root"
        inside = root / "opt" / NAME
        inside.parent.mkdir(parents=True)
        shutil.copytree(folder, inside, symlinks=True, copy_function=_linked)
        (inside / "install.sh").unlink()
        _spread(root, inside / "desktop")
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())
        control = (LINUX / "control").read_text(encoding="utf-8")
        for word, value in (("VERSION", label), ("ARCHITECTURE", architecture), ("KILOBYTES", str(size // 1024))):
            control = control.replace(f"@{word}@", value)
        (root / "DEBIAN").mkdir()
        (root / "DEBIAN" / "control").write_text(control, encoding="utf-8")
        root.chmod(0o755)
        command = ["dpkg-deb", "--root-owner-group", "-Zzstd", f"-z{LEVEL}", "--build", str(root), str(deb)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return deb


def _spread(root: Path, there: Path) -> None:
    """Move the desktop's files, and link the command."""
    share = root / "usr" / "share"
    places = {
        f"{NAME}.desktop": (share / "applications",),
        f"{NAME}.xml": (share / "mime" / "packages",),
        f"{NAME}.thumbnailer": (share / "thumbnailers",),
    }
    for name, (place,) in places.items():
        place.mkdir(parents=True)
        shutil.copy(there / name, place)
    for kind, name in (("apps", NAME), ("mimetypes", "application-x-nnplay")):
        icons = share / "icons" / "hicolor" / "scalable" / kind
        icons.mkdir(parents=True)
        shutil.copy(there / f"{NAME}.svg", icons / f"{name}.svg")
    shutil.rmtree(there)
    bin_ = root / "usr" / "bin"
    bin_.mkdir(parents=True)
    (bin_ / "playground").symlink_to(f"/opt/{NAME}/playground")
    terms = share / "doc" / NAME
    terms.mkdir(parents=True)
    shutil.copy(HERE.parent / "LICENSE", terms / "copyright")


def _linked(source: str, target: str) -> str:
    """A second name for the same file, where the disk allows it: it is read alone."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
