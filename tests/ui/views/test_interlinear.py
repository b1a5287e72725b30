"""Lines of symbols stand over one another, and break at the same places."""

from __future__ import annotations

import re

from playground.ui.views.interlinear import Line, interlinear


def rows(page: str) -> list[str]:
    """What stands in each row, a blank for each that keeps its place."""
    plain = re.sub(r"</?(tr|td|code|b)[^>]*>", "", page.replace("</tr>", "\n"))
    return [line.replace("&nbsp;", " ") for line in plain.splitlines()]


def test_words_stand_over_their_own():
    page = interlinear([Line("wanted", ["the", "cat", "sits"]), Line("epoch 9", ["a", "dog", "sits"], {2})], 40)
    assert rows(page) == ["wanted the cat sits ", "epoch 9 a   dog sits "]
    assert "<b>sits</b>" in page


def test_all_lines_break_at_the_same_place_and_no_word_within():
    lines = [Line("wanted", ["un", "rendez-vous", "ici"]), Line("epoch 1", ["un", "un", "un"])]
    assert [line.split()[-1] for line in rows(interlinear(lines, 15))] == ["rendez\u2011vous", "un", "ici", "un"]
    assert "white-space: nowrap" in interlinear(lines, 15)


def test_letters_stand_close_and_fill_the_row():
    assert rows(interlinear([Line("read", "abcdefgh")], 5)) == ["read abcde", "read fgh"]
    assert rows(interlinear([Line("read", "a <")], 5)) == ["read a·&lt;"]


def test_a_line_without_symbols_takes_no_row():
    assert interlinear([Line("read", [])], 10) == ""


def test_what_all_lines_end_in_is_told_once():
    lines = [Line("wanted", ["go", "<end>", "<end>", "<end>"]), Line("epoch 1", ["a", "<end>", "<end>", "<end>"])]
    assert [line.split() for line in rows(interlinear(lines, 40))] == [
        ["wanted", "go", "&lt;end&gt;"], ["epoch", "1", "a", "&lt;end&gt;"],
    ]  # fmt: skip
