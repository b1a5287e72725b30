"""The program's icon as Windows and macOS want it, drawn from the one SVG."""

from __future__ import annotations

import io
import os
from pathlib import Path

SIDES = (16, 32, 48, 64, 128, 256, 512)


def write_icons(svg: Path, folder: Path) -> dict[str, str]:
    """Write an .ico and an .icns into the folder; where they are, by sys.platform."""
    folder.mkdir(parents=True, exist_ok=True)
    largest, *others = [_drawn(svg, side) for side in reversed(SIDES)]
    made = {"win32": folder / "nn-playground.ico", "darwin": folder / "nn-playground.icns"}
    largest.resize((256, 256)).save(made["win32"], sizes=[(side, side) for side in SIDES if side <= 256])
    largest.save(made["darwin"], append_images=others)
    return {platform: str(path) for platform, path in made.items()}


def _drawn(svg: Path, side: int):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image
    from PySide6.QtCore import QBuffer, Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    app = QGuiApplication.instance() or QGuiApplication([])
    picture = QImage(side, side, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    del app
    return Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGBA")
