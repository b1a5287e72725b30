"""The command predict: answers for new files in the terminal, as CSV and as JSON."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PIL import Image

from playground.data.bundled import digits as load_digits


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Eight digits as image files, one that is no image, and one that is no digit."""
    folder = tmp_path_factory.mktemp("new")
    for number, image in enumerate(load_digits().inputs[:8, 0]):
        Image.fromarray((image * 255 / 16).round().astype(np.uint8)).resize((32, 32), Image.Resampling.NEAREST).save(
            folder / f"{number}.png"
        )
    (folder / "8.png").write_bytes(b"?")
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (8, 8), dtype=np.uint8)).save(folder / "9.png")
    return folder


@pytest.fixture
def trained(run, digits):
    assert run("train", digits, "--epochs", 10, "--no-history").status == 0
    return digits


def test_a_folder_of_pictures_is_answered_in_a_table(run, trained, pictures):
    answer = run("predict", trained, pictures)
    assert answer.status == 0
    rows = [line.split()[:2] for line in answer.out.splitlines()[1:9]]
    assert [name for name, _ in rows] == [f"{number}.png" for number in range(8)]
    assert sum(said == name[0] for name, said in rows) >= 7
    assert "10 examples, of which 1 do not look like the training data; 1 could not be read." in answer.out
    assert "Unlike the training data: " in answer.out.splitlines()[10]
    assert answer.err == "playground: 8.png is no image that can be read. Save it as PNG or JPEG.\n"


def test_every_answer_is_written_as_csv_with_the_probability_of_each_class(run, trained, pictures, tmp_path):
    assert run("predict", trained, pictures, "-o", tmp_path / "out.csv").out.endswith(
        f"Wrote {tmp_path / 'out.csv'}.\n"
    )
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sum(row["answer"] == digit for row, digit in zip(rows, "01234567", strict=False)) >= 7
    chances = np.array([[float(row[f"p({name})"]) for name in "0123456789"] for row in rows[:8]])
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-4)
    assert np.allclose(chances.max(axis=1), [float(row["confidence"]) for row in rows[:8]])
    assert rows[8]["answer"] == rows[8]["p(0)"] == ""
    assert rows[8]["warning"] == "8.png is no image that can be read. Save it as PNG or JPEG."


def test_answers_of_an_earlier_time_stay_where_nothing_can_be_answered(run, trained, pictures, tmp_path):
    (tmp_path / "out.csv").write_text("precious")
    assert run("predict", trained, pictures / "8.png", "-o", tmp_path / "out.csv").status == 2
    assert (tmp_path / "out.csv").read_text() == "precious"
    assert [each.name for each in tmp_path.iterdir() if each.suffix in (".csv", ".part")] == ["out.csv"]


def test_json_holds_all_of_it_and_nothing_beside(run, trained, pictures):
    answer = run("predict", trained, pictures / "3.png", pictures / "9.png", "--json")
    found = answer.json
    assert (found["data"], found["task"], found["count"], found["strange"]) == ("Digits", "classes", 2, 1)
    first, second = found["predictions"]
    assert (first["example"], first["answer"], first["warnings"]) == ("3.png", "3", [])
    assert first["confidence"] == max(first["probabilities"])
    assert second["warnings"]


def test_what_cannot_be_used_is_refused_in_a_sentence(run, refused, digits, trained, tmp_path):
    assert "There is no file or folder" in refused("predict", trained, tmp_path / "none.png")
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    assert "a.csv is no image that can be read" in refused("predict", trained, tmp_path / "a.csv")
    assert "cannot be written" in refused("predict", trained, tmp_path / "a.csv", "-o", tmp_path / "no" / "out.csv")


def test_an_untrained_project_says_how_to_train_it(refused, digits, pictures):
    assert "has not been trained yet. Train it first" in refused("predict", digits, pictures)


def test_one_bad_file_does_not_keep_the_others_from_their_answers(run, trained, pictures, tmp_path):
    answer = run("predict", trained, tmp_path / "none", pictures / "1.png")
    assert answer.status == 0
    assert "There is no file or folder" in answer.err
    assert "1 examples" in answer.out
