"""Epochs kept as rows of numbers are the epochs that went in."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest

from playground.engine import epochs
from playground.engine.epochs import Epochs
from playground.engine.events import EpochDone, Scores


def epoch(number: int, *names: str) -> EpochDone:
    figure = 1 / (number + 2)
    measures = {name: figure + at for at, name in enumerate(names)}
    return EpochDone(number, Scores(figure, measures), Scores(figure / 3, dict.fromkeys(names, figure)), 0.1, figure, 7)


def abs_normal(random: np.random.Generator) -> float:
    return abs(random.normal())


MIXED = [epoch(1, "accuracy"), epoch(2, "accuracy"), epoch(3, "rmse", "mae", "r2"), epoch(4), epoch(5, "accuracy")]


@pytest.fixture(autouse=True, params=[1, 2, 512])
def rows_in_a_block(request, monkeypatch) -> int:
    monkeypatch.setattr(epochs, "BLOCK", request.param)
    return request.param


@pytest.fixture
def kept() -> Epochs:
    return Epochs(MIXED)


def test_what_went_in_comes_out(kept):
    assert list(kept) == MIXED
    assert [kept[at] for at in range(-5, 5)] == MIXED + MIXED
    assert [type(kept[2].epoch), type(kept[2].train.loss), list(kept[2].valid.measures)] == [
        int, float, ["rmse", "mae", "r2"],
    ]  # fmt: skip
    assert asdict(kept[-1]) == asdict(MIXED[-1])
    with pytest.raises(IndexError):
        kept[5]


@pytest.mark.parametrize("cut", [slice(2, None), slice(None, -2), slice(None, None, -2), slice(1, 4), slice(9, None)])
def test_slices_are_those_of_a_list(kept, cut):
    assert kept[cut] == tuple(MIXED[cut])


@pytest.mark.parametrize("last", [0, 1, 2.99, 3, 4.5, 9])
def test_those_until_an_epoch(kept, last):
    wanted = [each for each in MIXED if each.epoch <= last]

    assert kept.until(last) == wanted
    assert kept.until(last).seconds == pytest.approx(sum(each.seconds for each in wanted))


@pytest.mark.parametrize("first", range(7))
@pytest.mark.parametrize("name", ["loss", "accuracy", "mae"])
@pytest.mark.parametrize("part", ["train", "valid"])
def test_one_figure_of_all_is_as_each_epoch_has_it(kept, part, name, first):
    wanted = [getattr(each, part).flat().get(name, math.nan) for each in MIXED[first:]]

    np.testing.assert_array_equal(kept.values(part, name, first), wanted)


@pytest.mark.parametrize("first", range(7))
@pytest.mark.parametrize("last", range(7))
def test_one_figure_of_some_is_as_each_epoch_has_it(kept, first, last):
    wanted = [each.train.flat().get("accuracy", math.nan) for each in MIXED[first:last]]

    np.testing.assert_array_equal(kept.values("train", "accuracy", first, last), wanted)


def test_a_copy_stays_as_it_is(kept):
    copied = kept.copy()
    kept.append(epoch(6, "accuracy"))

    assert (len(kept), len(copied)) == (6, 5)
    assert copied == MIXED
    assert kept.seconds == pytest.approx(copied.seconds + 1 / 8)


def test_equal_is_what_has_the_same_epochs(kept):
    assert kept == Epochs(MIXED) == tuple(MIXED)
    assert kept != MIXED[:-1]
    assert Epochs() == [] == list(Epochs())
    assert kept != 5


@pytest.mark.parametrize(
    "losses", [(3, 2, 1), (1, 2, 3), (2, 1, 1, 3), (math.nan, 2, 1, math.nan), (math.nan, math.nan), (math.inf, 1), ()]
)
def test_the_best_is_the_first_with_the_lowest_validation_loss(losses):
    every = [EpochDone(at, Scores(9.0, {}), Scores(loss, {}), 0.1, 1.0, 5.0) for at, loss in enumerate(losses, 1)]
    whole = Epochs(every)
    for last in range(len(losses) + 1):
        numbers = [loss for loss in losses[:last] if loss < math.inf]
        wanted = losses.index(min(numbers)) if numbers else 0
        assert Epochs(every[:last]).best == whole.until(last).best == whole.until(last).copy().best == wanted


def test_numbers_that_overflowed_stay():
    broken = EpochDone(1, Scores(math.nan, {}), Scores(math.inf, {}), 0.1, 1.0, 5.0)

    (found,) = Epochs([broken])
    assert math.isnan(found.train.loss)
    assert found.valid.loss == math.inf


@pytest.mark.parametrize("rows_in_a_block", [1, 2, 3], indirect=True)
@pytest.mark.parametrize("count", range(8))
def test_what_stays_the_same_comes_out_as_often_as_it_went_in(count):
    same = Scores(0.5, {"accuracy": 1.0})
    unlike = Scores(math.nan, {"accuracy": math.nan})
    sides = [same, same, same, same, unlike, unlike, same]
    wanted = [EpochDone(at + (at > 5), side, same, 0.1, 1.0, 7.0) for at, side in enumerate(sides[:count], 1)]
    found = Epochs(wanted)

    assert [(each.epoch, each.learning_rate) for each in found] == [(each.epoch, 0.1) for each in wanted]
    for name in ("loss", "accuracy"):
        np.testing.assert_array_equal(found.values("train", name), [each.train.flat()[name] for each in wanted])
        np.testing.assert_array_equal(found.values("valid", name, 1), [each.valid.flat()[name] for each in wanted[1:]])
        np.testing.assert_array_equal(found.copy().values("train", name), found.values("train", name))
    assert found.until(4).seconds == min(count, 4)


def noisy(count: int, numbers: Callable[[np.random.Generator], float]) -> list[EpochDone]:
    """Epochs of 1,257 samples whose scores are numbers()."""
    random = np.random.default_rng(7)
    seconds = random.uniform(0.03, 0.06, count).tolist()
    sides = [[Scores(numbers(random), {"accuracy": round(random.normal(250, 1)) / 270}) for _ in "tv"] for _ in seconds]
    return [EpochDone(at, *sides[at], 1e-3, seconds[at], 1257 / seconds[at]) for at in range(count)]


NUMBERS: dict[str, Callable[[np.random.Generator], float]] = {
    "double": lambda random: random.normal(),
    "single": lambda random: float(np.float32(random.normal())),
    "few": lambda random: float(random.integers(256)) / 7,
    "too many to be few": lambda random: float(random.integers(300)) / 7,
    "larger than single precision holds": lambda random: 1e300 * random.normal(),
    "smaller than single precision holds": lambda random: 1e-43 * random.normal(),
    "one nan among a few": lambda random: math.nan if random.random() < 0.01 else 0.5,
    "infinite": lambda random: math.inf * random.normal(),
}


@pytest.mark.parametrize("rows_in_a_block", [epochs.BLOCK], indirect=True)
@pytest.mark.parametrize("kind", NUMBERS)
def test_each_number_comes_out_as_it_went_in(kind):
    wanted = noisy(3 * epochs.BLOCK + 5, NUMBERS[kind])
    kept = Epochs(wanted)

    assert list(map(str, kept)) == list(map(str, wanted))  # nan is not equal to itself
    for first, last in ((0, len(wanted)), (epochs.BLOCK - 3, 2 * epochs.BLOCK + 3)):
        losses = [each.valid.loss for each in wanted[first:last]]
        np.testing.assert_array_equal(kept.values("valid", "loss", first, last), losses)
    assert list(map(str, kept.until(700))) == list(map(str, wanted[:701]))


@pytest.mark.parametrize("rows_in_a_block", [epochs.BLOCK], indirect=True)
@pytest.mark.parametrize("odd", [0.0, math.nan, math.inf, 28_000.5])
def test_a_speed_that_is_not_the_samples_by_the_seconds_stays(odd):
    wanted = [replace(each, samples_per_second=odd) if each.epoch % 7 == 0 else each for each in noisy(600, abs_normal)]
    assert list(map(str, Epochs(wanted))) == list(map(str, wanted))


@pytest.mark.parametrize("rows_in_a_block", [epochs.BLOCK], indirect=True)
def test_an_epoch_as_training_tells_it_takes_a_third_of_its_numbers():
    """Ten numbers; the losses in double precision and single, as the training and the validation part have them."""
    kept = Epochs(
        replace(each, valid=replace(each.valid, loss=float(np.float32(each.valid.loss))))
        for each in noisy(10 * epochs.BLOCK, abs_normal)
    )
    assert sum(map(sys.getsizeof, kept._stretches[0].blocks)) / len(kept) < 10 * 8 / 3


@pytest.mark.parametrize("rows_in_a_block", [epochs.BLOCK], indirect=True)
def test_an_epoch_takes_less_than_a_tenth_of_what_its_object_does():
    kept = Epochs(epoch(number, "accuracy") for number in range(10_000))

    (stretch,) = kept._stretches
    done = epoch(1, "accuracy")
    scores = [done.train, done.valid]
    alone = sum(map(sys.getsizeof, [done, *scores, *(each.measures for each in scores)]))
    assert sum(map(sys.getsizeof, stretch.blocks)) / 10_000 < 44 < alone / 10


def test_copies_share_what_is_full_and_no_more(rows_in_a_block):
    kept = Epochs(epoch(number, "accuracy") for number in range(1, 20))
    copied, shorter = kept.copy(), kept.until(4)
    for number in range(20, 30):
        kept.append(epoch(number, "accuracy"))
        copied.append(epoch(number + 100, "accuracy"))
        shorter.append(epoch(number + 200, "accuracy"))
    wanted = list(range(1, 20))
    assert [each.epoch for each in kept] == [*wanted, *range(20, 30)]
    assert [each.epoch for each in copied] == [*wanted, *range(120, 130)]
    assert [each.epoch for each in shorter] == [1, 2, 3, 4, *range(220, 230)]
    shared = {id(block) for block in kept._stretches[0].blocks} & {id(block) for block in copied._stretches[0].blocks}
    assert len(shared) == 19 // rows_in_a_block
