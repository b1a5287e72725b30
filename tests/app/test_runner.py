from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest
import torch

from playground.app.runner import Mailbox, Run
from playground.app.turn import NICE
from playground.engine.events import Ended, EpochDone, Progress, Started
from playground.engine.train import Training
from tests.engine.nets import gauss, net, recipe


@pytest.fixture
def make_run():
    runs = []

    def make(**settings):
        run = Run(lambda: Training(net(), recipe(**settings), gauss()), Mailbox())
        runs.append(run)
        return run

    yield make
    for run in runs:
        run.close()
        assert run.join(5)


def step_of(training):
    return training.step


def until(run, kind):
    """The first event of that kind; facts come before the newest frame, so it need not be the last that arrives."""
    while True:
        for event in run.mailbox.empty():
            if isinstance(event, kind):
                return event


def test_a_mailbox_keeps_every_fact_and_only_the_newest_frame():
    box = Mailbox()
    facts = [Started("cpu", 3, 0, 5), Ended("epochs", 1, 1, None, None)]
    for number in range(10):
        box.put(Progress(0.1 * number, number, 1.0, 1.0))
        if number in (3, 7):
            box.put(facts[number // 4])
    found = box.empty()
    assert found[:2] == facts
    assert [event.step for event in found[2:]] == [9]
    assert box.empty() == []


def test_a_run_begins_paused_and_answers_questions(make_run):
    run = make_run()
    assert run.ask(step_of).result(10) == 0
    assert run.pace == "pause"


def test_so_many_batches_are_done_and_then_it_waits(make_run):
    run = make_run()
    run.go("batch")
    while run.pace != "pause":
        pass
    assert run.ask(step_of).result(10) == 1
    run.go("batch", 7)
    while run.pace != "pause":
        pass
    assert run.ask(step_of).result(10) == 8


def test_one_epoch_is_done_and_then_it_waits(make_run):
    run = make_run()
    run.go("epoch")
    until(run, EpochDone)
    assert run.ask(step_of).result(10) == 5
    assert run.pace == "pause"


def test_questions_are_answered_while_it_runs_and_after_the_end(make_run):
    run = make_run(epochs=10**6)
    run.go()
    first = run.ask(step_of).result(10)
    assert run.ask(step_of).result(10) >= first
    run.ask(lambda training: training.stop())
    assert until(run, Ended).reason == "stopped"
    assert run.ask(step_of).result(10) > 0


def test_a_question_that_fails_harms_only_the_asker(make_run):
    run = make_run()
    with pytest.raises(ZeroDivisionError):
        run.ask(lambda _training: 1 / 0).result(10)
    assert run.ask(step_of).result(10) == 0


def test_closing_ends_the_thread_and_later_questions_are_cancelled(make_run):
    run = make_run(epochs=10**6)
    run.go()
    run.ask(step_of).result(10)
    run.close()
    assert run.join(5)
    with pytest.raises(CancelledError):
        run.ask(step_of).result(1)


def test_a_network_that_cannot_be_made_ends_the_run_with_its_sentence(make_run):
    run = make_run(batch=4096)
    ended = until(run, Ended)
    assert ended.reason == "failed"
    assert ended.message.startswith("The batch of 4,096 is larger than the 70 training examples.")


def test_a_look_that_stops_keeping_gradients_does_not_stop_the_learning(make_run):
    run = make_run(epochs=1)
    run.ask(lambda _: torch.set_grad_enabled(False)).result(10)
    assert run.ask(lambda _: torch.is_grad_enabled()).result(10)
    run.go()
    assert until(run, Ended).reason == "epochs"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of threads")
def test_it_and_the_threads_torch_makes_for_it_give_way_to_the_window(make_run):
    before = os.getpriority(os.PRIO_PROCESS, 0)
    threads = set(Path("/proc/self/task").iterdir())
    run = make_run(epochs=1)

    def calculate(_training):
        torch.mm(torch.ones(600, 600), torch.ones(600, 600))
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert run.ask(calculate).result(30) == min(19, before + NICE)
    made = set(Path("/proc/self/task").iterdir()) - threads
    assert made
    assert {os.getpriority(os.PRIO_PROCESS, int(thread.name)) for thread in made} == {min(19, before + NICE)}
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
