"""What is fitted to a table is fitted to its training rows alone, as scikit-learn would, and serves other files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

from playground.data.catalogue import load
from playground.data.dataset import DataChoice, DataProblem
from playground.data.preparing import YEAR, Preparation
from playground.data.reading import ColumnReading, TableReading
from playground.data.split import assembled, divide, prepare
from playground.data.table_files import read, understand
from playground.data.tables import new_rows


def choice_of(path, *columns, target=None, **settings):
    table = TableReading(columns=tuple(columns)) if columns else None
    return DataChoice(source=str(path), target=target, table=table, **settings)


def prepared(choice):
    return prepare(load(choice), choice)


@pytest.fixture
def mixed(tmp_path):
    """Numbers, categories, yes and no and dates, all with gaps."""
    random = np.random.default_rng(1)
    lines = ["age,fare,town,smoker,day,y"]
    for number in range(400):
        cells = [
            f"{random.normal(30, 10):.1f}", f"{random.exponential(20):.2f}", random.choice(["a", "b", "c", "d"]),
            random.choice(["Yes", "No"]), f"2020-{random.integers(1, 13):02}-{random.integers(1, 29):02}",
        ]  # fmt: skip
        cells = ["" if random.random() < 0.1 else cell for cell in cells]
        lines.append(",".join([*cells, "uvw"[number % 3]]))
    path = tmp_path / "mixed.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def planted_copy(path, rows, change):
    """The file with these data rows changed."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for row in rows:
        lines[row + 1] = change(lines[row + 1])
    other = path.with_name("planted.csv")
    other.write_text("\n".join(lines), encoding="utf-8")
    return other


def test_nothing_in_validation_or_test_reaches_the_training_inputs(mixed):
    honest = prepared(choice_of(mixed))
    hidden = [*honest.valid.rows, *honest.test.rows]
    planted = planted_copy(mixed, hidden, lambda line: ",".join(["1e6", "", "zzz", "No", "1999-01-01", line[-1]]))
    spied = prepared(choice_of(planted))
    assert spied.dataset.feature_names == honest.dataset.feature_names
    assert np.array_equal(spied.train.inputs, honest.train.inputs)
    assert spied.preparation == honest.preparation
    assert not np.array_equal(spied.valid.inputs, honest.valid.inputs)


def test_the_planted_rows_do_change_what_is_fitted_to_them(mixed):
    """The check above would see a leak: the same change in training rows is seen."""
    honest = prepared(choice_of(mixed))
    planted = planted_copy(
        mixed, honest.train.rows[:50], lambda line: ",".join(["1e6", "", "zzz", "No", "1999-01-01", line[-1]])
    )
    spied = prepared(choice_of(planted))
    assert "town = zzz" in spied.dataset.feature_names
    assert spied.preparation != honest.preparation


@pytest.mark.parametrize(
    ("scaling", "theirs"), [("standard", StandardScaler), ("robust", RobustScaler), ("unit", MinMaxScaler)]
)
@pytest.mark.parametrize(
    ("missing", "strategy"), [("median", "median"), ("mean", "mean"), ("most frequent", "most_frequent")]
)
def test_numbers_are_filled_and_scaled_as_scikit_learn_does(mixed, scaling, theirs, missing, strategy):
    columns = [
        ColumnReading(name=name, scaling=scaling, missing=missing, indicator=True) for name in ("age", "fare")
    ] + [ColumnReading(name=name, role="left out") for name in ("town", "smoker", "day")]
    examples = prepared(choice_of(mixed, *columns))
    plan = understand(mixed)
    table = read(mixed, plan)
    raw = np.stack([table.by_name["age"].values, table.by_name["fare"].values], axis=1)
    imputer = SimpleImputer(strategy=strategy).fit(raw[examples.train.rows])
    scaler = theirs().fit(imputer.transform(raw[examples.train.rows]))
    for part in (examples.train, examples.valid, examples.test):
        wanted = scaler.transform(imputer.transform(raw[part.rows]))
        assert part.inputs[:, [0, 2]] == pytest.approx(wanted, rel=1e-5, abs=1e-5)
        assert np.array_equal(part.inputs[:, [1, 3]], np.isnan(raw[part.rows]))


def test_categories_are_counted_out_as_scikit_learn_does(mixed):
    left = [ColumnReading(name=name, role="left out") for name in ("age", "fare", "smoker", "day")]
    examples = prepared(choice_of(mixed, *left))
    town = read(mixed, understand(mixed)).by_name["town"]
    words = np.array([*town.words, "gap"])[town.values][:, None]
    encoder = OneHotEncoder(categories=[["a", "b", "c", "d", "gap"]], sparse_output=False)
    encoder.fit(words[examples.train.rows])
    assert examples.dataset.feature_names == ("town = a", "town = b", "town = c", "town = d", "town is missing")
    assert np.array_equal(examples.valid.inputs, encoder.transform(words[examples.valid.rows]))


def test_rare_categories_share_an_input_and_so_do_new_ones(tmp_path):
    words = ["often"] * 60 + ["seldom"] * 30 + [f"once{number}" for number in range(10)]
    path = tmp_path / "t.csv"
    path.write_text("w,x,y\n" + "".join(f"{word},{i},{i % 2}\n" for i, word in enumerate(words)), encoding="utf-8")
    examples = prepared(choice_of(path))
    assert examples.dataset.feature_names[:3] == ("w = often", "w = seldom", "w: other")
    few = prepared(choice_of(path, ColumnReading(name="w", kinds=1)))
    assert few.dataset.feature_names[:2] == ("w = often", "w: other")
    other = tmp_path / "new.csv"
    other.write_text("x,w\n1,never seen\n2,often\n", encoding="utf-8")
    inputs = examples.preparation.apply(new_rows(other, examples.preparation))
    assert inputs[:, :3].tolist() == [[0, 0, 1], [1, 0, 0]]


def test_yes_and_no_are_one_input(mixed):
    left = [ColumnReading(name=name, role="left out") for name in ("age", "fare", "town", "day")]
    examples = prepared(choice_of(mixed, *left, ColumnReading(name="smoker", indicator=False)))
    smoker = read(mixed, understand(mixed)).by_name["smoker"]
    assert examples.dataset.feature_names == ("smoker = Yes",)
    counts = np.bincount(smoker.values[examples.train.rows] + 1)
    usual = float(counts[2] > counts[1])
    wanted = [
        [usual if code < 0 else float(smoker.words[code] == "Yes")] for code in smoker.values[examples.valid.rows]
    ]
    assert examples.valid.inputs.tolist() == wanted


def test_dates_become_years_and_points_on_a_circle(tmp_path):
    path = tmp_path / "t.csv"
    lines = [f"2020-{month:02}-{day:02} {hour:02}:00:00,{hour % 2}" for month in (1, 4, 7, 10) for day, hour in
             ((1, 0), (2, 6), (3, 12), (4, 18), (5, 7), (6, 9))]  # fmt: skip
    path.write_text("when,y\n" + "\n".join(lines), encoding="utf-8")
    choice = choice_of(path).model_copy(update={"table": TableReading()})  # else it is read as a series
    data = load(choice)
    assert data.feature_names == (
        "when (year)", "when (time of year, sin)", "when (time of year, cos)", "when (time of day, sin)",
        "when (time of day, cos)",
    )  # fmt: skip
    seconds = np.datetime64("2020-01-02T06:00:00").astype("datetime64[s]").astype(int)
    row = data.inputs[1]
    assert row[0] == pytest.approx(1970 + seconds / YEAR, abs=1e-3)
    assert row[3:] == pytest.approx([1, 0], abs=1e-6)
    assert np.hypot(row[1], row[2]) == pytest.approx(1)
    examples = prepared(choice)
    assert examples.train.inputs.mean(axis=0) == pytest.approx(np.zeros(5), abs=1e-4)


def test_a_preparation_goes_through_json_and_prepares_the_same_rows_alike(mixed):
    examples = prepared(choice_of(mixed))
    again = Preparation.model_validate_json(examples.preparation.model_dump_json())
    assert again == examples.preparation
    inputs = again.apply(new_rows(mixed, again))
    for part in (examples.train, examples.valid, examples.test):
        assert np.array_equal(inputs[part.rows], part.inputs)


def test_new_rows_are_matched_by_name_whatever_their_order_and_encoding(mixed, tmp_path):
    examples = prepared(choice_of(mixed))
    header, *lines = [line.split(",") for line in mixed.read_text(encoding="utf-8").splitlines()]
    order = [3, 0, 4, 2, 1]
    turned = ["extra;" + ";".join(header[place] for place in order)]
    turned += ["é;" + ";".join(line[place].replace(".", ",") for place in order) for line in lines]
    other = tmp_path / "other.csv"
    other.write_bytes("\r\n".join(turned).encode("latin-1"))
    inputs = examples.preparation.apply(new_rows(other, examples.preparation))
    assert np.array_equal(inputs[examples.valid.rows], examples.valid.inputs)


def test_a_single_new_row_is_prepared(mixed, tmp_path):
    examples = prepared(choice_of(mixed))
    header, *lines = mixed.read_text(encoding="utf-8").splitlines()
    row = int(examples.valid.rows[0])
    other = tmp_path / "one.csv"
    other.write_text(f"{header}\n{lines[row]}\n", encoding="utf-8")
    inputs = examples.preparation.apply(new_rows(other, examples.preparation))
    assert np.array_equal(inputs[0], examples.valid.inputs[0])


def test_a_column_that_is_gone_is_told(mixed, tmp_path):
    examples = prepared(choice_of(mixed))
    other = tmp_path / "other.csv"
    other.write_text("age,town,smoker,day\n1,a,Yes,2020-01-01\n", encoding="utf-8")
    with pytest.raises(DataProblem, match="other.csv has no column “fare”, which the network takes as an input"):
        examples.preparation.apply(new_rows(other, examples.preparation))


def test_the_signature_is_that_of_the_prepared_inputs(mixed):
    choice = choice_of(mixed)
    data = load(choice)
    examples = prepare(data, choice)
    assert data.signature == examples.signature
    assert examples.train.inputs.shape[1] == data.signature.input.channels == len(data.feature_names)
    scaled = examples.inputs.apply(examples.dataset.inputs[examples.valid.rows])
    assert scaled == pytest.approx(examples.valid.inputs, abs=2e-3)


def test_another_division_is_fitted_anew(mixed):
    choice = choice_of(mixed)
    data = load(choice)
    rows = divide(data, choice)
    swapped = assembled(data, choice, (rows[1], rows[0], rows[2]))
    assert swapped.preparation != prepare(data, choice).preparation
    ages = swapped.train.inputs[:, 0]
    assert ages.mean() == pytest.approx(0, abs=1e-5)
    assert len(swapped.train) == len(rows[1])


def test_the_same_table_is_recognised_under_another_split(mixed):
    first, second = (load(choice_of(mixed, seed=seed)) for seed in (0, 1))
    assert first.holds_same(second)
    assert not first.holds_same(load(choice_of(mixed, ColumnReading(name="age", role="left out"))))
    iris = load(DataChoice(source="iris"))
    assert iris.holds_same(replace(iris))


def test_duplicates_are_found_before_gaps_are_filled(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n" + "".join(f"{i // 2},{i // 2 % 7},{i // 2 % 2}\n" for i in range(80)), encoding="utf-8")
    assert sum(len(part) for part in divide(load(choice_of(path)), choice_of(path, distinct=True))) == 40
