from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from playground.app import memory


def test_this_machine_has_as_much_memory_as_the_kernel_says(monkeypatch):
    said = Path("/proc/meminfo")
    if not said.exists():
        pytest.skip("no /proc/meminfo to compare with")
    monkeypatch.setattr(memory, "LIMITS", ())
    kilobytes = int(said.read_text(encoding="ascii").split()[1])

    found = memory.memory_bytes()

    assert found == pytest.approx(1024 * kilobytes, rel=0.01)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("1048576\n", 2**20), ("max\n", 2**40), ("9223372036854771712\n", 2**40), ("", 2**40), ("ünknown", 2**40)],
)
def test_a_containers_limit_counts_where_there_is_one(monkeypatch, tmp_path, words, wanted):
    limit = tmp_path / "memory.max"
    limit.write_text(words, encoding="utf-8")
    monkeypatch.setattr(memory, "LIMITS", (limit, tmp_path / "none"))
    monkeypatch.setattr(memory, "_pages", lambda: 2**40)
    monkeypatch.setattr(sys, "platform", "linux")

    assert memory.memory_bytes() == wanted


def test_windows_is_asked_by_its_own_call(monkeypatch):
    def answer(pointer):
        status = pointer._obj
        assert status.length == ctypes.sizeof(status) == 64
        status.total = 8 * 2**30
        return 1

    kernel = SimpleNamespace(GlobalMemoryStatusEx=answer)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    monkeypatch.setattr(memory, "LIMITS", ())
    monkeypatch.setattr(sys, "platform", "win32")

    assert memory.memory_bytes() == 8 * 2**30


def test_where_nobody_says_there_is_no_number(monkeypatch):
    def refuse(_name):
        raise ValueError("unrecognized configuration name")

    monkeypatch.setattr(os, "sysconf", refuse, raising=False)
    monkeypatch.setattr(memory, "LIMITS", ())
    monkeypatch.setattr(sys, "platform", "darwin")

    assert memory.memory_bytes() is None
