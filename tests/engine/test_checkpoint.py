"""A checkpoint's small arrays in one block."""

from __future__ import annotations

import mmap
import weakref

import numpy as np
import pytest

from playground.engine.checkpoint import SMALL, Checkpoint

ARRAYS = {
    "weights/dense1.weight": np.arange(12, dtype=np.float32).reshape(3, 4),
    "weights/dense1.bias": np.array([0.5, -1.0, np.nan]),
    "best/dense1.weight": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "optimiser/0/step": np.array(7.0, dtype=np.float32),
    "random/torch": np.arange(255, dtype=np.uint8)[::2],
    "random/none": np.zeros((0, 3)),
}


def test_it_says_the_same_in_one_block():
    packed = Checkpoint(ARRAYS, {"epoch": 3}).together()
    assert packed.facts == {"epoch": 3}
    assert list(packed.tensors) == list(ARRAYS)
    for name, value in ARRAYS.items():
        np.testing.assert_array_equal(packed.tensors[name], value)
        assert packed.tensors[name].dtype == value.dtype
        assert packed.tensors[name].flags.writeable
    blocks = {id(value.base) for value in packed.tensors.values() if value.size}
    assert len(blocks) == 1
    assert isinstance(packed.tensors["random/torch"].base, mmap.mmap)


def test_no_array_reaches_into_another():
    packed = Checkpoint(ARRAYS).together().tensors
    for name in packed:
        packed[name][...] = 1
        for other in packed.keys() - {name}:
            assert not np.shares_memory(packed[name], packed[other])


def test_what_it_was_made_from_may_go_and_its_block_goes_with_it():
    packed = Checkpoint({"weights/a": np.ones(100)}).together()
    gone = weakref.ref(packed.tensors["weights/a"].base)
    assert packed.tensors["weights/a"].sum() == 100
    del packed
    assert gone() is None


@pytest.mark.parametrize("bytes", [SMALL - 8, SMALL])
def test_what_is_large_stays_where_it_is(bytes):
    large = np.zeros(bytes // 8)
    assert (Checkpoint({"weights/a": large}).together().tensors["weights/a"] is large) == (bytes == SMALL)
