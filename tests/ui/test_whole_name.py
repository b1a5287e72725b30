"""A name out of a dialog gets its ending, and never replaces what the dialog did not ask about."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QFileDialog

from playground.ui.whole_name import whole_name


@pytest.mark.parametrize(
    ("name", "endings", "wanted"),
    [
        ("net", (".nnplay",), "net.nnplay"),
        ("net.NNPLAY", (".nnplay",), "net.NNPLAY"),
        ("net.v2", (".nnplay",), "net.v2.nnplay"),
        ("net", (), "net.nnplay"),
        ("net.txt", (), "net.txt"),
        ("", (".nnplay",), None),
    ],
)
def test_the_ending_is_added_where_it_is_missing(name, endings, wanted):
    said: list[str] = []
    found = whole_name(name, ".nnplay", said.append, endings)

    assert (str(found) if found else None) == wanted
    assert said == []


def test_what_is_there_is_replaced_only_by_its_whole_name(tmp_path):
    there, said = tmp_path / "net.nnplay", []
    there.write_text("of four hours")

    assert whole_name(str(tmp_path / "net"), ".nnplay", said.append, (".nnplay",)) is None
    assert said == ["net.nnplay is there already. Give its whole name to replace it, or another."]
    assert whole_name(str(there), ".nnplay", said.append, (".nnplay",)) == there


def test_a_project_is_not_saved_over_another_by_half_a_name(opened, monkeypatch, tmp_path):
    window = opened("xor-mlp")
    there = tmp_path / "net.nnplay"
    there.write_text("of four hours")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "net"), ""))

    window.files.save_as()

    assert "net.nnplay is there already" in window.session.message
    assert there.read_text() == "of four hours"
    assert window.session.path is None
