"""After the window's first frame come the curves, then everything else, and between two pieces the window lives."""

from __future__ import annotations

import pytest

from playground.app.document import make_project
from playground.app.files import Project
from playground.ui.main_window import MainWindow
from playground.ui.panes.learning import LEFT, RIGHT

LATER = ("inside", "models", "confusion", "trying", "tune", "repeats")


@pytest.fixture
def window(qtbot):
    made = MainWindow(Project(make_project("spiral-mlp")[0]), "light")
    yield made
    made.close()


def there(window: MainWindow) -> list[str]:
    return [name for name in LATER if hasattr(window, name)]


def test_the_curves_come_first_and_the_rest_by_itself(window, qtbot):
    assert not hasattr(window, "loss")
    window.build_plots_in_turn()
    window.resize(1280, 720)
    window.show()

    assert window.loss.isVisible()
    assert window.compare.isVisible()
    assert there(window) == []
    assert [window.learning.curves.tabText(at) for at in (0, 4)] == ["Loss", "Models"]
    qtbot.waitUntil(lambda: window.right_tabs.count() == 3)
    assert there(window) == list(LATER)
    for tabs, names in ((window.learning.curves, LEFT), (window.learning.comparison, RIGHT)):
        filled = [tabs.widget(at) for at in range(tabs.count())]
        assert all(
            filled[at] is getattr(window, name) for at, name in enumerate(names) if name != "compare"
        )  # it scrolls in its tab


def test_who_asks_for_a_panel_before_its_turn_has_all_of_them(window):
    window.build_plots_in_turn()
    window.build_plots()

    window.show_place("repeats")
    assert there(window) == list(LATER)
    assert window.learning.curves.currentWidget() is window.repeats


def test_a_tab_that_was_chosen_while_it_was_empty_stays_in_front(window, qtbot):
    window.build_plots_in_turn()
    window.show()
    window.learning.show_place("models")
    assert not window.learning.comparison.isVisible(), "it has the whole panel already"

    window.build_plots()

    assert window.learning.curves.currentWidget() is window.models
    assert window.models.isVisible()
    assert not window.learning.comparison.isVisible()


def test_a_window_that_is_closed_between_two_pieces_builds_no_more(window, qtbot):
    window.build_plots_in_turn()
    window.show()
    window.close()

    qtbot.wait(50)
    window.build_plots()
    assert there(window) == []
