"""What all tests share: no screen, no settings of the person who runs them, nothing left running."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
settings.register_profile("the same each time", deadline=None, derandomize=True)
settings.load_profile("the same each time")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Without a screen there is no window system to ask for sizes or the keyboard, and Qt says so each time.
    for item in items:
        own = item.get_closest_marker("qt_log_ignore")
        others = own.args if own is not None else ()
        item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", *others, extend=True))


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Real data for tests, where there are any; the test is skipped, saying so, where not."""
    folder = Path(os.environ.get("PLAYGROUND_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no test data at {folder}; set PLAYGROUND_TEST_DATA")
    return folder


@pytest.fixture(scope="session")
def test_reference() -> Path:
    """Figures that others published; the test is skipped, saying so, where there are none."""
    beside = Path(__file__).parents[2] / "shared" / "reference"
    folder = Path(os.environ.get("PLAYGROUND_TEST_REFERENCE", beside))
    if not folder.is_dir():
        pytest.skip(f"no reference figures at {folder}; set PLAYGROUND_TEST_REFERENCE")
    return folder


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """The application that all windows of the tests live in."""
    from playground.ui.application import Application

    return Application


@pytest.fixture(scope="session")
def torch_at_hand() -> None:
    """Imported beforehand, which takes half a minute on a busy machine, so that runs begin at once."""
    import torch

    import playground.engine.train  # noqa: F401

    torch.optim.Adam([torch.zeros(1, requires_grad=True)])


@pytest.fixture
def quick_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the network stands a baseline whose fit costs nothing; tests/selection asks what others give."""
    from playground.app.comparing import USUAL

    monkeypatch.setitem(USUAL, "classes", ("majority",))
    monkeypatch.setitem(USUAL, "numbers", ("mean",))


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and recovery files of a test go into its own folder."""
    monkeypatch.setenv("PLAYGROUND_HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that leaves one of our threads behind has failed.

    Where there is a window, no thread may collect what belongs to Qt: garbage waits until the threads are gone.
    """
    if "qapp" in request.fixturenames:
        gc.disable()
    yield
    names = ("training", "baselines", "recording", "search", "repeats")
    ours = [t for t in threading.enumerate() if t.name in names or t.name.startswith("journal")]
    for thread in ours:
        thread.join(120)  # one may just be importing torch, on a busy machine
    left = [thread.name for thread in ours if thread.is_alive()]
    gc.enable()
    assert not left, f"still running after the test: {left}"
