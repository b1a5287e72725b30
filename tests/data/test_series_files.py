"""Series of one's own: windows for forecasting in the order of time, and labelled series of the archives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.app.document import make_project
from playground.app.loading import prepared
from playground.data.catalogue import load
from playground.data.choices import SeriesReading
from playground.data.dataset import DataChoice, DataProblem, Forecast
from playground.data.split import prepare
from playground.engine.events import Ended
from playground.engine.train import Training

QUICK = settings(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def written(tmp_path, text, name="s.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(path, target=None, **series):
    return load(DataChoice(source=str(path), target=target, series=SeriesReading(**series) if series else None))


def counting(rows=200):
    return "value\n" + "".join(f"{number}\n" for number in range(rows))


@pytest.mark.parametrize(("name", "text"), [
    ("s.csv", counting()), ("s.txt", counting().removeprefix("value\n")),
    ("s.csv", "day,value\n" + "".join(f"{1800 + i}-12-31,{i}\n" for i in range(200))),
    ("s.tsv", "value\tday\n" + "".join(f"{i}\t{1900 + i}-01\n" for i in range(200))),
])  # fmt: skip
def test_a_single_column_of_numbers_is_forecast(tmp_path, name, text):
    data = read(written(tmp_path, text, name))
    assert (data.kind, data.task, data.forecast) == ("sequence", "numbers", Forecast(0, 1))
    length = data.inputs.shape[1]
    assert data.inputs[3, :, 0].tolist() == list(range(3, 3 + length))
    assert data.targets[3].tolist() == [3 + length]


def test_windows_have_the_chosen_length_horizon_and_stride(tmp_path):
    data = read(written(tmp_path, counting()), length=5, horizon=3, stride=2)
    assert data.inputs[10, :, 0].tolist() == [20, 21, 22, 23, 24]
    assert data.targets[10].tolist() == [25, 26, 27]
    assert len(data.inputs) == (200 - 8) // 2 + 1


@pytest.mark.parametrize(("length", "horizon", "stride"), [(5, 3, 2), (12, 1, 1), (4, 4, 9), (1, 1, 1)])
def test_no_part_sees_a_row_of_another_and_time_goes_on(tmp_path, length, horizon, stride):
    data = read(written(tmp_path, counting(400)), length=length, horizon=horizon, stride=stride)
    parts = prepare(data, DataChoice())
    seen = [
        np.concatenate([data.inputs[part.rows].ravel(), data.targets[part.rows].ravel()])
        for part in (parts.train, parts.valid, parts.test)
    ]
    assert seen[0].max() < seen[1].min()
    assert seen[1].max() < seen[2].min()
    assert seen[2].max() >= 400 - stride


def test_other_columns_are_channels_unless_the_target_is_to_be_seen_alone(tmp_path):
    days = enumerate(pd.date_range("2001", periods=90))
    text = "day,a,b,word\n" + "".join(f"{day.date()},{i},{-i},x\n" for i, day in days)
    data = read(written(tmp_path, text), target="a", length=4)
    assert (data.feature_names, data.forecast) == (("a", "b"), Forecast(0, 1))
    assert data.inputs[2].tolist() == [[2, -2], [3, -3], [4, -4], [5, -5]]
    assert read(tmp_path / "s.csv", target="a", length=4, alone=True).inputs.shape == (86, 4, 1)
    with pytest.raises(DataProblem, match="s.csv has no column of numbers “c”. It has: a, b."):
        read(tmp_path / "s.csv", target="c", length=4)


def test_rows_are_put_in_order_and_gaps_are_filled_as_pandas_fills_them(tmp_path):
    days = pd.date_range("2001", periods=100)
    values = pd.Series(np.sin(np.arange(100.0)))
    values[[10, 11, 40]] = np.nan
    rows = [f"{day.date()},{'?' if np.isnan(value) else value}\n" for day, value in zip(days, values, strict=True)]
    data = read(written(tmp_path, "day,value\n" + "".join(reversed(rows))), length=1)
    assert data.inputs[:, 0, 0] == pytest.approx(values.interpolate().to_numpy()[:-1], rel=1e-6)
    assert "3 missing values of value were filled in: a straight line over the gap." in data.notes
    assert "The rows were put in the order of day." in data.notes


def test_a_series_too_short_for_its_windows_is_refused(tmp_path):
    with pytest.raises(DataProblem, match="s.csv has 30 rows, too few for windows of 25 and 1 after them."):
        read(written(tmp_path, counting(30)), length=25)
    with pytest.raises(DataProblem, match="are left out between parts: too few."):
        prepare(read(written(tmp_path, counting(60)), length=40), DataChoice())


@pytest.mark.parametrize(("file", "rows", "first"), [
    ("airline-passengers.csv", 144, 112.0), ("daily-min-temperatures.csv", 3650, 20.7),
])  # fmt: skip
def test_the_known_series_are_proposed_as_forecasts(test_data, file, rows, first):
    data = read(test_data / "series" / file)
    theirs = pd.read_csv(test_data / "series" / file).iloc[:, 1].to_numpy(np.float32)
    length = data.inputs.shape[1]
    assert len(data.inputs) == rows - length
    assert data.inputs[0, 0, 0] == pytest.approx(first)
    assert np.array_equal(data.targets[:, 0], theirs[length:])


TS = """#about it
@problemName Made
@timeStamps false
@missing true
@univariate false
@classLabel true up down
@data
"""


def ts(tmp_path, rows, name="Made_TRAIN.ts", head=TS):
    return written(tmp_path, head + "\n".join(rows) + "\n", name)


UP, DOWN = "1,2,3,4:0,0,0,0:up", "4,3:1,1:down"


def test_a_ts_file_has_channels_lengths_and_classes(tmp_path):
    data = read(ts(tmp_path, [UP, DOWN] * 6))
    assert (data.inputs.shape, data.class_names, data.targets[:2].tolist()) == ((12, 4, 2), ("up", "down"), [0, 1])
    assert data.inputs[1].tolist() == [[0, 0], [0, 0], [4, 1], [3, 1]]
    assert data.lengths.tolist() == [4, 2] * 6


def test_what_fills_up_is_no_number_after_scaling_and_not_part_of_it(tmp_path):
    examples = prepared(DataChoice(source=str(ts(tmp_path, [UP, DOWN] * 20))))
    raw, rows = examples.dataset, examples.train.rows
    own = np.concatenate([raw.inputs[row, 4 - raw.lengths[row] :] for row in rows])
    assert np.ravel(examples.inputs.shift) == pytest.approx(own.mean(axis=0))
    assert np.ravel(examples.inputs.scale) == pytest.approx(own.std(axis=0))
    for part in (examples.train, examples.valid, examples.test):
        short = part.inputs[raw.lengths[part.rows] == 2]
        assert np.isnan(short[:, :2]).all()
        assert np.allclose(short[:, 2:, 0], (np.array([4, 3]) - own.mean(axis=0)[0]) / own.std(axis=0)[0], atol=1e-5)


def test_missing_values_are_filled_in_and_told(tmp_path):
    data = read(ts(tmp_path, ["?,1,?,3:5,?,?,5:up", DOWN] * 6))
    assert data.inputs[0].tolist() == [[1, 5], [1, 5], [2, 5], [3, 5]]
    assert data.notes[0] == "24 missing values were filled in: a straight line over the gap."


def test_the_other_half_of_a_pair_is_the_test_part(tmp_path):
    ts(tmp_path, [UP, DOWN] * 3, "Made_TEST.ts")
    for source in (ts(tmp_path, [UP, DOWN] * 8), tmp_path / "Made_TEST.ts", tmp_path):
        data = read(source)
        assert (len(data.inputs), data.test_from) == (22, 16)


def test_a_number_as_label_is_regressed(tmp_path):
    head = TS.replace("@classLabel true up down", "@targetLabel true")
    data = read(ts(tmp_path, [f"1,2:{number}.5" for number in range(12)], head=head))
    assert (data.task, data.targets[3].tolist()) == ("numbers", [3.5])


def test_gunpoint_and_the_vowels_are_as_published(test_data):
    gun = read(test_data / "series" / "GunPoint")
    theirs = np.loadtxt(test_data / "series" / "GunPoint" / "GunPoint_TRAIN.tsv")
    assert (gun.inputs.shape, gun.test_from) == ((200, 150, 1), 50)
    assert gun.inputs[:50, :, 0] == pytest.approx(theirs[:, 1:], abs=1e-6)
    assert np.array_equal(gun.targets[:50] + 1, theirs[:, 0])
    tsv = read(test_data / "series" / "GunPoint" / "GunPoint_TRAIN.tsv")
    assert np.allclose(tsv.inputs, gun.inputs, atol=1e-6)
    vowels = read(test_data / "series" / "JapaneseVowels")
    assert (vowels.inputs.shape, vowels.test_from, len(vowels.class_names)) == ((640, 29, 12), 270, 9)
    assert (vowels.lengths.min(), vowels.lengths.max()) == (7, 29)
    assert np.bincount(vowels.targets[:270]).tolist() == [30] * 9
    assert read(test_data / "series" / "JapaneseVowels" / "JapaneseVowels_eq_TRAIN.ts").inputs.shape == (640, 25, 12)


@pytest.mark.parametrize(("rows", "head", "sentence"), [
    ([UP, "1,x:0,0:up"], TS, "Line 9 of Made_TRAIN.ts has a value that is no number. Mend the file"),
    ([UP, "1,2:up"], TS, "The series in Made_TRAIN.ts have from 1 to 2 channels. Give each as many."),
    ([UP, "1,2"], TS, "Line 9 of Made_TRAIN.ts has no series and label, apart by a colon."),
    ([UP, ":up"], TS, "Line 9 of Made_TRAIN.ts has a series without values."),
    ([UP, UP], TS, "Every series in Made is of one class."),
    ([], TS, "Made_TRAIN.ts has no series after “@data”."),
    ([UP], "@x\n", "Made_TRAIN.ts has no line “@data”"),
    ([UP], TS.replace("true up down", "false"), "Made_TRAIN.ts has no labels"),
    ([UP], TS.replace("@timeStamps false", "@timeStamps true"), "Made_TRAIN.ts has a time for each value"),
    (["a\0b"], TS, "Made_TRAIN.ts has zero bytes: it is no text."),
])  # fmt: skip
def test_series_that_cannot_be_used_are_refused_with_the_place(tmp_path, rows, head, sentence):
    with pytest.raises(DataProblem) as problem:
        read(ts(tmp_path, rows, head=head))
    assert sentence in str(problem.value)


def test_one_very_long_series_among_many_takes_no_memory(tmp_path):
    rows = [",".join(["1"] * 200_000) + ":up", *["1,2:down"] * 3000]
    with pytest.raises(DataProblem, match="would take 2,290 MB at the length of the longest, 200,000 steps."):
        read(ts(tmp_path, rows))


@QUICK
@given(st.lists(st.sampled_from(["1,2,3:up", "?,:down", "@data", ":", "nan:a", "1:2:3", "é", "1e999:up", "\t", "-"])))
def test_any_lines_are_series_or_none(tmp_path, lines):
    for name, head in (("x_TRAIN.ts", TS), ("x_TRAIN.tsv", ""), ("x.ts", "")):
        path = written(tmp_path, head + "\n".join(lines), name)
        try:
            prepare(read(path), DataChoice())
        except DataProblem as problem:
            assert str(problem).endswith((".", "?"))  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(("source", "epochs", "least"), [("GunPoint", 40, None), ("JapaneseVowels", 8, 0.5)])
def test_a_network_learns_the_archives_series(test_data, source, epochs, least):
    document, _ = make_project("frequency-lstm", str(test_data / "series" / source))
    examples = prepared(document.data)
    recipe = document.recipe.model_copy(update={"epochs": epochs})
    training = Training(document.graph, recipe, examples, "cpu", final_exam=True)
    (end,) = [event for event in training.events() if isinstance(event, Ended)]
    majority = np.bincount(examples.test.targets).max() / len(examples.test)
    assert end.test.measures["accuracy"] > (least or majority)


def test_a_network_forecasts_better_than_the_mean_and_than_yesterday(test_data):
    document, data = make_project("frequency-lstm", str(test_data / "series" / "daily-min-temperatures.csv"))
    examples = prepared(document.data)
    training = Training(document.graph, document.recipe.model_copy(update={"epochs": 3}), examples, "cpu")
    (end,) = [event for event in training.events() if isinstance(event, Ended)]
    wanted = data.targets[examples.valid.rows]
    mean = np.sqrt(np.mean((wanted - data.targets[examples.train.rows].mean()) ** 2))
    yesterday = np.sqrt(np.mean((wanted[:, 0] - data.inputs[examples.valid.rows, -1, 0]) ** 2))
    assert end.valid.measures["rmse"] < mean
    assert end.valid.measures["rmse"] < yesterday
