"""Pictures to try from elsewhere: the clipboard, a part of the screen, a webcam where Qt Multimedia is installed.

Gives pictures as Qt has them; what is made of them is the pane's business. Nothing is watched unless a person asks.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from PySide6.QtCore import QLoggingCategory, QMimeData, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from playground.data.dataset import Bytes
from playground.ui.trying.region_picker import RegionPicker, screen_picture

LARGEST = 1024
"""Pixels of a picture's larger side; a larger one is made smaller: no network sees so many, and to find the figure in
4 million takes 110 ms."""
FEWEST = 480
"""Lines of the webcam's picture: more would only be thrown away."""
EVERY = 100
"""Milliseconds between two pictures of the webcam."""


def pixels_of(image: QImage) -> Bytes:
    """(height, width, 3) red, green and blue; what is transparent shows white."""
    if max(image.width(), image.height()) > LARGEST:
        modes = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        image = image.scaled(LARGEST, LARGEST, *modes)
    plain = QImage(image.size(), QImage.Format.Format_RGB888)
    plain.fill(Qt.GlobalColor.white)
    painter = QPainter(plain)
    try:
        painter.drawImage(0, 0, image)
    finally:
        painter.end()
    lines = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return lines[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def picture_in(mime: QMimeData | None) -> QImage | None:
    """The picture that was copied or dragged, if it is one and no file."""
    if mime is None or not mime.hasImage() or any(url.isLocalFile() for url in mime.urls()):
        return None
    image = mime.imageData()
    return image if isinstance(image, QImage) and not image.isNull() else None


def multimedia() -> Any:
    """Qt Multimedia. Raises ImportError where it, or a library of the system that it needs, is not installed.

    Of those that it merely likes to have it tells on the terminal, one by one: that is kept quiet.
    """
    QLoggingCategory.setFilterRules("qt.multimedia.symbolsresolver=false\nqt.multimedia.ffmpeg.info=false")
    return import_module("PySide6.QtMultimedia")


def fitting(formats: Sequence[Any]) -> Any:
    """The smallest of a webcam's formats that has enough lines, or the largest; None if it tells none."""
    by_size = sorted(formats, key=lambda each: each.resolution().height() * each.resolution().width())
    enough = [each for each in by_size if each.resolution().height() >= FEWEST]
    return (enough or by_size[-1:] or [None])[0]


class PictureSources(QObject):
    """The menu of the button, and what its entries do."""

    taken = Signal(QImage, str)
    """A picture, and what it is called."""
    failed = Signal(str)
    """Why there is none, in a sentence."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self._picker: RegionPicker | None = None
        self._camera: tuple[Any, ...] = ()
        self._frame: Any = None
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self._take_frame)
        menu = QMenu(owner)
        self.paste_action = menu.addAction(self.tr("Paste\tCtrl+V"), self.paste)
        self.screen_action = menu.addAction(self.tr("Part of the screen…"), self.pick)
        self.camera_action = QAction(self.tr("Webcam"), menu, checkable=True)
        self.camera_action.toggled.connect(self._switch_camera)
        menu.addAction(self.camera_action)
        self.button = QPushButton(self.tr("Picture"))
        self.button.setMenu(menu)
        self.button.setToolTip(
            self.tr("A picture from the clipboard, from the screen or from a webcam. One can be dropped here too.")
        )

    def paste(self) -> None:
        """What the clipboard holds."""
        image = picture_in(QGuiApplication.clipboard().mimeData())
        if image is None:
            self.failed.emit(self.tr("The clipboard holds no picture. Copy one first, or make a screenshot."))
        else:
            self.taken.emit(image, self.tr("the pasted picture"))

    def pick(self) -> None:
        """Have a part of the screen marked with the mouse."""
        screen = self._owner.screen()
        picture = screen_picture(screen)
        if picture.isNull():
            words = self.tr(
                "This desktop lets no program see the screen. Make a screenshot with the desktop's own tool, and paste "
                "it here with Ctrl+V."
            )
            self.failed.emit(words)
            return
        self._picker = RegionPicker(picture, screen, self._owner)
        self._picker.picked.connect(lambda part: self.taken.emit(part, self.tr("the part of the screen")))
        self._picker.begin()

    # The webcam

    def stop(self) -> None:
        """Switch the webcam off."""
        self.camera_action.setChecked(False)

    def _switch_camera(self, is_on: bool) -> None:
        self._timer.stop()
        if self._camera:
            self._camera[0].stop()
            self._camera, self._frame = (), None
        if not is_on:
            return
        problem = self._begin_camera()
        if problem:
            self.camera_action.setChecked(False)
            self.failed.emit(problem)

    def _begin_camera(self) -> str:
        """Start it; why not, if it cannot be."""
        try:
            qt = multimedia()
        except ImportError as error:
            return self._without_multimedia(error)
        device = qt.QMediaDevices.defaultVideoInput()
        if device.isNull():
            return self.tr("No webcam is connected. Connect one and choose Webcam again.")
        camera, session, sink = qt.QCamera(device), qt.QMediaCaptureSession(), qt.QVideoSink()
        form = fitting(device.videoFormats())
        if form is not None:
            camera.setCameraFormat(form)
        camera.errorOccurred.connect(self._camera_failed)
        session.setCamera(camera)
        session.setVideoSink(sink)
        sink.videoFrameChanged.connect(self._keep_frame)
        self._camera = camera, session, sink
        camera.start()
        self._timer.start()
        return ""

    def _without_multimedia(self, error: ImportError) -> str:
        if getattr(sys, "frozen", False):
            return self.tr(
                "This package of the program knows no webcam. Take the picture with another program, and paste it here "
                "with Ctrl+V."
            )
        if isinstance(error, ModuleNotFoundError):
            return self.tr(
                "The webcam needs Qt Multimedia, which is not installed. Install it with “pip install "
                "nn-playground[webcam]” and start the program again."
            )
        words = self.tr(
            "The webcam needs a library of the system that is missing: %1. Install it (on Debian and Ubuntu “sudo "
            "apt-get install libpulse0”) and start the program again."
        )
        return words.replace("%1", str(error).partition(":")[0])

    def _camera_failed(self, _error: object, words: str) -> None:
        self.stop()
        self.failed.emit(self.tr("The webcam gives no picture: %1.").replace("%1", words.rstrip(".")))

    def _keep_frame(self, frame: Any) -> None:
        self._frame = frame

    def _take_frame(self) -> None:
        """The newest frame: a webcam gives more than a network needs."""
        frame, self._frame = self._frame, None
        image = frame.toImage() if frame is not None and frame.isValid() else QImage()  # upright, as the webcam says
        if not image.isNull():
            self.taken.emit(image, self.tr("the webcam's picture"))
