"""New files are read as the training data were: series, texts, points and pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from playground.data.catalogue import load
from playground.data.choices import SeriesReading
from playground.data.dataset import DataChoice, DataProblem
from playground.data.fresh_files import fresh
from playground.data.fresh_images import of_drawing
from playground.data.fresh_series import of_values
from playground.data.fresh_tables import of_cells
from playground.data.fresh_text import of_text
from playground.data.intake import Intake
from playground.data.intake_from import intake_of
from playground.data.split import prepare
from playground.data.vocabulary import UNKNOWN


def read(choice: DataChoice):
    """A data set's intake, as it comes out of a file, and its examples."""
    examples = prepare(load(choice), choice)
    return Intake.model_validate_json(intake_of(examples, choice).model_dump_json()), examples


def all_of(intake, path):
    found = list(fresh(intake, path))
    return np.concatenate([some.inputs for some in found]), found


def by_row(examples):
    """The scaled inputs of all parts, in the order of the data."""
    parts = (examples.train, examples.valid, examples.test)
    rows = np.concatenate([part.rows for part in parts])
    return np.concatenate([np.asarray(part.inputs) for part in parts])[np.argsort(rows)], np.sort(rows)


@pytest.mark.parametrize("name", ["GunPoint/GunPoint", "JapaneseVowels/JapaneseVowels"])
def test_labelled_series_are_read_as_in_training(test_data, name):
    folder = test_data / "series"
    intake, examples = read(DataChoice(source=str(folder / f"{name}_TRAIN.ts")))
    inputs, _ = all_of(intake, folder / f"{name}_TEST.ts")
    assert np.allclose(inputs, examples.test.inputs, atol=1e-6, equal_nan=True)


def test_a_long_series_is_forecast_at_each_of_its_rows(test_data):
    path = test_data / "series" / "airline-passengers.csv"
    intake, examples = read(DataChoice(source=str(path), series=SeriesReading(length=12)))
    inputs, found = all_of(intake, path)
    wanted, rows = by_row(examples)
    assert np.allclose(inputs[rows], wanted, atol=1e-6)
    assert len(inputs) == len(examples.dataset.inputs) + 1  # after the last row there is nothing to learn from
    assert found[0].names[0] == "after row 12"
    assert found[-1].names[-1] == "after row 144"
    assert intake.targets == ("Passengers",)


def test_series_of_other_lengths_are_cut_or_filled_up_and_said_so(tmp_path):
    intake, _ = read(DataChoice(source="frequency"))
    long, short = tmp_path / "long.csv", tmp_path / "short.csv"
    long.write_text("\n".join(str(step % 7) for step in range(50)))
    short.write_text("\n".join(str(step % 7) for step in range(30)))
    (cut,), (filled,) = fresh(intake, long), fresh(intake, short)
    assert cut.notes == ("Of 1 series only the last 40 steps are seen: the network takes no more.",)
    assert filled.notes == ("1 series are shorter than 40 steps: only their own steps are looked at.",)
    assert np.isnan(filled.inputs[0, :10]).all()
    scaler = intake.inputs.scaler()
    assert np.allclose(filled.inputs[0, 10:, 0], scaler.apply(np.arange(30.0) % 7)[0, 0], atol=1e-6)
    assert np.allclose(cut.inputs[0, :, 0], scaler.apply(np.arange(10.0, 50.0) % 7)[0, 0], atol=1e-6)
    (tmp_path / "wide.csv").write_text("1,2,3\n" * 60)
    with pytest.raises(DataProblem, match="has 3 columns, but the network takes 1 channel of 40 steps"):
        list(fresh(intake, tmp_path / "wide.csv"))


def test_points_are_engineered_as_in_training(tmp_path):
    intake, examples = read(DataChoice(source="circle", features=("x", "y2", "sin x")))
    path = tmp_path / "points.csv"
    rows = examples.valid.rows
    lines = [f"{x:.8f},{y:.8f}" for x, y in examples.dataset.plane[rows]]
    path.write_text("\n".join(["x,y", *lines]))
    inputs, _ = all_of(intake, path)
    assert np.allclose(inputs, examples.valid.inputs, atol=1e-5)


def test_a_header_is_no_row_though_all_cells_are_words(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,kind\n" + "".join(f"{'xyz'[n % 3]},{'uv'[n % 2]},{'pq'[n % 2]}\n" for n in range(60)))
    intake, _ = read(DataChoice(source=str(path), target="kind"))
    (tmp_path / "new.csv").write_text("b,a\nu,x\n")
    ((some),) = fresh(intake, tmp_path / "new.csv")
    assert some.names == ("row 1",)
    assert np.array_equal(some.inputs, of_cells(intake, {"a": "x", "b": "u"}).inputs)


def test_what_is_typed_must_be_a_number_where_one_is_wanted(tmp_path):
    intake, examples = read(DataChoice(source="iris"))
    names = [column.name for column in intake.preparation.columns]
    typed = of_cells(intake, dict(zip(names, ("5.1", "3.5", "1.4", "0.2"), strict=True)))
    assert np.allclose(typed.inputs, examples.inputs.apply(np.array([[5.1, 3.5, 1.4, 0.2]])), atol=1e-6)
    with pytest.raises(DataProblem, match=r"“tall” in sepal length \(cm\) is not a number."):
        of_cells(intake, {names[0]: "tall"})
    empty = of_cells(intake, {})
    assert np.isfinite(empty.inputs).all()


def test_lines_of_text_are_read_as_those_of_training(test_data):
    folder = test_data / "text" / "names"
    intake, examples = read(DataChoice(source=str(folder)))
    inputs, found = all_of(intake, folder / "Japanese.txt")
    wanted, rows = by_row(examples)
    japanese = np.flatnonzero(examples.dataset.targets == examples.dataset.class_names.index("Japanese"))
    assert np.array_equal(inputs, wanted[np.isin(rows, japanese)])
    assert intake.writing.lines
    assert found[0].names[0] == "Japanese 1"


def test_symbols_that_are_new_are_told(test_data):
    intake, _ = read(DataChoice(source=str(test_data / "text" / "names")))
    some = of_text(intake, "Пушкин")
    assert some.remarks_of(0) == ("6 of 6 symbols were not there in training, such as “П”, “у”, “ш”.",)
    assert (some.inputs[0, -6:] == intake.features.index(UNKNOWN)).all()
    assert of_text(intake, "Tanaka").remarks_of(0) == ()


def test_what_goes_on_and_what_is_answered_is_found_out():
    assert read(DataChoice(source="alice"))[0].writing.mode == "continue"
    assert read(DataChoice(source="reverse"))[0].writing.mode == "answer"
    alice, _ = read(DataChoice(source="alice"))
    codes = of_text(alice, "THE QUEEN").inputs[0].astype(int)
    assert "".join(alice.features[code] for code in codes).strip() == "the queen"


@pytest.fixture
def images(tmp_path):
    """White squares of 12 pixels and bars of 20, on black grounds of 28×28."""
    for kind, (high, wide) in {"square": (12, 12), "bar": (20, 4)}.items():
        (tmp_path / "train" / kind).mkdir(parents=True)
        for number in range(12):
            picture = np.zeros((28, 28), np.uint8)
            picture[4 + number % 3 :, 6:][:high, :wide] = 255
            Image.fromarray(picture).save(tmp_path / "train" / kind / f"{number}.png")
    return tmp_path / "train"


def test_an_image_of_another_size_and_colour_is_brought_to_the_networks(images, tmp_path):
    intake, examples = read(DataChoice(source=str(images)))
    picture = Image.open(images / "bar" / "0.png")
    picture.convert("RGB").resize((84, 84), Image.Resampling.NEAREST).save(tmp_path / "large.png")
    (large,), (own,) = fresh(intake, tmp_path / "large.png"), fresh(intake, images / "bar" / "0.png")
    assert large.inputs.shape == own.inputs.shape == (1, 1, 28, 28)
    assert np.abs(large.inputs - own.inputs).mean() < 0.1
    wanted, _ = by_row(examples)
    assert any(np.array_equal(own.inputs[0], each) for each in wanted)


def test_a_drawing_is_put_where_the_training_figures_are(images):
    intake, _ = read(DataChoice(source=str(images)))
    assert intake.pictures.figures.is_dark
    assert intake.pictures.figures.share == pytest.approx(16 / 28, abs=0.01)  # between 12 and 20
    ink = np.zeros((224, 224), np.uint8)
    ink[10:60, 150:180] = 255  # in a corner, and small
    some = of_drawing(intake, ink)
    seen = some.pictures[0, 0]
    rows, columns = np.nonzero(seen > 100)
    assert seen.max() == 255
    assert rows.mean() == pytest.approx(13.5, abs=1)
    assert columns.mean() == pytest.approx(13.5, abs=1)
    assert rows.max() - rows.min() + 1 == round(28 * intake.pictures.figures.share)


def test_figures_on_paper_are_drawn_dark_on_white(images):
    for path in images.rglob("*.png"):
        picture = 255 - np.asarray(Image.open(path))
        Image.fromarray(picture).save(path)
    intake, _ = read(DataChoice(source=str(images)))
    assert not intake.pictures.figures.is_dark
    ink = np.zeros((224, 224), np.uint8)
    ink[50:150, 100:120] = 255
    seen = of_drawing(intake, ink).pictures[0, 0]
    assert seen[0, 0] == 255
    assert seen.min() == 0


def test_typed_values_are_the_window_that_a_file_would_have_given(tmp_path):
    path = tmp_path / "own.csv"
    rows = [f"{step % 7},{step % 5}" for step in range(120)]
    path.write_text("\n".join(["up,down", *rows]))
    intake, _ = read(DataChoice(source=str(path), series=SeriesReading(length=6, horizon=2)))
    path.write_text("\n".join(["up,down", *rows[:30]]))
    wanted = list(fresh(intake, path))[-1].inputs[-1]
    for text in (
        "\n".join(rows[20:30]),
        "\n".join(["down\tup", *("\t".join(reversed(row.split(","))) for row in rows[20:30])]),
        "\n".join(row.replace(",", "  ") for row in rows[20:30]),
    ):
        assert np.array_equal(of_values(intake, text).inputs[0], wanted)
    with pytest.raises(DataProblem, match="There are 2 moments, but the network looks at 6. Give more."):
        of_values(intake, "1,2\n3,4")
    with pytest.raises(DataProblem, match="“x” in line 2 is not a number. Write numbers alone, a moment a line."):
        of_values(intake, "1,2\n3,x")
    with pytest.raises(DataProblem, match="Line 1 has 1 value, but a moment has 2: up, down."):
        of_values(intake, "1\n3")
