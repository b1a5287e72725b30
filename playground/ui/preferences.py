"""Where the window keeps how it was left: one file, which may be deleted."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from playground.app.settings import config_folder


def preferences() -> QSettings:
    """What was kept, by name."""
    return QSettings(str(config_folder() / "window.ini"), QSettings.Format.IniFormat)
