"""A webcam's frames become what the network sees: in the layouts that webcams have, upright and no mirror image.

The camera alone is made up; frames, and the sink they come out of, are Qt Multimedia's own.
"""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QWidget

from playground.ui.trying import picture_sources
from playground.ui.trying.picture_sources import PictureSources, fitting, pixels_of
from tests.ui.test_try_pane import answered, on_paper, trained  # noqa: F401 - a fixture

SAMPLED = ("YUYV", "UYVY", "NV12", "NV21", "YUV420P")


@pytest.fixture
def qt():
    return pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)


# Qt says what it does without: a graphics card to convert frames, libraries to decode films.
pytestmark = pytest.mark.qt_log_ignore("No RHI backend", "Couldn't (load|resolve)", extend=True)


class Camera(QObject):
    """A webcam as Qt Multimedia has them, without one."""

    errorOccurred = Signal(object, str)

    def __init__(self, *_):
        super().__init__()
        self.is_on, self.format = False, None

    def start(self):
        self.is_on = True

    def stop(self):
        self.is_on = False

    def setCameraFormat(self, format):
        self.format = format

    def setCamera(self, _):
        pass

    setVideoSink = setCamera


@pytest.fixture
def device():
    return SimpleNamespace(isNull=lambda: False, videoFormats=list)


@pytest.fixture
def camera(qt, device, monkeypatch):
    """Qt Multimedia with that camera."""
    devices = SimpleNamespace(defaultVideoInput=lambda: device)
    made = SimpleNamespace(QCamera=Camera, QMediaCaptureSession=Camera, QVideoSink=qt.QVideoSink, QMediaDevices=devices)
    monkeypatch.setattr(picture_sources, "multimedia", lambda: made)


@pytest.fixture
def sources(qtbot, camera):
    owner = QWidget()
    qtbot.addWidget(owner)
    found = PictureSources(owner)
    found.camera_action.trigger()
    yield found
    found.stop()


def frame_of(qt, grey, form, turned=0, mirrored=False):
    """A frame (height, width) of that layout, which says by how many quarter turns and how it has to be shown."""
    stored = np.rot90(np.fliplr(grey) if mirrored else grey, turned)
    high, wide = stored.shape
    format = qt.QVideoFrameFormat(QSize(wide, high), getattr(qt.QVideoFrameFormat.PixelFormat, f"Format_{form}"))
    format.setRotation(qt.QtVideo.Rotation(90 * turned))
    format.setMirrored(mirrored)
    frame = qt.QVideoFrame(format)
    assert frame.map(qt.QVideoFrame.MapMode.WriteOnly)
    for plane in range(frame.planeCount()):
        line = frame.bytesPerLine(plane)
        cells = np.frombuffer(frame.bits(plane), np.uint8).reshape(-1, line)
        cells[:] = 128  # no colour, where colours are apart
        light = np.round(16 + stored * (219 / 255)).astype(np.uint8) if form in SAMPLED else stored
        if form in ("YUYV", "UYVY"):
            cells[:, form == "UYVY" : 2 * wide : 2] = light
        elif form == "Y8" or (plane == 0 and form in SAMPLED):
            cells[:, :wide] = light
        elif form not in SAMPLED:
            cells[:, : 4 * wide] = np.repeat(stored[..., None], 4, axis=2).reshape(high, -1)
            cells[:, (0 if form[0] == "A" else 3) : 4 * wide : 4] = 255
    frame.unmap()
    return frame


def picture():
    """Nothing in it looks the same turned or mirrored."""
    grey = np.full((64, 96), 240, np.uint8)
    grey[8:16, 8:56], grey[16:48, 8:16] = 20, 120
    return grey


def taken(qtbot, sources, frame):
    """What comes of a frame, through the sink that the webcam gives it to."""
    with qtbot.waitSignal(sources.taken, timeout=5000) as got:
        sources._camera[2].setVideoFrame(frame)
    return pixels_of(got.args[0])


@pytest.mark.parametrize("form", [*SAMPLED, "Y8", "BGRX8888", "BGRA8888", "RGBX8888", "RGBA8888", "ARGB8888"])
def test_each_layout_of_a_frame_gives_the_same_pixels(qtbot, qt, sources, form):
    pixels = taken(qtbot, sources, frame_of(qt, picture(), form))
    assert pixels.shape == (64, 96, 3)
    assert np.abs(pixels.astype(int) - picture()[..., None]).max() <= 4


@pytest.mark.parametrize("turned", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_frames_of_a_turned_or_mirroring_webcam_come_upright(qtbot, qt, sources, turned, mirrored):
    pixels = taken(qtbot, sources, frame_of(qt, picture(), "YUYV", turned, mirrored))
    assert np.abs(pixels.astype(int) - picture()[..., None]).max() <= 4


def test_a_frame_that_holds_no_picture_is_passed_by(qtbot, qt, sources):
    empty = qt.QVideoFrame(qt.QVideoFrameFormat(QSize(8, 8), qt.QVideoFrameFormat.PixelFormat.Format_Jpeg))
    assert empty.toImage().isNull()
    with qtbot.assertNotEmitted(sources.taken):
        sources._camera[2].setVideoFrame(empty)
        sources._take_frame()
    with qtbot.assertNotEmitted(sources.taken):
        sources._camera[2].setVideoFrame(qt.QVideoFrame())
        sources._take_frame()


def test_large_frames_are_made_smaller_before_they_are_looked_at(qtbot, qt, sources):
    grey = np.kron(picture(), np.ones((20, 20), np.uint8))
    pixels = taken(qtbot, sources, frame_of(qt, grey, "NV12"))
    assert pixels.shape == (682, 1024, 3)


def test_a_webcams_smallest_format_with_enough_lines_is_asked_for(device, sources):
    sizes = [(1920, 1080), (320, 240), (640, 480), (1280, 720)]
    formats = [SimpleNamespace(resolution=lambda size=size: QSize(*size)) for size in sizes]
    assert fitting(formats).resolution() == QSize(640, 480)
    assert fitting(formats[1:2]).resolution() == QSize(320, 240)
    assert fitting([]) is None
    assert sources._camera[0].format is None
    sources.stop()
    device.videoFormats = lambda: formats
    sources.camera_action.trigger()
    assert sources._camera[0].format.resolution() == QSize(640, 480)


def test_a_digit_held_before_the_webcam_is_answered_live_and_it_is_off_when_nobody_looks(
    qtbot, request, qt, camera, device
):
    pane = request.getfixturevalue("trained").trying
    pane.pictures.camera_action.trigger()
    switched, _, sink = pane.pictures._camera
    assert switched.is_on
    for number in (3, 4):
        grey = pixels_of(on_paper(number))[..., 0]
        sink.setVideoFrame(frame_of(qt, grey, "YUYV", turned=number % 4))
        answered(qtbot, pane, str(number))
    pane.hide()
    assert not switched.is_on
    pane.show()
    device.isNull = lambda: True
    pane.pictures.camera_action.trigger()
    assert pane.note.text() == "No webcam is connected. Connect one and choose Webcam again."
    assert not pane.pictures.camera_action.isChecked()


def test_a_webcam_that_breaks_off_says_why(qtbot, sources):
    with qtbot.waitSignal(sources.failed) as said:
        sources._camera[0].errorOccurred.emit(None, "Device busy.")
    assert said.args == ["The webcam gives no picture: Device busy."]
    assert not sources.camera_action.isChecked()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModuleNotFoundError("No module named 'PySide6.QtMultimedia'"), "“pip install nn-playground[webcam]”"),
        (
            ImportError("libpulse.so.0: cannot open shared object file: No such file or directory"),
            "a library of the system that is missing: libpulse.so.0. Install it (on Debian and Ubuntu “sudo apt-get",
        ),
    ],
)
def test_what_is_missing_for_a_webcam_is_told_with_the_way_out(qtbot, monkeypatch, error, words):
    owner = QWidget()
    qtbot.addWidget(owner)
    sources = PictureSources(owner)

    def missing():
        raise error

    monkeypatch.setattr(picture_sources, "multimedia", missing)
    with qtbot.waitSignal(sources.failed) as said:
        sources.camera_action.trigger()
    assert words in said.args[0]
    assert not sources.camera_action.isChecked()
    monkeypatch.setattr("sys.frozen", True, raising=False)
    with qtbot.waitSignal(sources.failed) as said:
        sources.camera_action.trigger()
    assert said.args[0].startswith("This package of the program knows no webcam.")


def test_libraries_that_are_missing_are_not_told_on_the_terminal():
    """In a process of its own: Qt tells it once, when it is loaded."""
    pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    code = (
        "from PySide6.QtCore import qInstallMessageHandler\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app, told = QApplication([]), []\n"
        "qInstallMessageHandler(lambda *words: told.append(words[2]))\n"
        "from playground.ui.trying.picture_sources import multimedia\n"
        "multimedia().QMediaDevices.defaultVideoInput()\n"
        "qInstallMessageHandler(None)\n"
        "print(told)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")
