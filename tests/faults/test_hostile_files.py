"""Files made to do harm: each is refused by one sentence, before it takes memory or time."""

from __future__ import annotations

import json
import random
import struct
import time
import zipfile

import pytest

from playground.app.document import DocumentProblem, from_json, make_project, to_json
from playground.app.files import FileProblem, Project, read_project, write_project
from playground.app.tensors import unpacked
from tests.app.test_damaged_files import EPOCH
from tests.app.test_files import rewrite
from tests.faults.fuzz import Readers, Tally, mutated


@pytest.fixture
def path(tmp_path):
    write_project(tmp_path / "a.nnplay", Project(make_project("spiral-mlp")[0]))
    return tmp_path / "a.nnplay"


def test_a_zip_of_a_million_members_is_refused_by_its_last_lines(tmp_path):
    path = tmp_path / "x.nnplay"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100):
            archive.writestr(f"{number}", b"")
    with pytest.raises(FileProblem, match="is not a project, or it was cut short"):
        read_project(path)


def test_a_directory_of_another_form_is_refused(path):
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\5\6")
    content[at:at] = b"PK\6\7" + bytes(16)
    path.write_bytes(content)
    with pytest.raises(FileProblem, match="is not a project, or it was cut short"):
        read_project(path)


def test_a_member_whose_name_is_no_text_is_refused(path):
    content = path.read_bytes()
    at = content.rfind(b"PK\1\2")
    flags = at + 8
    name = content.index(b"document.json", at)
    content = content[:flags] + b"\0\x08" + content[flags + 2 : name] + b"\x98" + content[name + 1 :]
    path.write_bytes(content)
    with pytest.raises(FileProblem, match="is not a project, or it was cut short"):
        read_project(path)


def test_what_grows_a_thousandfold_is_refused_before_it_is_unpacked(path):
    rewrite(path, document_json=b" " * 2**24)
    with pytest.raises(FileProblem, match=r"document.json in .* would grow from [\d,]+ bytes to 16,777,216"):
        read_project(path)


def test_json_of_too_many_values_is_refused_before_it_is_read(path):
    chance = random.Random(0)
    rewrite(path, document_json="[" + ",".join(str(chance.randrange(10**6)) for _ in range(2_000_001)) + "]")
    with pytest.raises(FileProblem, match=r"document.json in .* is too large: it holds more than the 2,000,000 values"):
        read_project(path)


def test_more_epochs_than_a_screen_has_points_are_refused(path, monkeypatch):
    monkeypatch.setattr("playground.app.files.MOST_EPOCHS", 10)
    rewrite(path, history_json=json.dumps([EPOCH] * 11))
    with pytest.raises(FileProblem, match="curves have 11 epochs; at most 10 are read"):
        read_project(path)


def test_very_long_curves_are_thinned_and_keep_their_end(path, monkeypatch):
    from dataclasses import replace

    from playground.app.files import read_epochs

    [epoch] = read_epochs([EPOCH])
    monkeypatch.setattr("playground.app.files.MOST_EPOCHS", 10)
    epochs = tuple(replace(epoch, epoch=number) for number in range(1, 26))
    write_project(path, Project(make_project("spiral-mlp")[0], None, epochs))
    assert [each.epoch for each in read_project(path).epochs] == [1, 4, 7, 10, 13, 16, 19, 22, 25]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cut short"),
        (struct.pack("<Q", 2**63) + b"{}", "The header would take"),
        (struct.pack("<Q", 2) + b"[]", "not a list of tensors"),
        (struct.pack("<Q", 26) + b'{"__metadata__": {"a": []}}'[:26], "Expecting"),
        (struct.pack("<Q", 27) + b'{"__metadata__": {"a": []}}', "notes beside the tensors"),
        (struct.pack("<Q", 63) + b'{"a":{"dtype":"F32","shape":[99999999],"data_offsets":[0,400]}}', "."),
    ],
)
def test_tensors_that_are_none_are_refused(content, reason):
    with pytest.raises(ValueError, match=reason):
        unpacked(content)


@pytest.mark.parametrize("parents", [["b0"], [f"b{number}" for number in range(1, 200)]])
def test_blocks_in_one_another_without_end_are_refused(parents):
    values = to_json(make_project("spiral-mlp")[0])
    values["blocks"] = [
        {"id": f"b{number}", "title": "x", "members": [], "parent": parent} for number, parent in enumerate(parents)
    ]
    with pytest.raises(DocumentProblem, match="lies in itself, or in more than 64 others"):
        from_json(values)


def test_ten_thousand_blocks_in_one_another_are_refused_at_once():
    values = to_json(make_project("spiral-mlp")[0])
    values["blocks"] = [
        {"id": f"b{number}", "title": "x", "members": [], "parent": f"b{number + 1}"} for number in range(9_999)
    ]
    began = time.process_time()
    with pytest.raises(DocumentProblem):
        from_json(values)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("type_name", ["os.system", "__class__", "Layer", "Unknown", "Weighted", "playground.layers"])
def test_a_layers_name_leads_to_no_other_class(type_name):
    values = to_json(make_project("spiral-mlp")[0])
    values["nodes"][1] |= {"type": type_name, "settings": {"type_name": "Dense", "kept": {}}}
    assert type(from_json(values).graph.nodes["dense1"]).__name__ == "Unknown"


@pytest.mark.parametrize("place", ["id", "settings", "type"])
def test_half_a_letter_is_refused_with_a_sentence(path, place):
    values = to_json(make_project("digits-cnn")[0])
    half = "\ud800"
    values["nodes"][1] |= {"settings": {"kernel": half, "padding": half}} if place == "settings" else {place: half}
    rewrite(path, document_json=json.dumps(values))
    with pytest.raises(FileProblem, match="document.json in .* is damaged: it is not JSON"):
        read_project(path)


def test_whole_letters_written_as_two_halves_are_read(path):
    values = to_json(make_project("spiral-mlp")[0]) | {"name": "\U0001f9e0"}
    rewrite(path, document_json=json.dumps(values))
    assert read_project(path).document.name == "\U0001f9e0"


def test_names_that_lead_out_of_a_zip_write_nothing(path, tmp_path):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../escaped", b"x")
        archive.writestr("/tmp/escaped", b"x")
    read_project(path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.nnplay"]


def test_three_hundred_mutations_of_each_kind_are_read_or_refused(tmp_path):
    readers, tally, chance = Readers(tmp_path), Tally(), random.Random(1)
    seeds = readers.seeds()
    for name, reader in readers.all.items():
        for _ in range(30 if name == "document" else 60):
            tally.feed(name, reader, mutated(chance.choice(seeds[name]), chance))
    assert dict(tally.wrong) == {}
    assert tally.read > 20
    assert tally.refused > 100
