"""The log helps, and what is made of it for others holds nothing private."""

from __future__ import annotations

import getpass
import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from playground.app.log import MOST_REPEATS, Faults, begin_log, end_log, note
from playground.app.problem_report import report, without_names
from playground.app.settings import log_folder


@pytest.fixture
def log():
    path = begin_log()
    yield path
    end_log()


def raised(error):
    try:
        raise error
    except Exception:  # noqa: BLE001
        return sys.exc_info()


def test_the_log_begins_with_the_versions_and_holds_what_was_done(log):
    note("chose play")
    lines = log.read_text(encoding="utf-8").splitlines()
    assert "began: playground " in lines[0]
    assert "torch" in lines[0]
    assert lines[-1].endswith("chose play")


def test_the_log_turns_over(log):
    for _ in range(30_000):
        note("x" * 100)
    files = list(log_folder().glob("playground.log*"))
    assert 2 <= len(files) <= 4
    assert sum(path.stat().st_size for path in files) < 5 * 2**20


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PLAYGROUND_HOME", str(tmp_path / "file"))
    assert begin_log() is None
    note("chose play")
    assert not any(isinstance(each, RotatingFileHandler) for each in logging.getLogger("playground").handlers)


def test_an_unexpected_exception_is_written_whole_and_told_once(log, capsys):
    faults = Faults()
    sentence = faults.take(*raised(KeyError("salary")))
    assert sentence.startswith("Something went wrong that should not have (KeyError in test_log.py, line ")
    assert sentence.endswith("Help → Report a problem writes down what happened.")
    assert all(faults.take(*raised(KeyError("salary"))) == "" for _ in range(200))
    text = log.read_text(encoding="utf-8")
    assert text.count("Traceback") == MOST_REPEATS
    assert "unexpected, 128 times: KeyError" in text
    assert "Traceback" in capsys.readouterr().err


def test_memory_that_runs_out_is_told_as_such():
    assert Faults().take(*raised(MemoryError())).startswith("The memory is not enough for that.")


def test_a_report_holds_nothing_private_unless_asked(log, capsys):
    home, person = Path.home(), getpass.getuser()
    note(f"said: “Patients” cannot be read: {home}/secret/list.csv")
    Faults().take(*raised(ValueError(f"column salary of {home}/secret.csv, says {person}")))
    private = report()
    for word in ("Patients", "secret", "salary", "list.csv", str(home)):
        assert word not in private
    assert "ValueError: <words>" in private
    assert "test_log.py" not in private or "line" in private
    assert "playground " in private
    assert "salary" in report(with_names=True)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ('  File "/home/ada/lib/python3.11/site-packages/torch/x.py", line 3', '"site-packages/torch/x.py", line 3'),
        ('  File "/opt/app/playground/ui/files.py", line 3, in save', 'playground/ui/files.py", line 3, in save'),
        ("opened C:\\Users\\ada\\a.nnplay now", "opened <path> now"),
        ("KeyError: 'wage'", "KeyError: <words>"),
        ("edited: Rename dense1 to “wages”", "edited: Rename dense1 to “…”"),
    ],
)  # fmt: skip
def test_where_in_the_program_it_was_stays(line, left):
    assert without_names(line).endswith(left)
    assert "ada" not in without_names(line)


def test_without_a_log_there_is_still_a_report():
    assert "Nothing is in the log." in report()
