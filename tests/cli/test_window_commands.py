from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from playground.app import system
from playground.app.system import ALWAYS, FOR_WAYLAND, FOR_X11, Library, missing_libraries, qt_platform
from playground.cli import doctor, window

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="system libraries are looked for on Linux")


@pytest.fixture
def no_screen(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def lacking(monkeypatch):
    """A machine that has no libxcb-cursor and no libEGL."""
    monkeypatch.setattr(system, "_loads", lambda name: name not in ("libxcb-cursor.so.0", "libEGL.so.1"))


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({}, ""),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "xcb"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "wayland"}, "wayland"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen:size=10x10"}, "offscreen"),
        ({"QT_QPA_PLATFORM": "wayland;xcb"}, "wayland"),
    ],
)
def test_which_platform_qt_will_use(environment, platform):
    assert qt_platform(environment) == platform


def test_only_an_x_server_needs_the_libraries_of_x(monkeypatch):
    monkeypatch.setattr(system, "_loads", lambda _: False)

    assert missing_libraries("offscreen") == ALWAYS
    assert missing_libraries("xcb") == ALWAYS + FOR_X11
    assert missing_libraries("wayland") == ALWAYS + FOR_WAYLAND
    assert Library("libxcb-cursor.so.0", "libxcb-cursor0") in FOR_X11


def test_a_library_is_looked_for_by_loading_it():
    assert system._loads("libc.so.6")
    assert not system._loads("libnothing-of-the-kind.so.7")


@pytest.mark.parametrize("words", [[], ["open"]])
def test_a_missing_library_is_named_instead_of_aborting(run, lacking, monkeypatch, words):
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")

    said = run(*words)

    assert (said.status, said.out) == (1, "")
    assert said.err == (
        "playground: The window needs system libraries that are not installed: libEGL.so.1, libxcb-cursor.so.0. "
        "On Debian and Ubuntu, run “sudo apt-get install libegl1 libxcb-cursor0”.\n"
    )


@pytest.mark.parametrize("words", [[], ["open"]])
def test_without_a_screen_the_ways_out_are_told(run, no_screen, monkeypatch, words):
    monkeypatch.setattr(system, "_loads", lambda _: True)

    said = run(*words)

    assert said.status == 1
    assert "There is no screen to open a window on. Use “playground train PROJECT” in the terminal, or " in said.err
    assert "--screenshot FILE" in said.err


def test_sizes_and_steps_are_read_or_refused(refused):
    assert window._size("1440x900") == (1440, 900)
    assert "“big” is not a size. Write it as 1440x900. See" in refused("open", "--size", "big")
    assert "“0x5” is not a size" in refused("open", "--size", "0x5")
    assert "“-3” is not a number of steps" in refused("open", "--train-steps=-3")


def test_a_screen_that_does_not_answer_is_none(run, digits, no_screen, monkeypatch):
    """Qt would abort."""
    monkeypatch.setattr(system, "_loads", lambda _: True)
    monkeypatch.setenv("DISPLAY", ":4711")

    said = run("open", digits)

    assert said.status == 1
    assert "There is no screen to open a window on." in said.err


def test_open_hands_everything_to_the_window(run, digits, monkeypatch, no_screen):
    start = pytest.importorskip("playground.ui.start")
    asked = []
    monkeypatch.setattr(system, "_loads", lambda _: True)
    monkeypatch.setenv("QT_QPA_PLATFORM", "")  # put back afterwards
    monkeypatch.setattr(start, "open_window", lambda *words, **more: asked.append((words, more)) or 0)

    said = run(
        "open", digits, "--screenshot", "a.png", "--size", "800x600", "--theme", "dark", "--panel", "data",
        "--view", "overview", "--train-steps", 5,
    )  # fmt: skip

    wanted = {"screenshot": Path("a.png"), "size": (800, 600), "theme": "dark", "panel": "data", "view": "overview"}
    assert (said.status, said.err) == (0, "")
    assert asked == [((digits,), {**wanted, "train_steps": 5, "beside": (), "follow": None})]
    assert qt_platform() == "offscreen"


def test_doctor_says_what_there_is(run):
    said = run("doctor", "--json")

    facts = said.json
    assert {"playground", "python", "torch", "PySide6", "numpy"} <= facts["versions"].keys()
    assert "cpu" in facts["devices"]
    assert facts["threads"] >= 1
    assert facts["display"] == "offscreen"
    assert said.status == (1 if facts["missing_libraries"] else 0)
    assert "torch" in run("doctor").out


def test_doctor_looks_at_every_package_the_program_asks_for():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.match(r"[A-Za-z0-9-]+", each).group() for each in project["dependencies"]}
    assert set(doctor.PACKAGES.values()) == asked


def test_doctor_says_what_to_install(run, lacking, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setitem(doctor.PACKAGES, "rich", "nothing-of-that-name")

    told, said = run("doctor"), run("doctor", "--json")

    assert (told.status, said.status) == (1, 1)
    assert said.json["missing_libraries"] == ["libEGL.so.1", "libxcb-cursor.so.0"]
    assert said.json["missing_packages"] == ["nothing-of-that-name"]
    assert said.json["install"][-1] == "sudo apt-get install libegl1 libxcb-cursor0"
    assert "  sudo apt-get install libegl1 libxcb-cursor0\n" in told.out
    assert "not installed" in told.out
    assert "libxcb-cursor.so.0" in told.err


def test_doctor_says_why_torch_cannot_be_loaded(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "playground.engine.device", None)

    said = run("doctor", "--json")

    assert said.status == 1
    assert said.json["problem"].startswith("PyTorch cannot be loaded: ")


def test_several_projects_are_opened_as_rows_beside_the_first(run, tmp_path, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    paths = [tmp_path / f"{name}.nnplay" for name in ("one", "two", "three")]
    for path in paths:
        run("new", "xor-mlp", "-o", path)
    asked = {}
    monkeypatch.setattr("playground.ui.start.open_window", lambda path, **shown: asked.update(path=path, **shown) or 0)

    assert run("open", *paths, "--follow", tmp_path / "run.jsonl").status == 0

    assert asked["path"] == paths[0]
    assert asked["beside"] == tuple(paths[1:])
    assert asked["follow"] == tmp_path / "run.jsonl"


def test_a_run_is_followed_beside_a_project(run, tmp_path):
    said = run("open", "--follow", tmp_path / "run.jsonl")

    assert said.status == 2
    assert "--follow shows a run's curves beside a project. Name the project too." in said.err
