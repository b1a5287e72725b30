"""What was done beside the window's thread is handed over to it, each answer once, whatever becomes of another."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from playground.app.beside import Beside


def test_an_answer_that_cannot_be_taken_leaves_the_others_to_come():
    beside, came = Beside(), []
    answers = [Future() for _ in range(3)]
    for number, answer in enumerate(answers):
        beside.watch(answer, _refuse if number == 1 else came.append, came.append)
        answer.set_result(number)
    with pytest.raises(RuntimeError, match="its window is gone"):
        beside.poll()
    beside.poll()
    assert came == [0, 2]
    beside.poll()
    assert came == [0, 2]
    beside.close()


def _refuse(_):
    raise RuntimeError("its window is gone")
