"""What the window needs of the machine beside Python: a screen and, on Linux, some libraries and malloc of the system.

Qt aborts without a word a person could use when one is missing, so they are looked for first. Knows no Qt.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Library:
    """A shared library, and the package of Debian and Ubuntu that brings it."""

    soname: str
    package: str


ALWAYS = (
    Library("libEGL.so.1", "libegl1"),
    Library("libGL.so.1", "libgl1"),
    Library("libglib-2.0.so.0", "libglib2.0-0"),
    Library("libxkbcommon.so.0", "libxkbcommon0"),
    Library("libdbus-1.so.3", "libdbus-1-3"),
    Library("libfontconfig.so.1", "libfontconfig1"),
    Library("libfreetype.so.6", "libfreetype6"),
    Library("libX11.so.6", "libx11-6"),
)
"""Needed to load Qt at all, without a screen too."""

FOR_X11 = (
    Library("libxcb.so.1", "libxcb1"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4"),
    Library("libxcb-image.so.0", "libxcb-image0"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Library("libxcb-randr.so.0", "libxcb-randr0"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0"),
    Library("libxcb-render.so.0", "libxcb-render0"),
    Library("libxcb-shape.so.0", "libxcb-shape0"),
    Library("libxcb-shm.so.0", "libxcb-shm0"),
    Library("libxcb-sync.so.1", "libxcb-sync1"),
    Library("libxcb-util.so.1", "libxcb-util1"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1"),
    Library("libX11-xcb.so.1", "libx11-xcb1"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)
"""Needed to draw on an X server: what Qt's plugin for it is linked with."""

FOR_WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0"),
)
"""Needed to draw on a Wayland compositor."""


ARENAS = 2
"""Places from which malloc hands out memory, of which it otherwise makes eight a core, one a thread."""


@cache
def _malloc() -> ctypes.CDLL:
    return ctypes.CDLL(None)  # each makes a type of its own


def share_memory_between_threads() -> bool:
    """Have one thread use what another gave back; False where malloc is not glibc's. Before threads begin.

    Each run has a thread of its own. After 8,000 random actions at the window 290 MB lay free in places of threads
    that were gone.
    """
    m_arena_max = -8  # as malloc.h says
    try:
        return bool(_malloc().mallopt(m_arena_max, ARENAS))
    except (AttributeError, OSError, TypeError):
        return False


def give_back_free_memory() -> bool:
    """Have malloc return the pages that lie free between what is used; False where malloc is not glibc's or had none.

    Training makes and drops arrays of all sizes, and what stays lies between them: the process grew by 50 MB an hour
    while what was used did not grow. Takes 1 to 4 ms with 15 MB free; man 3 malloc_trim.
    """
    try:
        return bool(_malloc().malloc_trim(0))
    except (AttributeError, OSError, TypeError):
        return False


def qt_platform(environment: Mapping[str, str] = os.environ) -> str:
    """Which of Qt's platforms will be used on Linux: offscreen, xcb, wayland; empty if there is no screen."""
    asked = environment.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if asked:
        return asked
    has_wayland, has_x = bool(environment.get("WAYLAND_DISPLAY")), bool(environment.get("DISPLAY"))
    if has_wayland and (not has_x or environment.get("XDG_SESSION_TYPE") == "wayland"):
        return "wayland"
    return "xcb" if has_x else ""


def has_screen() -> bool:
    """Whether a window can be opened, be it one that nobody sees. True wherever the system always has a screen."""
    if sys.platform != "linux":
        return True
    platform = qt_platform()
    return bool(platform) and (platform != "xcb" or _answers(os.environ.get("DISPLAY", "")))


@cache
def _answers(display: str) -> bool:
    """Whether an X server takes a connection, where Qt would abort. True where that cannot be found out.

    The connection is never closed: an X server that loses its last one may begin anew, and refuse the next meanwhile.
    """
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
        xcb.xcb_connect.restype = ctypes.c_void_p
        connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
        return not xcb.xcb_connection_has_error(connection)
    except (OSError, AttributeError):
        return True


def missing_libraries(platform: str) -> tuple[Library, ...]:
    """What must be installed before Qt can use that platform; nothing outside Linux."""
    if sys.platform != "linux":
        return ()
    needed = ALWAYS + {"xcb": FOR_X11, "": FOR_X11, "wayland": FOR_WAYLAND}.get(platform, ())
    return tuple(library for library in needed if not _loads(library.soname))


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def how_to_install(missing: tuple[Library, ...]) -> str:
    """The line for Debian and Ubuntu that installs them; empty if nothing is missing."""
    return f"sudo apt-get install {' '.join(library.package for library in missing)}" if missing else ""


def sentence(missing: tuple[Library, ...]) -> str:
    """What is missing and the way out, for a person."""
    names = ", ".join(library.soname for library in missing)
    return (
        f"The window needs system libraries that are not installed: {names}. "
        f"On Debian and Ubuntu, run “{how_to_install(missing)}”."
    )
