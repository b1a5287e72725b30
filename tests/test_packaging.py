"""What packaging/ makes of the program: names, types and versions that agree, and packages that go as they came."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from playground import __version__
from playground.app.files import SUFFIX

ROOT = Path(__file__).parents[1]
PACKAGING = ROOT / "packaging"
LINUX = PACKAGING / "linux"
TYPE = "application/x-nnplay"
needs_linux = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("zstd") or not shutil.which("dpkg-deb"),
    reason="needs Linux, zstd and dpkg-deb",
)


@pytest.fixture
def makers(monkeypatch):
    """The module that makes the packages for Linux, packing fast."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    import linux_packages

    monkeypatch.setattr(linux_packages, "LEVEL", 1)
    return linux_packages


@pytest.fixture
def frozen(tmp_path):
    """A folder as PyInstaller leaves one, with a program that says what it was called with."""
    folder = tmp_path / "out" / "nn-playground"
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "library.so").write_bytes(b"\x7fELF" * 100)
    (folder / "playground").write_text('#!/bin/sh\necho "playground $*"\n')
    (folder / "playground").chmod(0o755)
    return folder


def entries(name: str, section: str) -> dict[str, str]:
    read = ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(LINUX / name, encoding="utf-8")
    return dict(read[section])


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() or path.is_symlink()}


def test_the_menu_the_file_type_and_the_command_agree():
    entry, thumbnail = (
        entries("nn-playground.desktop", "Desktop Entry"),
        entries("nn-playground.thumbnailer", "Thumbnailer Entry"),
    )
    (kind,) = ElementTree.parse(LINUX / "nn-playground.xml").getroot()
    command = next(iter(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]))
    (glob,) = [part.get("pattern") for part in kind if part.tag.endswith("glob")]

    assert entry["Exec"].split() == [command, "open", "%f"]
    assert thumbnail["TryExec"] == thumbnail["Exec"].split()[0] == command
    assert entry["MimeType"] == thumbnail["MimeType"] == f"{TYPE};"
    assert kind.get("type") == TYPE
    assert glob == f"*{SUFFIX}"
    assert entry["Icon"] == "nn-playground"


def test_all_systems_know_the_same_file_type_and_one_version():
    spec = (PACKAGING / "nn-playground.spec").read_text(encoding="utf-8")
    setup = (PACKAGING / "windows" / "nn-playground.iss").read_text(encoding="utf-8")

    for script in (spec, setup):
        assert TYPE in script
        assert SUFFIX.removeprefix(".") in script
        assert __version__ not in script, "it is read from playground.__version__"
    assert "@VERSION@" in (LINUX / "control").read_text(encoding="utf-8")
    assert "Check: IsNotOnPath" in setup
    assert "function IsNotOnPath" in setup


def test_packed_code_loses_its_docstrings_and_keeps_its_assertions(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(PACKAGING))
    import lean
    from trim import may_lose_docstrings

    source = tmp_path / "module.py"
    source.write_text(
        '"""About it."""\nfrom __future__ import annotations\n\n\nclass Kind:\n    """About the kind."""\n\n'
        '    def ask(self):\n        """About asking."""\n        assert False, "said"\n\n'
        'def nothing():\n    """About nothing."""\n'
    )
    made: dict = {"__name__": "module"}
    exec(lean.code(source), made)

    assert (made.get("__doc__"), made["Kind"].__doc__.strip(), made["Kind"].ask.__doc__) == (None, "", None)
    assert made["nothing"]() is made["nothing"].__doc__ is None
    with pytest.raises(AssertionError, match="said"):
        made["Kind"]().ask()
    assert not may_lose_docstrings("playground.layers.dense"), "they are the manual"


def test_every_file_that_the_scripts_name_is_there():
    scripts = [*PACKAGING.rglob("*.py"), *PACKAGING.rglob("*.sh"), *(ROOT / ".github" / "workflows").glob("*.yml")]

    for script in scripts:
        for place in re.findall(r"packaging/[\w./-]+\.\w+", script.read_text(encoding="utf-8")):
            assert (ROOT / place).exists(), f"{script.name} names {place}"
    for shell in PACKAGING.rglob("*.sh"):
        assert subprocess.run(["sh", "-n", str(shell)], check=False).returncode == 0, shell.name


@needs_linux
def test_what_the_run_file_installs_its_uninstaller_takes_away_again(makers, frozen, tmp_path):
    makers.desktop(frozen)
    archive, run, there = tmp_path / "a.tar.zst", tmp_path / "a.run", tmp_path / "my programs"
    makers.pack(frozen, archive)
    makers.self_extracting(archive, run, "9.9", "x86_64")

    subprocess.run(["sh", str(run), "--prefix", str(there)], check=True, capture_output=True)

    program = there / "nn-playground" / "playground"
    said = subprocess.run([there / "bin" / "playground", "open"], check=True, capture_output=True, text=True).stdout
    assert said == "playground open\n"
    entry = (there / "share" / "applications" / "nn-playground.desktop").read_text()
    assert f'Exec="{program}" open %f' in entry
    assert (there / "share" / "mime" / "packages" / "nn-playground.xml").is_file()
    assert (there / "share" / "icons" / "hicolor" / "scalable" / "mimetypes" / "application-x-nnplay.svg").is_file()
    assert f"TryExec={program}" in (there / "share" / "thumbnailers" / "nn-playground.thumbnailer").read_text()
    subprocess.run([there / "nn-playground" / "uninstall.sh"], check=True)
    left = {name for name in everything(there) if not name.startswith("share/mime/") and "mimeinfo" not in name}
    assert left == set()


@needs_linux
def test_an_installer_leaves_a_stranger_s_folder_alone(makers, frozen, tmp_path):
    makers.desktop(frozen)
    mine = tmp_path / "there" / "nn-playground"
    mine.mkdir(parents=True)
    (mine / "thesis.txt").write_text("mine")

    done = subprocess.run(
        [frozen / "install.sh", "--prefix", str(mine.parent)], check=False, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "is there already and was not made by this program. Move it away, or choose --prefix FOLDER." in done.stderr
    assert everything(mine) == {"thesis.txt"}


@needs_linux
def test_the_debian_package_puts_everything_where_the_desktop_looks(makers, frozen, tmp_path):
    makers.desktop(frozen)

    deb = makers.debian(frozen, tmp_path, "9.9", "x86_64")

    facts = subprocess.run(["dpkg-deb", "--field", deb], check=True, capture_output=True, text=True).stdout
    assert "Package: nn-playground\nVersion: 9.9\nArchitecture: amd64\n" in facts
    unpacked = tmp_path / "unpacked"
    subprocess.run(["dpkg-deb", "--extract", deb, unpacked], check=True)
    assert everything(unpacked) == {
        "opt/nn-playground/playground", "opt/nn-playground/_internal/library.so", "usr/bin/playground",
        "usr/share/applications/nn-playground.desktop", "usr/share/mime/packages/nn-playground.xml",
        "usr/share/thumbnailers/nn-playground.thumbnailer", "usr/share/doc/nn-playground/copyright",
        "usr/share/icons/hicolor/scalable/apps/nn-playground.svg",
        "usr/share/icons/hicolor/scalable/mimetypes/application-x-nnplay.svg",
    }  # fmt: skip
    assert str((unpacked / "usr/bin/playground").readlink()) == "/opt/nn-playground/playground"


def test_the_icons_of_windows_and_macos_are_drawn_from_the_same_picture(tmp_path, monkeypatch, qapp):
    monkeypatch.syspath_prepend(str(PACKAGING))
    import icons
    from PIL import Image

    made = icons.write_icons(ROOT / "assets" / "icons" / "playground.svg", tmp_path)

    with Image.open(made["win32"]) as ico, Image.open(made["darwin"]) as icns:
        assert (16, 16) in ico.info["sizes"]
        assert (256, 256) in ico.info["sizes"]
        assert max(icns.info["sizes"])[0] >= 256
        blue = ico.convert("RGBA").getpixel((128, 20))
        assert blue[2] > blue[0]


@pytest.mark.slow
def test_the_frozen_program_does_everything(tmp_path):
    pytest.importorskip("PyInstaller", reason="needs what packaging/requirements.txt names")
    build = [sys.executable, str(PACKAGING / "build.py"), "folder", "--out", str(tmp_path)]
    subprocess.run(build, check=True)

    program = tmp_path / "nn-playground" / "playground"
    done = subprocess.run(
        [sys.executable, str(PACKAGING / "try_it.py"), str(program)], check=False, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
    files = (path for path in program.parent.rglob("*") if path.is_file() and not path.is_symlink())
    assert sum(path.stat().st_size for path in files) < 800e6
