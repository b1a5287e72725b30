"""Project files that hold what no project holds, and links to them."""

from __future__ import annotations

import json
import zipfile

import pytest

from playground.app.files import FileProblem, Project, read_project, write_project
from tests.app.test_files import path, project, rewrite

__all__ = ["path", "project"]  # fixtures

SCORES = {"loss": 0.5, "measures": {"accuracy": 0.9}}
EPOCH = {
    "epoch": 1, "train": SCORES, "valid": SCORES, "learning_rate": 0.1, "seconds": 0.2, "samples_per_second": 3.0,
}  # fmt: skip


@pytest.mark.parametrize(
    "history",
    [
        [EPOCH | {"epoch": "1"}],
        [EPOCH | {"epoch": -1}],
        [EPOCH | {"train": {"loss": "low", "measures": {}}}],
        [EPOCH | {"valid": {"loss": 0.1, "measures": [1]}}],
        [EPOCH | {"extra": 1}],
        {"epoch": 1},
        7,
    ],
)
def test_curves_that_are_none_are_refused(path, history):
    rewrite(path, state_safetensors=None, history_json=json.dumps(history))
    with pytest.raises(FileProblem, match="The project's curves are damaged. Use an older copy of the file."):
        read_project(path)


def test_a_member_packed_otherwise_and_damaged_is_refused(path):
    with zipfile.ZipFile(path) as archive:
        content = archive.read("document.json")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("document.json", content)
    damaged = bytearray(path.read_bytes())
    damaged[60:90] = b"\xff" * 30
    path.write_bytes(damaged)
    with pytest.raises(FileProblem, match="is not a project, or it was cut short on its way"):
        read_project(path)


def test_writing_through_a_link_replaces_what_it_leads_to(path, project, tmp_path):
    link = tmp_path / "elsewhere" / "link.nnplay"
    link.parent.mkdir()
    link.symlink_to(path)
    write_project(link, Project(project.document))
    assert link.is_symlink()
    assert read_project(path).checkpoint is None
    assert [each.name for each in link.parent.iterdir()] == ["link.nnplay"]
