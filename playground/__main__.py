"""Where the command `playground` begins. What it can do is in playground.cli."""

from __future__ import annotations

import io
import multiprocessing
import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command line and exit with its status."""
    multiprocessing.freeze_support()
    # Torch's threads then sleep while they wait for one another, and leave the cores to the window and the baselines.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Pydantic would look for plugins in every installed package, a tenth of a second, and run what it finds.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that has no × shows a ? instead of failing
    _show_outline(sys.argv[1:])
    from playground import cli

    sys.exit(cli.main())


def _show_outline(arguments: list[str]) -> None:
    """Where nothing is asked but the window, put it on the screen before the rest is imported."""
    command, *files = arguments or ["open"]
    if command != "open" or not all(Path(name).is_file() for name in files):
        return
    from playground.app import system

    if system.has_screen() and not system.missing_libraries(system.qt_platform()):
        from playground.ui.early import show_outline

        show_outline(sys.argv[0], bool(files))


if __name__ == "__main__":
    main()
