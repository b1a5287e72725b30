from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from playground.data.catalogue import load
from playground.data.dataset import DataChoice, Dataset, Part
from playground.data.split import prepare, rebuilding
from playground.selection.enough import enough, half_width, r2_half_width, smallest_difference
from tests.selection.test_baselines import examples_of


def made(inputs, targets, task="classes", **more):
    classes = tuple(str(each) for each in range(int(targets.max()) + 1)) if task == "classes" else ()
    names = tuple(f"x{at}" for at in range(inputs.shape[1]))
    wanted = targets.astype(np.int64) if task == "classes" else targets.astype(np.float32)[:, None]
    dataset = Dataset("made", "Made", "table", inputs.astype(np.float32), wanted, task, classes, names, **more)
    return prepare(dataset, DataChoice(source="made"))


def kinds(found):
    return [each.kind for each in found.findings]


def test_the_smallest_difference_is_found_by_mcnemars_test_in_four_of_five_cases():
    random, count = np.random.default_rng(0), 2000
    gap = smallest_difference(count)
    only_first, only_second = (0.1 + gap) / 2, (0.1 - gap) / 2
    draws = random.multinomial(count, [only_first, only_second, 0.9], size=600)
    found = np.mean([binomtest(int(b), int(b + c)).pvalue < 0.05 for b, c, _ in draws])
    assert found == pytest.approx(0.8, abs=0.06)


def test_the_interval_of_r2_is_as_wide_as_simulated_ones():
    random, count = np.random.default_rng(0), 400
    scores = []
    for _ in range(600):
        truth = random.normal(size=count)
        answer = truth / 2 + random.normal(size=count) / 2
        scores.append(np.corrcoef(truth, answer)[0, 1] ** 2)
    assert r2_half_width(count) == pytest.approx(1.96 * np.std(scores), rel=0.12)


def test_intervals_shrink_with_the_root_of_the_examples():
    assert half_width(400, 0.9) == pytest.approx(half_width(100, 0.9) / 2, rel=0.05)
    assert half_width(270, 0.5) == pytest.approx(0.059, abs=0.001)


def test_eighty_subjects_and_five_hundred_columns_are_warned_of():
    random = np.random.default_rng(0)
    found = enough(made(random.normal(size=(80, 500)), random.integers(0, 2, 80)), 10_000)
    assert {"few examples", "more inputs than examples", "more parameters than examples"} <= set(kinds(found))
    assert "Leave one out" in next(each.advice for each in found.findings if each.kind == "few examples")
    assert "hard to show" in found.sure


def test_enough_data_are_left_in_peace():
    random = np.random.default_rng(0)
    found = enough(made(random.normal(size=(20_000, 5)), random.integers(0, 3, 20_000)), 100)
    assert found.findings == ()
    assert "With 3,000 validation examples an accuracy of 90 % is known to ± 1.1 points" in found.sure


def test_folds_are_proposed_for_digits():
    found = enough(examples_of("digits"), 4810)
    assert kinds(found) == ["some examples", "more parameters than examples"]
    assert found.worries == 0


def test_a_column_that_is_the_answer_is_named():
    random = np.random.default_rng(0)
    inputs, targets = random.normal(size=(3000, 4)), random.integers(0, 2, 3000)
    inputs[:, 2] = targets * 2 + 0.001 * random.normal(size=3000)
    found = enough(made(inputs, targets), 10)
    [leak] = [each for each in found.findings if each.kind == "leak"]
    assert "“x2” alone tells the answer" in leak.text


def test_duplicates_rare_classes_constant_columns_and_split_groups_are_named():
    random = np.random.default_rng(0)
    inputs = random.integers(0, 3, size=(300, 3)).astype(float)
    inputs[:, 1] = 7
    targets = (random.random(300) < 0.5).astype(int)
    targets[:12] = 2
    examples = made(inputs, targets)
    groups = np.arange(300) % 20
    split = replace(examples, dataset=replace(examples.dataset, groups=groups))
    found = enough(split, 10)
    assert {"duplicates", "rare class", "constant inputs", "groups", "some examples"} == set(kinds(found))
    assert found.findings[0].severity == "problem"


@pytest.mark.parametrize("source", ["alice", "adding", "frequency", "diabetes", "spiral", "running-parity"])
def test_data_of_every_kind_are_looked_at(source):
    found = enough(examples_of(source), 50)
    assert found.sure.startswith("With ")


def test_an_autoencoders_data_and_very_few_examples_are_looked_at():
    assert enough(rebuilding(examples_of("digits")), 50).sure.startswith("With ")
    examples = examples_of("iris")
    few = replace(examples, train=_first(examples.train, 9), valid=_first(examples.valid, 3))
    assert "few examples" in kinds(enough(few, 5))


def _first(part, count):
    return Part(part.inputs[:count], part.targets[:count], part.rows[:count])


def test_fewer_than_ten_examples_are_a_problem_and_not_only_few():
    examples = examples_of("iris")
    hardly = replace(examples, train=_first(examples.train, 2), valid=_first(examples.valid, 1))
    found = enough(hardly, 5)
    assert found.findings[0].kind == "hardly any examples"
    assert found.findings[0].text == "There are 3 examples to learn and choose from."
    assert "no score means anything" in found.findings[0].advice
    assert "few examples" not in kinds(found)


@pytest.mark.parametrize(("name", "is_warned"), [("subject_id", True), ("Patient", True), ("id", True), ("age", False)])
def test_whole_numbers_that_are_called_like_somebodys_are_warned_of(tmp_path, name, is_warned):
    path = tmp_path / "visits.csv"
    lines = [f"{at % 40},{at * 7 % 31 / 10},{'ab'[at % 40 % 2]}" for at in range(160)]
    path.write_text(f"{name},x,kind\n" + "\n".join(lines), encoding="utf-8")
    choice = DataChoice(source=str(path))
    found = [each for each in enough(prepare(load(choice), choice), 5).findings if each.kind == "groups"]
    assert [(each.column, each.role) for each in found] == ([(name, "group")] if is_warned else [])


def test_a_column_that_is_the_answer_can_be_left_out(tmp_path):
    path = tmp_path / "people.csv"
    lines = [f"{at * 7 % 31 / 10},{'yes' if at % 3 else 'no'},{int(at % 3 > 0)}" for at in range(160)]
    path.write_text("fare,alive,survived\n" + "\n".join(lines), encoding="utf-8")
    choice = DataChoice(source=str(path))
    [leak] = [each for each in enough(prepare(load(choice), choice), 5).findings if each.kind == "leak"]
    assert (leak.column, leak.role) == ("alive", "left out")
