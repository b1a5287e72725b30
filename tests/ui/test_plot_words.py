"""Words in a plot keep off the curves and each other, are cut where they are long, and stay where they stood."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from playground.ui.panes.plot_words import Word, _covered
from playground.ui.panes.plots import plot

LONG = "Set activation of dense2 to ReLU, and of the one behind it and of all the others that follow"


@pytest.fixture
def made(qtbot):
    """A plot with a falling curve, and what puts words into it."""
    from playground.ui.panes.plot_words import PlotWords

    widget = plot("epoch", "loss")
    qtbot.addWidget(widget)
    widget.resize(640, 220)
    x = np.arange(1.0, 600.0)
    curves = [widget.plot(x, 0.1 + 0.6 / (1 + x / 40)), widget.plot(x, 0.12 + 0.6 / (1 + x / 50))]
    widget.show()
    qtbot.waitExposed(widget)
    return widget, PlotWords(widget), curves


def crowd() -> list[Word]:
    return [
        Word("looking at epoch 300", "#1F66C7", x=300),
        Word("Set activation of dense2 to ReLU", "#5A6572", x=310),
        Word("Set units of dense1 to 20", "#5A6572", x=305),
        Word("logistic regression 0.688", "#5F6873", y=0.688),
        Word("best epoch 530", "#1B6B3A", x=530),
    ]


def test_words_lie_on_no_curve_and_not_on_one_another(made):
    _, words, curves = made
    words.show(crowd(), curves)
    places = words.places()
    assert len(places) == 5
    for one, other in combinations(places.values(), 2):
        assert not one.intersects(other)
    size = words._box.size()
    courses = words._courses(words._box.rect())
    assert not any(_covered(place, courses) for place in places.values())
    assert all(words._box.rect().contains(place.adjusted(1, 1, -1, -1)) for place in places.values()), size


def test_words_stand_beside_their_line(made):
    _, words, curves = made
    words.show(crowd(), curves)
    for word in crowd():
        place, at = words.places()[word.text], words._at(word, words._box.rect())
        gap = (
            min(abs(place.left() - at.x()), abs(place.right() - at.x()))
            if word.x
            else abs(min(place.top() - at.y(), place.bottom() - at.y(), key=abs))
        )
        assert gap <= 8


def test_long_words_are_cut_and_told_whole_under_the_mouse(made):
    _, words, curves = made
    words.show([Word(LONG, "#000000", x=300)], curves)
    [item] = words._items
    assert "…" in item.text()
    assert LONG in item.toolTip()
    assert item.area().width() < 0.53 * words._box.width()


def test_they_stay_where_they_stand_while_the_curve_goes_on(made):
    widget, words, curves = made
    widget.setXRange(0, 1000, padding=0)
    words.show(crowd(), curves)
    before = words.places()
    x = np.arange(1.0, 640.0)
    curves[0].setData(x, 0.1 + 0.6 / (1 + x / 40))
    words.show(crowd(), curves)
    assert words.places() == before


def test_what_is_out_of_view_or_has_no_room_is_not_written(made):
    widget, words, curves = made
    words.show([Word(f"edit number {number}", "#000000", x=300) for number in range(60)], curves)
    assert 4 <= len(words.places()) < 60
    widget.setXRange(400, 500, padding=0)
    words.lay_out()
    assert words.places() == {}


def test_words_in_one_line_are_so_far_apart_that_they_are_not_read_as_one_sentence(made):
    _, words, curves = made
    edits = [Word("Duplicate Dense 16", "#5A6572", x=590), Word("Change units of dense2", "#5A6572", x=588)]
    words.show([*edits, Word("logistic regression 0.685", "#5F6873", y=0.72), Word("best", "#1B6B3A", x=589)], curves)
    places = words.places()
    assert len(places) == 4
    for one, other in combinations(places.values(), 2):
        if one.top() < other.bottom() and other.top() < one.bottom():
            assert max(one.left(), other.left()) - min(one.right(), other.right()) >= 9
        else:
            assert not one.adjusted(0, -1.5, 0, 1.5).intersects(other)


def test_words_keep_off_what_else_stands_in_the_plot(made, qtbot):
    _, words, curves = made
    words.show([Word("logistic regression 0.5", "#5F6873", y=0.5)], curves)
    [before] = words.places().values()
    words.keep_free(before)
    qtbot.waitUntil(lambda: not words._soon.isActive())
    [after] = words.places().values()
    assert not after.intersects(before)
