"""Builds what a person installs, by one command: `python packaging/build.py linux` (or windows, macos, folder).

Run it in an environment of its own in which the program is installed with the extra onnx, and what requirements.txt
beside this file names: what is in there comes along. README.md says what each platform's part needs.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT)]

import linux_packages  # noqa: E402
import trim  # noqa: E402

from playground import __version__  # noqa: E402

NAME = "nn-playground"


def main() -> int:
    """Build for one platform; the exit status."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("platform", choices=("linux", "windows", "macos", "folder"))
    asked.add_argument("--out", type=Path, default=ROOT / "dist", help="where the packages go")
    asked.add_argument("--folder", type=Path, help="package this frozen folder instead of freezing anew")
    asked.add_argument("--level", type=int, default=linux_packages.LEVEL, help="of zstd, 1 to 22")
    asked.add_argument("--suffix", default="", help="added to the packages' names, as in -cuda")
    args = asked.parse_args()
    out: Path = args.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    folder = args.folder.resolve() if args.folder else freeze(out)
    label = f"{__version__}{args.suffix}"
    linux_packages.LEVEL = args.level
    makers = {"linux": linux_packages.make, "windows": installer, "macos": disk_image}
    made = makers[args.platform](folder, out, label) if args.platform in makers else []
    if made:
        made.append(bill_of_materials(out, label))
        made.append(checksums(made, out))
    for path in made or [folder]:
        print(f"{_megabytes(path):7.1f} MB  {path}")
    return 0


def freeze(out: Path) -> Path:
    """Run PyInstaller and strip; the folder with the program."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--distpath", str(out), "--workpath", str(out / "work")]
    subprocess.run([*command, *places, str(HERE / f"{NAME}.spec")], check=True)
    folder = out / NAME
    if sys.platform == "linux":
        strip(folder)
    return folder


def strip(folder: Path) -> None:
    """Take the symbols from those libraries that bear it."""
    inside = folder / "_internal"
    for path in sorted(inside.rglob("*.so*")):
        if trim.may_be_stripped(path.relative_to(inside).as_posix()) and not path.is_symlink():
            subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)


def installer(folder: Path, out: Path, label: str) -> list[Path]:
    """Windows: Inno Setup's compiler makes the installer, for one user or for all."""
    compiler = shutil.which("iscc") or r"C:\Program Files (x86)\Inno Setup 6\ISCC.exe"
    facts = {"Version": __version__, "Label": label, "Folder": folder, "Out": out, "Icon": out / "work" / NAME}
    given = [f"/D{name}={value}" for name, value in facts.items()]
    subprocess.run([compiler, "/Q", *given, str(HERE / "windows" / f"{NAME}.iss")], check=True)
    return [out / f"{NAME}-{label}-windows-x86_64.exe"]


def disk_image(_folder: Path, out: Path, label: str) -> list[Path]:
    """macOS: a disk image with the application, and where to drag it."""
    machine = subprocess.run(["uname", "-m"], check=True, capture_output=True, text=True).stdout.strip()
    image = out / f"{NAME}-{label}-macos-{machine}.dmg"
    app = out / "Neural Network Playground.app"
    subprocess.run(["sh", str(HERE / "macos" / "make_dmg.sh"), str(app), str(image)], check=True)
    return [image]


def bill_of_materials(out: Path, label: str) -> Path:
    """What the packages are made of, with versions and licences, in CycloneDX's form."""
    path = out / f"{NAME}-{label}.cdx.json"
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--of", "JSON", "--output-reproducible"]
    subprocess.run([*command, "--pyproject", str(ROOT / "pyproject.toml"), "-o", str(path)], check=True)
    return path


def checksums(made: list[Path], out: Path) -> Path:
    """SHA-256 of each, as `sha256sum -c` reads them."""
    path = out / "SHA256SUMS"
    lines = []
    for file in made:
        with file.open("rb") as opened:
            lines.append(f"{hashlib.file_digest(opened, 'sha256').hexdigest()}  {file.name}\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file() and not file.is_symlink()]
    return sum(file.stat().st_size for file in files) / 1e6


if __name__ == "__main__":
    sys.exit(main())
