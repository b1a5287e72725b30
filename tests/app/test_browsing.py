"""Looking through the data: orders, what is known of an example, and corrections as steps that can be undone."""

from __future__ import annotations

from time import monotonic, sleep

import numpy as np
import pytest

from playground.app.browsing import Browsing
from playground.app.document import make_project
from playground.app.session import Session


def poll_until(session, ready, seconds=20.0):
    until = monotonic() + seconds
    while not ready() and monotonic() < until:
        session.poll()
        sleep(0.005)
    assert ready()


@pytest.fixture
def session():
    made = Session(*make_project("digits-mlp"))
    made.prepare()
    poll_until(made, lambda: made.examples is not None)
    yield made
    made.close()


def test_rows_are_those_of_a_part_and_class_and_never_of_the_test_part(session):
    browsing, examples = Browsing(session), session.examples
    both = browsing.rows("both", None, "given")
    assert len(both) == len(examples.train) + len(examples.valid)
    assert not set(both) & set(examples.test.rows)
    assert np.array_equal(browsing.rows("valid", None, "given"), examples.valid.rows)
    sevens = browsing.rows("train", 7, "given")
    assert (examples.dataset.targets[sevens] == 7).all()


def test_orders_are_worked_out_beside_and_explained(session):
    browsing, found = Browsing(session), []
    assert browsing.orders() == ("given", "far", "doubtful", "twins")
    assert not browsing.is_ready("doubtful")
    browsing.prepare("doubtful", lambda: found.append(True), found.append)
    poll_until(session, lambda: bool(found))
    assert browsing.is_ready("far")
    rows = browsing.rows("both", None, "doubtful")
    assert len(set(rows.tolist())) == len(browsing.rows("both", None, "given"))
    words = " ".join(browsing.why(int(rows[0])))
    own = session.examples.dataset.class_names[session.examples.dataset.targets[rows[0]]]
    names = words.partition("examples are: ")[2].rstrip(".").split(", ")
    assert names.count(own) == 0


def test_a_corrected_label_is_one_step_and_undone(session):
    browsing = Browsing(session)
    row = int(session.examples.train.rows[0])
    before = browsing.answer(row)
    browsing.label(row, "9" if before != "9" else "8")
    poll_until(session, lambda: session.document.data.corrections is not None and session.examples is not None)
    assert browsing.answer(row) != before
    assert f"Its label was “{before}”" in " ".join(browsing.why(row))
    assert browsing.corrected().tolist() == [row]
    assert session.history.undo_label == f"Label example {row + 1} “{browsing.answer(row)}”"
    session.undo()
    poll_until(session, lambda: session.examples is not None and session.document.data.corrections is None)
    assert browsing.answer(row) == before


def test_an_example_left_out_is_still_found_among_the_corrected(session):
    browsing = Browsing(session)
    row, count = int(session.examples.train.rows[0]), len(session.examples.train)
    browsing.drop(row, True)
    poll_until(session, lambda: session.examples is not None and len(session.examples.train) == count - 1)
    assert browsing.part_of(row) == "out"
    assert browsing.rows("corrected", None, "given").tolist() == [row]
    browsing.restore(row)
    poll_until(session, lambda: session.examples is not None and len(session.examples.train) == count)
    assert browsing.part_of(row) == "train"


def test_work_that_is_stopped_says_nothing(session):
    browsing, said = Browsing(session), []
    browsing.prepare("far", lambda: said.append("done"), said.append)
    browsing.stop()
    poll_until(session, lambda: bool(said))
    assert browsing.progress is None
    assert said[0] in ("", "done")
