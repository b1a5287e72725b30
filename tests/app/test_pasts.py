"""Which earlier moments are kept: evenly spread, within memory and disk; nothing is left of a program that is gone."""

from __future__ import annotations

import numpy as np
import pytest

from playground.app.document import make_project
from playground.app.pasts import MOST, Gone, Past, Pasts
from playground.app.settings import data_folder
from playground.engine.checkpoint import Checkpoint

DOCUMENT = make_project("xor-mlp")[0]
OTHER = make_project("spiral-mlp")[0]
SIZE = 4000


def past(epoch, document=DOCUMENT, batch=0):
    weights = {"weights/dense1.weight": np.full(SIZE // 4, epoch, np.float32)}
    return Past.of(Checkpoint(weights, {"epoch": epoch, "batch": batch}), document, 0, 10)


def at_once(work, then, failed):
    try:
        work()
    except OSError as error:
        failed(error)
    else:
        then(None)


def kept(memory, disk, count=100):
    pasts = Pasts(at_once, memory * SIZE, disk * SIZE)
    for epoch in range(count):
        pasts.add(past(epoch))
    return pasts


@pytest.mark.parametrize("count", [30, 47, 100, 1000])
def test_what_is_kept_is_spread_evenly_over_the_whole_run(count):
    pasts = kept(20, 0, count)
    epochs = [each.epoch for each in pasts.all]
    assert len(epochs) == 20
    assert (epochs[0], epochs[-1]) == (0, count - 1)
    gaps = np.diff(epochs)
    assert gaps.max() <= 4 * gaps[:-1].min()
    assert gaps.max() <= 4 * count / 20


def test_memory_comes_first_then_the_disk_and_both_are_kept_within():
    pasts = kept(5, 7)
    assert len(pasts.all) == 12
    assert (pasts.in_memory, pasts.on_disk) == (5 * SIZE, 7 * SIZE)
    for each in pasts.all:
        assert each.checkpoint().weights["dense1.weight"][0] == each.epoch
    files = list(data_folder().glob("timeline/*/*.safetensors"))
    assert len(files) == 7
    pasts.close()
    assert not list(data_folder().glob("timeline/*"))


def test_a_smaller_budget_lets_go_at_once():
    pasts = kept(20, 0)
    pasts.memory = 4 * SIZE
    pasts.keep_within()
    assert len(pasts.all) == 4
    pasts.close()


def test_one_moment_is_kept_whatever_the_budget():
    assert len(kept(0, 0).all) == 1


def test_there_are_never_more_moments_than_a_slider_has_places():
    assert len(kept(10**6, 0, MOST + 50).all) == MOST


def test_networks_before_an_edit_are_thinned_out_by_themselves():
    pasts = Pasts(at_once, 10 * SIZE, 0)
    for epoch in range(20):
        pasts.add(past(epoch, DOCUMENT if epoch < 10 else OTHER))
    before, after = ([each.epoch for each in pasts.all if each.document is document] for document in (DOCUMENT, OTHER))
    assert (before[0], before[-1], after[0], after[-1]) == (0, 9, 10, 19)


def test_a_moment_in_the_middle_of_an_epoch_stands_between_two_on_the_curves():
    assert past(3, batch=5).epoch == 3.5


def test_the_same_moment_again_takes_the_place_of_the_first():
    pasts = Pasts(at_once)
    pasts.add(past(3))
    pasts.add(past(3))
    assert len(pasts.all) == 1


def test_a_file_that_is_gone_is_told_in_a_sentence():
    pasts = kept(1, 2)
    away = next(each for each in pasts.all if not each.is_in_memory)
    away.let_go()
    with pytest.raises(Gone, match=r"Epoch \d+ cannot be read any more: "):
        away.checkpoint()
    pasts.close()


def test_a_full_disk_leaves_what_memory_holds():
    def full(work, then, failed):
        failed(OSError("no space"))

    pasts = Pasts(full, 3 * SIZE, 5 * SIZE)
    for epoch in range(20):
        pasts.add(past(epoch))
    assert all(each.is_in_memory for each in pasts.all)
    assert len(pasts.all) == 3


def test_files_of_a_program_that_was_killed_are_taken_away():
    left = data_folder() / "timeline" / "dead"
    left.mkdir(parents=True)
    (left / "x.safetensors").write_bytes(b"1234")
    pasts = kept(1, 2)
    assert not left.exists()
    pasts.close()
