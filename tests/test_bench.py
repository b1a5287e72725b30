"""The benchmark's code in short form, so that it does not rot; its figures are nobody's business here."""

from __future__ import annotations

import json

import pytest
import torch

from tests.bench import report
from tests.bench.__main__ import main
from tests.bench.gpu import GPU_SIDES
from tests.bench.sides import SIDES, ours, tight
from tests.bench.workloads import WORKLOADS


@pytest.mark.parametrize("name", sorted(WORKLOADS))
def test_our_network_and_the_one_written_by_hand_have_as_many_weights(name):
    from playground.engine.compile import build

    work = WORKLOADS[name]
    written = sum(weight.numel() for weight in work.make_module().parameters())
    assert build(work.make_graph()).count == written


def test_every_side_of_torch_learns_the_tiny_workload():
    for side in (ours, SIDES["autograd"], tight, SIDES["DataLoader"], SIDES["scikit-learn"]):
        assert side(WORKLOADS["tiny"])(0.01) > 0


@pytest.mark.parametrize("name", ["tiny", "rnn"])
def test_the_loop_in_bf16_learns_without_a_card_too(name):
    from tests.bench.gpu import bf16

    assert bf16(WORKLOADS[name], "cpu")(0.01) > 0


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a graphics card that torch can use by CUDA")
@pytest.mark.parametrize("side", GPU_SIDES)
def test_every_side_learns_on_a_graphics_card(side):
    for work in WORKLOADS.values():
        assert GPU_SIDES[side](work)(0.01) > 0


def test_a_card_has_a_table_of_its_own():
    figures = {"examples/s": 5e3, "steps/s": 500.0, "ours over it": 1.0}
    row = {"ours": figures, "tight loop": figures | {"ours over it": 1.25}, "CUDA graph": {"skipped": ""}}
    told = report.markdown(
        {"gpu": {"tiny": row}, "machine": {"graphics card": "A card"}, "how": {"date": "", "words": ""}}
    )
    assert "| workload | steps/s | tight loop | CUDA graph |" in told
    assert "| 500 | 1.25 | – |" in told
    assert "graphics card A card" in told


def test_a_short_run_writes_json_and_a_table(tmp_path, capsys):
    file = tmp_path / "figures.json"
    sides = "ours,tight loop"
    words = ["--only", "training,gpu", "--workloads", "tiny", "--sides", sides, "--seconds", "0.02", "--rounds", "1"]
    assert main([*words, "--json", str(file)]) == 0
    found = json.loads(file.read_text())
    assert found["training"]["tiny"]["tight loop"]["ours over it"] > 0
    assert "| tiny: 2-8-8-1 tanh, batch 10, 500 points |" in capsys.readouterr().out


def test_the_readme_gets_the_tables_between_its_marks(tmp_path):
    file = tmp_path / "README.md"
    file.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    row = {"ours": {"steps/s": 5.0, "ours over it": 1.0}, "Keras": {"skipped": "not installed: keras"}}
    how = {"date": "2026-01-01", "words": "Three turns."}
    report.write_readme({"training": {"tiny": row}, "machine": {"torch": "2.0"}, "how": how}, file)
    text = file.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| 5 | – |" in text


def test_what_is_missed_is_said_in_a_sentence():
    row = {"ours": {"ours over it": 1.0}, "tight loop": {"ours over it": 3.0}, "skorch": {"ours over it": 0.9}}
    told = report.misses({"training": {"tiny": row}})
    assert told == ["tiny: 3.00 of the tight loop's speed, where 5.00 is wanted.", "tiny: skorch is faster, 0.90."]


def test_the_growth_of_costs_is_an_exponent():
    from tests.bench.growth import exponent

    assert exponent({10: 1.0, 100: 1.0, 1000: 1.0}) == pytest.approx(0.0)
    assert exponent({10: 3.0, 100: 30.0, 1000: 300.0}) == pytest.approx(1.0)


@pytest.mark.parametrize("count", [1, 511, 512, 1000])
def test_epochs_made_all_at_once_are_as_those_that_came_one_by_one(count):
    from tests.bench.growth import _epochs

    made = _epochs(count)
    assert [done.epoch for done in made] == list(range(1, count + 1))
    assert len(set(made.values("train"))) == len(set(made.values("valid"))) == count
    assert {(done.learning_rate, *done.valid.measures.items()) for done in made} == {(0.01, ("accuracy", 0.5))}


def test_growth_is_measured_of_the_window_s_own_parts(qtbot):
    from tests.bench.growth import curves, editor

    drawn, edited = curves((1, 600), 1), editor((8, 12), 1)
    assert all(took > 0 for took in drawn.values())
    assert {name: list(figures) for name, figures in edited.items()} == {
        "one edit": [8, 12], "open": [8, 12], "layout": [8, 12],
    }  # fmt: skip
    assert all(took > 0 for figures in edited.values() for took in figures.values())
