from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from playground.data.catalogue import load
from playground.data.choices import MOST_DRAWN, DrawnPoints
from playground.data.corrections import with_label
from playground.data.dataset import DataChoice, DataProblem
from playground.data.drawn import added, erased, signature, taken_over
from playground.data.split import divide, prepare


def cloud(label: int, count: int, seed: int = 0) -> list[tuple[float, float]]:
    places = np.random.default_rng((seed, label)).normal(2 * label - 3, 1, (count, 2)).clip(-6, 6)
    return [(float(x), float(y)) for x, y in places]


def two(first: int = 30, second: int = 20) -> DrawnPoints:
    return added(added(DrawnPoints(), cloud(1, first), 1), cloud(2, second), 2)


def choice(points: DrawnPoints, **settings) -> DataChoice:
    return DataChoice(source="drawn", drawn=points, **settings)


def test_drawn_points_are_examples_of_the_plane():
    data = load(choice(two()))
    assert (data.kind, data.task, data.class_names) == ("points", "classes", ("1", "2"))
    assert data.inputs.shape == (50, 2)
    assert np.bincount(data.targets).tolist() == [30, 20]
    assert data.plane == pytest.approx(np.array(cloud(1, 30) + cloud(2, 20)), abs=6e-4)


def test_inputs_are_engineered_as_for_the_other_sets_of_the_plane():
    data = load(choice(two(), features=("x", "xy")))
    assert data.inputs[:, 1] == pytest.approx(data.plane[:, 0] * data.plane[:, 1], abs=1e-5)


def test_no_point_changes_its_part_when_others_are_drawn_and_erased():
    random, drawn, parts = np.random.default_rng(1), two(), {}
    for turn in range(30):
        label = int(random.integers(1, 4))
        drawn = added(drawn, cloud(label, 9, turn), label)
        drawn = erased(drawn, [tuple(random.uniform(-5, 5, 2))], 1.0)
        rows = divide(load(choice(drawn)), choice(drawn))
        for part, mine in enumerate(rows):
            for row in mine:
                assert parts.setdefault(drawn.points[row], part) == part
    assert len(parts) > 200


@pytest.mark.parametrize(("valid", "test"), [(0.15, 0.15), (0.3, 0.1), (0.1, 0.4)])
def test_each_class_is_divided_by_the_shares_to_the_point(valid, test):
    drawn = two(200, 60)
    data = load(choice(drawn))
    rows = divide(data, choice(drawn, valid=valid, test=test))
    for label, count in enumerate((200, 60)):
        sizes = [int((data.targets[part] == label).sum()) for part in rows]
        assert sizes == pytest.approx([count * (1 - valid - test), count * valid, count * test], abs=2)


def test_ten_points_of_two_classes_are_enough():
    examples = prepare(load(choice(two(5, 5))), choice(two(5, 5)))
    assert (len(examples.train), len(examples.valid), len(examples.test)) == (6, 2, 2)


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (None, "0 points are drawn; at least 10 are needed, of two classes. Draw more of them by hand."),
        (two(3, 3), "6 points are drawn; at least 10 are needed"),
        (added(DrawnPoints(), cloud(2, 12), 2), "All points are of class 2. Draw some of another class"),
    ],
)
def test_too_few_points_are_told_with_what_to_do(points, sentence):
    with pytest.raises(DataProblem, match=sentence):
        load(choice(points))


def test_a_class_that_is_missing_is_told_and_the_others_keep_their_numbers():
    data = load(choice(added(two(), cloud(4, 8), 4)))
    assert data.class_names == ("1", "2", "3", "4")
    assert data.notes == ("No point is of class 3.",)
    assert signature(choice(added(two(), cloud(4, 8), 4))) == data.signature
    assert signature(choice(None)).outputs == 2


def test_points_beyond_the_plane_and_beyond_the_most_are_left_out():
    assert len(added(DrawnPoints(), [(0.0, 0.0), (6.1, 0.0), (0.0, -7.0)], 1).points) == 1
    full = added(DrawnPoints(), [(0.0, 0.0)] * (MOST_DRAWN + 10), 1)
    assert len(full.points) == MOST_DRAWN
    assert added(full, [(1.0, 1.0)], 2) == full


def test_erasing_takes_what_lies_in_the_circle_and_nothing_else():
    drawn = added(DrawnPoints(), [(0.0, 0.0), (0.3, 0.4), (1.0, 0.0)], 1)
    assert [point[:2] for point in erased(drawn, [(0.0, 0.0)], 0.51).points] == [(1.0, 0.0)]
    assert erased(drawn, [(5.0, 5.0)], 1.0) is drawn


def test_another_set_is_taken_over_with_its_labels():
    spiral = load(DataChoice(source="spiral", samples=100))
    drawn = taken_over(spiral)
    assert [point[2] for point in drawn.points] == [1] * 50 + [2] * 50
    assert np.array([point[:2] for point in drawn.points if point[2] == 2]) == pytest.approx(
        spiral.plane[spiral.targets == 1], abs=6e-4
    )
    assert taken_over(load(DataChoice(source="plane"))) is None
    assert taken_over(load(DataChoice(source="iris"))) is None


@pytest.mark.parametrize(
    "point", [(7, 0, 1, 0), (0, float("nan"), 1, 0), (0, 0, 10, 0), (0, 0, 0, 0), (0, 0, 1, -1), (0, 0, 1), "abc"]
)
def test_points_of_a_strangers_file_are_checked(point):
    with pytest.raises(ValidationError):
        DataChoice.model_validate({"source": "drawn", "drawn": {"points": [point]}})


def test_a_project_without_drawn_points_is_written_as_it_always_was():
    assert "drawn" not in DataChoice().model_dump()
    assert "variation" not in DataChoice().model_dump()
    kept = choice(two()).model_dump_json()
    assert DataChoice.model_validate_json(kept) == choice(two())


def test_a_corrected_label_does_not_go_to_another_point():
    points = two()
    said = with_label(choice(points), load(choice(points)), 0, "2")
    assert load(said).targets[0] == 1
    moved = added(erased(points, [points.points[0][:2]], 0.0001), [(0.0, 0.0)], 1)
    assert len(moved.points) == len(points.points)
    other = load(said.model_copy(update={"drawn": moved}))
    assert any("Corrections are not used" in note for note in other.notes)
