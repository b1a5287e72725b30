"""The command doctor: what this machine has, and what to install if something is missing."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib import metadata
from typing import Any

from playground import __version__
from playground.app import system
from playground.cli.printing import complain, console, say, say_json, table

PACKAGES = {
    "torch": "torch",
    "PySide6": "PySide6-Essentials",
    "pyqtgraph": "pyqtgraph",
    "numpy": "numpy",
    "pydantic": "pydantic",
    "scikit-learn": "scikit-learn",
    "threadpoolctl": "threadpoolctl",
    "openpyxl": "openpyxl",
    "optuna": "optuna",
    "pandas": "pandas",
    "Pillow": "Pillow",
    "safetensors": "safetensors",
    "rich": "rich",
    "platformdirs": "platformdirs",
    "filelock": "filelock",
    "pooch": "pooch",
    "requests": "requests",
    "urllib3": "urllib3",
}
"""What is shown, and the distribution that brings it."""


def add_commands(add: Any) -> None:
    """Declare this command."""
    add("doctor", doctor).add_argument("--json", action="store_true", help="write JSON")


def doctor(args: argparse.Namespace) -> int:
    """Say what this machine has, and what to install if something is missing."""
    versions = _versions()
    missing = system.missing_libraries(system.qt_platform())
    devices, problem = _devices()
    absent = [PACKAGES[name] for name, version in versions.items() if version is None]
    facts = {
        "versions": versions,
        "system": platform.platform(),
        "devices": devices,
        "threads": os.cpu_count() or 1,
        "display": _display(),
        "missing_packages": absent,
        "missing_libraries": [library.soname for library in missing],
        "install": _install(absent, missing),
        "problem": problem,
    }
    if args.json:
        say_json(facts)
    else:
        _print(facts)
        if missing:
            complain(system.sentence(missing))
    return 1 if absent or missing or problem else 0


def _versions() -> dict[str, str | None]:
    """Of everything used, read from what is installed without importing it; None where it is not."""
    found: dict[str, str | None] = {"playground": __version__, "python": platform.python_version()}
    for name, distribution in PACKAGES.items():
        try:
            found[name] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def _devices() -> tuple[list[str], str | None]:
    """What torch can compute on, or why it cannot be asked."""
    try:
        from playground.engine.device import available

        return list(available()), None
    except (ImportError, OSError) as error:
        return [], f"PyTorch cannot be loaded: {(str(error).splitlines() or ['no reason given'])[0]}"


def _display() -> str | None:
    if sys.platform != "linux":
        return platform.system()
    return system.qt_platform() if system.has_screen() else None


def _install(absent: list[str], missing: tuple[system.Library, ...]) -> list[str]:
    """The commands that bring what is missing."""
    commands = [f"{sys.executable} -m pip install {' '.join(absent)}"] if absent else []
    return [*commands, *([system.how_to_install(missing)] if missing else [])]


def _print(facts: dict[str, Any]) -> None:
    rows = table("What", "Found")
    for name, version in facts["versions"].items():
        rows.add_row(name, version or "not installed")
    rows.add_row("system", facts["system"])
    rows.add_row("devices", ", ".join(facts["devices"]) or facts["problem"] or "none")
    rows.add_row("threads", str(facts["threads"]))
    rows.add_row("display", facts["display"] or "none: the window cannot be opened here, all other commands can")
    rows.add_row(
        "libraries", f"{len(facts['missing_libraries'])} missing" if facts["missing_libraries"] else "all there"
    )
    console().print(rows)
    if facts["install"]:
        say("To install what is missing:")
        for line in facts["install"]:
            say(f"  {line}")
    else:
        say(facts["problem"] or "Everything is there.")
