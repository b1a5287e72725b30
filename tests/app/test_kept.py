"""Sessions that were kept without a file are told apart in a few words."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from playground.app import kept
from playground.app.document import make_project
from playground.app.files import Project, read_project, write_project
from playground.app.kept import all_kept, keep, kept_words, newer_than
from playground.app.origin import Origin
from playground.app.settings import new_session_file
from playground.engine.checkpoint import Checkpoint


def test_a_session_is_told_by_its_name_its_data_and_its_size(tmp_path):
    path = tmp_path / "session.nnplay"
    document = make_project("digits-mlp")[0]
    write_project(path, Project(document))
    assert kept_words(path) == f"{document.name} · Digits · 5 layers"


def test_what_cannot_be_read_is_told_by_nothing(tmp_path):
    path = tmp_path / "session.nnplay"
    path.write_bytes(b"no zip")
    assert kept_words(path) == ""
    assert kept_words(tmp_path / "gone.nnplay") == ""


NOW = datetime(2026, 5, 4, 12)


def kept_at_minute(number, learned=False, origin=None):
    document = make_project("xor-mlp")[0]
    project = Project(document, Checkpoint({}, {"epoch": 1}) if learned else None)
    return keep(project, origin or Origin(), NOW + timedelta(minutes=number))


def test_what_learned_nothing_goes_first_and_never_in_place_of_what_did(monkeypatch, tmp_path):
    monkeypatch.setattr(kept, "MOST_KEPT", 2)
    learned = kept_at_minute(0, learned=True)
    of_a_file = kept_at_minute(1, origin=Origin(tmp_path / "a.nnplay"))
    others = [kept_at_minute(number) for number in range(2, 7)]
    assert [each.file for each in all_kept()] == [*others[:-3:-1], of_a_file, learned]


def test_of_those_that_learned_the_newest_stay_within_the_limits(monkeypatch):
    monkeypatch.setattr(kept, "MOST_DEAR", 3)
    files = [kept_at_minute(number, learned=True) for number in range(5)]
    assert [each.file for each in all_kept()] == files[:1:-1]
    monkeypatch.setattr(kept, "MOST_BYTES", 1)
    kept.make_room()
    assert [each.file for each in all_kept()] == files[-1:]


def test_a_session_of_a_version_without_origins_is_told_by_what_is_in_it():
    document = make_project("xor-mlp")[0]
    write_project(new_session_file(NOW), Project(document, Checkpoint({}, {"epoch": 1})))
    write_project(new_session_file(NOW + timedelta(minutes=1)), Project(document))
    assert [(each.origin, each.is_dear) for each in all_kept()] == [(Origin(), False), (Origin(), True)]


def test_one_that_cannot_be_read_is_not_let_go_lightly():
    new_session_file(NOW).write_bytes(b"no zip")
    [found] = all_kept()
    assert found.is_dear


def test_where_it_came_from_is_read_as_it_was_written(tmp_path):
    origin = Origin(tmp_path / "a.nnplay", (1, 2, 3), 5730)
    file = kept_at_minute(0, origin=origin)
    assert read_project(file).origin == origin
    assert kept_words(file).endswith(" · 5,730 epochs")


@pytest.mark.parametrize(
    "values", [None, 7, [], "{", {"path": 7}, {"path": "a", "stamp": [1]}, {"epochs": -1}, {"path": "x" * 20_000}]
)
def test_a_damaged_origin_does_not_lose_the_work(values):
    file = kept_at_minute(0)
    with zipfile.ZipFile(file) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content["origin.json"] = values.encode() if isinstance(values, str) else json.dumps(values).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, each in content.items():
            archive.writestr(name, each)
    assert read_project(file).document == make_project("xor-mlp")[0]
    assert read_project(file).origin == Origin()


def test_a_path_that_no_file_can_have_is_one_that_is_gone():
    assert not Origin(Path("a\0b"), (1, 2, 3)).is_there


def test_of_several_the_newest_that_came_after_the_file_is_newer(tmp_path):
    path = tmp_path / "a.nnplay"
    write_project(path, Project(make_project("xor-mlp")[0]))
    assert newer_than(path) is None
    files = [kept_at_minute(number, origin=Origin(path.resolve())) for number in range(2)]
    kept_at_minute(3, origin=Origin((tmp_path / "b.nnplay").resolve()))
    assert newer_than(path).file == files[-1]
    os.utime(path, (2e9, 2e9))
    assert newer_than(path) is None
