from __future__ import annotations

from multiprocessing.connection import Connection

from playground.app.child import Child


def speak(theirs: Connection) -> None:
    """Until nobody listens."""
    while True:
        theirs.send("a word")


def test_a_child_to_whom_nobody_listens_any_more_ends_without_a_word(capfd):
    child = Child()
    ours = child.begin(speak)
    assert ours is not None
    assert ours.recv() == "a word"

    ours.close()
    child.join()

    assert capfd.readouterr().err == ""
