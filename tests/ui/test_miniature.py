"""Small pictures of projects on the first page: made on saving, in both themes; a broken or old one is none."""

from __future__ import annotations

import os

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QPushButton

from playground.app import miniatures
from playground.ui.miniature import RATIO, SIZE, miniature
from playground.ui.theme import DARK, LIGHT


@pytest.fixture
def saved(qtbot, opened, tmp_path):
    """A window whose project was saved, and the file."""
    window, path = opened("xor-mlp"), tmp_path / "a.nnplay"
    window.session.save(path)
    qtbot.waitUntil(lambda: miniatures.kept(path, "dark") is not None, timeout=20_000)
    return window, path


def colors(icon):
    picture = icon.pixmap(SIZE * RATIO).toImage().convertToFormat(QImage.Format.Format_RGB32)
    return {picture.pixelColor(x, y).name().upper() for x in range(picture.width()) for y in range(picture.height())}


def test_a_saved_project_has_a_picture_in_each_theme(saved):
    _, path = saved
    assert {LIGHT.panel, LIGHT.family["dense"]} <= colors(miniature(path, LIGHT))
    assert {DARK.panel, DARK.family["dense"]} <= colors(miniature(path, DARK))
    assert LIGHT.panel not in colors(miniature(path, DARK))


def test_the_first_page_shows_it_beside_the_name(saved):
    window, path = saved
    window.go_to_welcome()
    [entry] = [each for each in window.welcome.findChildren(QPushButton) if each.text().startswith(path.name)]
    assert entry.iconSize() == SIZE
    assert LIGHT.family["dense"] in colors(entry.icon())


@pytest.mark.parametrize("damage", ["cut", "rubbish", "empty", "other size", "large", "gone", "older"])
def test_a_broken_or_older_one_is_none(saved, damage):
    window, path = saved
    [file] = miniatures.folder().glob("*-light.png")
    whole = file.read_bytes()
    if damage == "other size":
        other = QImage(2000, 2000, QImage.Format.Format_RGB32)
        other.fill(QColor("red"))
        assert other.save(str(file))
    elif damage == "gone":
        file.unlink()
    elif damage == "older":
        os.utime(path, (2e9, 2e9))
    else:
        content = {"cut": whole[: len(whole) // 3], "rubbish": b"\x89PNG" + bytes(90), "empty": b""}
        file.write_bytes(content.get(damage, whole + bytes(miniatures.MOST_BYTES)))
    assert miniature(path, LIGHT) is None
    window.go_to_welcome()


def test_there_are_never_more_than_so_many(tmp_path, monkeypatch):
    monkeypatch.setattr(miniatures, "MOST_PICTURES", 6)
    for number in range(9):
        (tmp_path / f"{number}.nnplay").touch()
        miniatures.keep(tmp_path / f"{number}.nnplay", {"light": b"x", "dark": b"x"})
    assert len(list(miniatures.folder().iterdir())) == 6
    assert miniatures.kept(tmp_path / "8.nnplay", "light") == b"x"


def test_a_cache_that_cannot_be_written_to_is_not_worth_a_word(tmp_path):
    miniatures.folder().parent.mkdir(parents=True)
    miniatures.folder().write_text("a file in its place")
    miniatures.keep(tmp_path / "a.nnplay", {"light": b"x"})
    assert miniatures.kept(tmp_path / "a.nnplay", "light") is None
