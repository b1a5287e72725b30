"""Where a person's own data are kept on this computer. Knows no more than folders; settings are playground.app's."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP = "nn-playground"


def data_home() -> Path:
    """The program's folder for data; made by whoever writes into it.

    PLAYGROUND_HOME puts all of a person's folders into one, for tests and for a program on a stick.
    """
    home = os.environ.get("PLAYGROUND_HOME")
    return Path(home) / "data" if home else Path(platformdirs.user_data_dir(APP, appauthor=False))
