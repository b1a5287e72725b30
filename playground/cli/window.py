"""The commands that open the window: open, and playground alone; and the one that draws without it, thumbnail.

What Qt needs is looked for first, since Qt aborts where it is missing. The window itself is playground.ui.
"""

from __future__ import annotations

import argparse
import gc
import os
from pathlib import Path
from typing import Any

from playground.app import system
from playground.app.files import read_document, read_project
from playground.cli.printing import Unusable, WorkFailed

SIZE = (1440, 900)


def add_commands(add: Any) -> None:
    """Declare this command."""
    made = add("open", open_)
    made.add_argument(
        "project", metavar="PROJECT", type=Path, nargs="*", help="a .nnplay file; more stand beside the first as rows"
    )
    made.add_argument(
        "--follow", metavar="FILE", type=Path, help="show a run elsewhere live: what train --events writes"
    )
    made.add_argument("--screenshot", metavar="FILE", type=Path, help="draw the window once, write a PNG and exit")
    made.add_argument("--size", type=_size, default=SIZE, metavar="1440x900", help="of the window, in pixels")
    made.add_argument("--theme", choices=("light", "dark"), help="without it, the one chosen last, else the system's")
    made.add_argument("--panel", metavar="NAME", help="which panel is in front")
    made.add_argument("--view", metavar="NAME", help="which view of the inside is shown, as in receptive_field")
    made.add_argument("--train-steps", type=_count, default=0, metavar="N", help="steps to train before drawing")
    small = add("thumbnail", thumbnail)
    small.add_argument("project", metavar="PROJECT", type=Path, help="a .nnplay file")
    small.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="the PNG to write")
    small.add_argument("--size", type=_side, default=256, metavar="PIXELS", help="its side, 16 to 1024")


def _side(text: str) -> int:
    if not text.isdecimal() or not 16 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"“{text}” is not a side from 16 to 1024 pixels")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and 0 < int(width) <= 16_384 and 0 < int(height) <= 16_384):
        raise argparse.ArgumentTypeError(f"“{text}” is not a size. Write it as 1440x900")
    return int(width), int(height)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of steps. Write it as 200")
    return int(text)


def welcome(_args: argparse.Namespace) -> int:
    """Open the window on the welcome page."""
    return _opened(None)


def open_(args: argparse.Namespace) -> int:
    """Open the window, on a project or on the welcome page; several are compared with the first.

    What is wrong with the first is said at once, before there is a window; with the others, in the window.
    """
    first = args.project[0] if args.project else None
    if first is not None:
        read_project(first)
    if args.follow is not None and first is None:
        raise Unusable("--follow shows a run's curves beside a project. Name the project too.")
    shown = {name: getattr(args, name) for name in ("screenshot", "size", "theme", "panel", "view", "train_steps")}
    return _opened(first, **shown, beside=tuple(args.project[1:]), follow=args.follow)


def thumbnail(args: argparse.Namespace) -> int:
    """Write a small picture of a project's network, for file browsers."""
    document = read_document(args.project)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    missing = system.missing_libraries("offscreen")
    if missing:
        raise WorkFailed(system.sentence(missing))
    from playground.ui.thumbnail import write_thumbnail

    if not write_thumbnail(document, args.size, args.output):
        raise WorkFailed(f"{args.output} cannot be written. Choose another folder.")
    return 0


def _opened(path: Path | None, *, screenshot: Path | None = None, **shown: Any) -> int:
    """As playground.ui.start.open_window, where the machine has what that needs."""
    if screenshot is not None and not system.has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    missing = system.missing_libraries(system.qt_platform())
    if missing:
        raise WorkFailed(system.sentence(missing))
    if not system.has_screen():
        raise WorkFailed(
            "There is no screen to open a window on. Use “playground train PROJECT” in the terminal, or "
            "“playground open PROJECT --screenshot FILE” for a picture."
        )
    gc.disable()  # nothing of what is imported now is garbage; ui/garbage.py collects once there is a window
    from playground.ui.start import open_window

    return open_window(path, screenshot=screenshot, **shown)
