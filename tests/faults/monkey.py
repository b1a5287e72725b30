"""A monkey at the window: random clicks, keys, drags, wheels, menus and dialogs, with training on and off; seeded.

Nothing may raise, Qt may not warn, no thread may be left, and memory may not grow by more than 50 MB. Its folder and
home are temporary.

Memory is what memory.py counts, looked at ten times, each time with everything closed and a small project open that
was just made, so that past moments and data of those before are gone. It is first looked at when everything has been
there once: each template has learned for a moment, every pane and view been in front, every action been chosen.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import random
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, deque
from pathlib import Path
from typing import Any

from tests.faults.memory import Held

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
MOST_GROWTH = 50.0
"""MB."""
RESTS = 10
"""Times that memory is looked at."""
MOST_WRONG = 30
SIZE = 1280, 800
"""Of the window at rest."""
QUIET = ("quit",)
"""Actions that would end the game."""
NOT_OURS = ("This plugin does not support", "stat() failed for")
"""What Qt says without a screen, and of a name in its own file dialog that is longer than a name can be."""
KEYS = "abcdefghinrswz0123456789.,-= "
TEMPLATES = ("spiral-mlp", "digits-cnn", "one-neuron", "table-mlp", "frequency-lstm", "xor-mlp", "digits-mlp")


def run(actions: int, seed: int, seconds: float) -> int:
    """Play; the exit status."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["PLAYGROUND_HOME"] = os.environ["HOME"] = home
        os.chdir(home)
        return _play(actions, seed, seconds)


def _play(actions: int, seed: int, seconds: float) -> int:
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from playground.app.document import make_project
    from playground.app.files import Project
    from playground.ui.garbage import Collector
    from playground.ui.start import make_window, settle_process
    from tests.faults import say
    from tests.faults.hands import Hands

    settle_process()
    faulthandler.enable()
    app = QApplication.instance() or QApplication([])
    watch = Watch()
    before = {thread.name for thread in threading.enumerate()}
    qInstallMessageHandler(watch.warned)
    sys.excepthook = watch.raised
    threading.excepthook = lambda args: watch.raised(args.exc_type, args.exc_value, args.exc_traceback)
    window = make_window(Project(make_project("spiral-mlp")[0]))
    Collector(app).begin()  # as start.py does
    window.resize(*SIZE)
    window.show()
    window.build_plots()
    hands = Hands(window, random.Random(seed), watch)
    _everything_once(app, window)
    hands.try_each_action(app)
    rests = [_at_rest(app, hands)]
    say(f"before the first: {rests[0].told()}")
    began = time.monotonic()
    for _ in range(RESTS):
        hands.play(app, max(actions // RESTS, 1), began + seconds)
        rests.append(_at_rest(app, hands))
        say(f"{hands.done} actions, {time.monotonic() - began:.0f} s: {rests[-1].told()}")
    window.close()
    window.deleteLater()
    _live(app, 2.0)
    _wait_for_training(app, 0)
    left = sorted({t.name for t in threading.enumerate() if not t.daemon or t.name == "training"} - before)
    say(
        f"{hands.done} actions in {time.monotonic() - began:.0f} s, seed {seed}, on {app.platformName()}: "
        f"{hands.reopened} projects opened, threads left: {', '.join(left) or 'none'}."
    )
    return 0 if _holds(watch, rests[0], rests[-1]) and not left else 1


def _holds(watch: Watch, first: Held, last: Held) -> bool:
    """Whether nothing was raised, no warning given, and no memory lost; says it."""
    from tests.faults import say

    growth = last.own - first.own
    say(
        f"{watch.wrong} exceptions and warnings of {len(watch.kinds)} kinds, "
        f"memory {first.own:.0f} → {last.own:.0f} MB ({growth:+.0f})."
    )
    if growth > MOST_GROWTH:
        say("  More than before: " + "; ".join(last.grown(first)))
    for kind, count in watch.kinds.most_common():
        say(f"  {count} × {kind}")
    return not watch.wrong and growth <= MOST_GROWTH


def _everything_once(app: Any, window: Any) -> None:
    """So that what comes afterwards is no longer the first time."""
    import scipy.special  # noqa: F401 - brought by the first interval over repeated runs

    from playground.ui.start import PANELS

    for template in TEMPLATES:
        window.files.new_from(template)
        _live(app, 0.5)
        window.session.play()
        for name in (*PANELS, *window.inside.names):
            window.show_place(name)
            _live(app, 0.1)


class Watch:
    """What went wrong, with what was done before."""

    def __init__(self) -> None:
        self.lately: deque[str] = deque(maxlen=12)
        self.kinds: Counter[str] = Counter()

    @property
    def wrong(self) -> int:
        return self.kinds.total()

    def warned(self, _kind: Any, _where: Any, words: str) -> None:
        """Qt says something."""
        if not any(known in words for known in NOT_OURS):
            self._note(f"Qt: {words}", "".join(traceback.format_stack(limit=14)))

    def raised(self, kind: type[BaseException], error: BaseException | None, at: Any) -> None:
        """An exception that nobody took."""
        frame = traceback.extract_tb(at)[-1] if at is not None else None
        where = f"{Path(frame.filename).name}:{frame.lineno}" if frame else "?"
        told = traceback.format_exception(kind, error, at)[-14:]  # events within events: hundreds of lines
        self._note(f"{kind.__name__}: {error} at {where}", "".join(told))

    def _note(self, kind: str, details: str) -> None:
        from tests.faults import say

        self.kinds[kind] += 1
        if self.kinds[kind] == 1:
            say(f"{kind}\n{details}after: {'; '.join(self.lately)}\n")


def _at_rest(app: Any, hands: Any) -> Held:
    """What is held with a small project open and nothing running."""
    hands.rest()
    _wait_for_training(app, 1)
    _live(app, 3.0)
    gc.collect()
    _live(app, 0.2)
    return Held.now()


def _wait_for_training(app: Any, most: int) -> None:
    """Until no more runs than that are there: a step of a large network takes a while, and cannot be cut short."""
    end = time.monotonic() + 180
    while sum(thread.name == "training" for thread in threading.enumerate()) > most and time.monotonic() < end:
        _live(app, 0.1)


def _live(app: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents()
        time.sleep(0.01)


def watch_for_hangs(seconds: float = 60.0) -> None:
    """Show where the window hangs, if it does."""
    faulthandler.dump_traceback_later(seconds, exit=False)
