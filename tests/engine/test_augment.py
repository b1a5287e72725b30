"""Training examples changed at random: what they become, that no other part is touched, and that runs stay exact."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from playground.app.document import make_project
from playground.data.catalogue import load
from playground.data.dataset import DataChoice, Dataset
from playground.data.split import prepare
from playground.engine.augment import Augmenter, augmenter, erased, moved, placed, warped
from playground.engine.augmentation import OF_IMAGES, OF_NUMBERS, OF_SERIES, Augmentation, misfits, offered
from playground.engine.compile import build
from playground.engine.judging import Judge
from playground.engine.losses import LOSSES
from playground.engine.recipe import Recipe, RecipeProblem
from playground.engine.stacked_network import can_stack
from playground.engine.train import Training
from playground.graph.templates import chain
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.normalise import Dropout
from playground.layers.reshape import Flatten
from tests.engine.nets import gauss, losses, net, numbers, recipe, weights

EVERYTHING = {
    "shift": 0.1, "rotate": 15, "scale": 0.1, "flip": "both", "crop": 0.2, "contrast": 0.3, "erase": 0.3,
    "noise": 0.1, "mixup": 0.4,
}  # fmt: skip
SMALL = {"noise": 0.1, "mixup": 0.4}


def digits():
    choice = DataChoice(source="digits")
    return prepare(load(choice), choice)


def images(*shape):
    random = np.random.default_rng(0)
    return torch.from_numpy(random.normal(size=shape).astype(np.float32))


def of(kind, inputs, targets=None, **more):
    targets = np.zeros(len(inputs), np.int64) if targets is None else targets
    return Dataset("made", "Made", kind, inputs, targets, "classes", ("a", "b"), **more)


def image_net(hidden=16):
    return chain(Input(dims=(1, 8, 8)), Flatten(), Dense(units=hidden, activation="relu"), Dropout(rate=0.2),
                 Dense(units=10), Output(units=10))  # fmt: skip


def still(count):
    return np.tile(np.eye(2), (count, 1, 1)), np.zeros((count, 2))


# What becomes of an image


def test_an_image_that_is_not_moved_is_the_same():
    x = images(3, 2, 7, 9)
    assert torch.allclose(moved(x, *still(3)), x, atol=1e-5)


def test_shifting_by_whole_pixels_is_shifting_the_array():
    x = images(1, 1, 6, 8)
    matrices, shifts = still(1)
    shifts[0] = 2 * 2 / 8, 2 * 1 / 6  # two pixels across, one down
    found = moved(x, matrices, shifts)[0, 0].numpy()
    assert np.allclose(found, ndimage.shift(x[0, 0].numpy(), (-1, -2), order=1, mode="nearest"), atol=1e-4)


def test_turning_an_image_that_is_no_square_is_scipys_rotation():
    x = images(1, 1, 12, 20)
    angle = np.deg2rad(20)
    matrices, shifts = still(1)
    matrices[0] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    found = moved(x, matrices, shifts)[0, 0].numpy()
    wanted = ndimage.rotate(x[0, 0].numpy(), -20, reshape=False, order=1, mode="nearest")
    other = ndimage.rotate(x[0, 0].numpy(), 20, reshape=False, order=1, mode="nearest")
    assert min(np.abs(found - wanted).max(), np.abs(found - other).max()) < 1e-3


def test_a_flip_across_mirrors_left_and_right():
    x = images(1, 3, 5, 6)
    matrices, shifts = still(1)
    matrices[0, 0, 0] = -1
    assert torch.allclose(moved(x, matrices, shifts), x.flip(3), atol=1e-5)


@pytest.mark.parametrize("asked", [{"shift": 0.2}, {"rotate": 30}, {"scale": 0.3}, {"crop": 0.4}, {"flip": "across"}])
def test_moves_stay_within_what_was_asked_for(asked):
    matrices, shifts = placed(Augmentation(**asked), 2000, np.random.default_rng(1))
    sizes = np.sqrt(np.abs(np.linalg.det(matrices)))
    assert np.abs(shifts).max() <= 2 * asked.get("shift", 0) + asked.get("crop", 0) + 1e-9
    assert sizes.min() >= 1 / (1 + asked.get("scale", 0)) - asked.get("crop", 0) - 1e-9
    assert sizes.max() <= 1 / (1 - asked.get("scale", 0)) + 1e-9
    if "rotate" in asked:
        angles = np.rad2deg(np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0]))
        assert 28 < np.abs(angles).max() <= 30
    if "flip" in asked:
        assert 0.4 < (matrices[:, 0, 0] < 0).mean() < 0.6


def test_a_cropped_part_lies_within_the_image():
    matrices, shifts = placed(Augmentation(crop=0.5), 1000, np.random.default_rng(0))
    assert (matrices[:, 0, 0] + np.abs(shifts[:, 0])).max() <= 1 + 1e-9


def test_a_hole_is_a_square_of_the_mean_and_the_rest_stays():
    x = images(1, 2, 10, 10)
    found = erased(x, 0.4, np.array([[0.5, 0.3]]))
    hole = found[0, 0] == 0
    assert int(hole.sum()) == 16
    assert torch.equal(torch.nonzero(hole).float().mean(0), torch.tensor([4.5, 2.5]))
    assert torch.equal(found[0][:, ~hole], x[0][:, ~hole])


# What becomes of a series and of a table's row


def test_a_warped_series_keeps_begin_and_end_and_its_pace_stays_within_bounds():
    t = torch.linspace(0, 1, 201)[None, :, None].repeat(50, 1, 1)
    asked = Augmentation(warp=0.5)
    dataset = of("sequence", t.numpy())
    found = Augmenter(asked, dataset, 0).batch(t, torch.zeros(50), 3).inputs
    assert torch.allclose(found[:, [0, -1]], t[:, [0, -1]], atol=1e-4)
    pace = found.diff(dim=1) * 200
    assert 0.5 - 0.01 < float(pace.min()) < 0.95
    assert 1.05 < float(pace.max()) < 1.5 + 0.01


def test_a_series_that_is_not_warped_is_the_same():
    x = images(2, 9, 3)
    assert torch.allclose(warped(x, np.zeros((2, 2))), x, atol=1e-5)


def test_a_stretched_series_is_a_multiple_of_itself():
    x = images(40, 9, 2)
    factors = Augmenter(Augmentation(stretch=0.3), of("sequence", x.numpy()), 0).batch(x, torch.zeros(40), 0).inputs / x
    assert torch.allclose(factors, factors[:, :1, :1].expand_as(factors), atol=1e-4)
    assert 0.7 <= float(factors.min()) < 0.8
    assert 1.2 < float(factors.max()) <= 1.3


def test_noise_has_the_spread_asked_for_and_spares_steps_that_only_fill_up():
    x = torch.ones(200, 12, 2)
    x[:, :5] = torch.nan
    dataset = of("sequence", x.numpy(), lengths=np.full(200, 7))
    found = Augmenter(Augmentation(noise=0.3), dataset, 0).batch(x, torch.zeros(200), 0).inputs
    assert found[:, :5].isnan().all()
    assert float((found - x)[:, 5:].std()) == pytest.approx(0.3, rel=0.05)


def test_columns_of_a_table_that_say_yes_or_no_get_no_noise():
    inputs = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    inputs[:, 1] = inputs[:, 1] > 0
    examples = prepare(of("table", inputs, np.arange(60) % 2), DataChoice(scaling="none"))
    change = augmenter(Augmentation(noise=1), examples, 0, torch.device("cpu"))
    x = torch.from_numpy(examples.train.inputs)
    found = change.batch(x, torch.zeros(len(x)), 0).inputs
    assert torch.equal(found[:, 1], x[:, 1])
    assert bool((found[:, [0, 2]] != x[:, [0, 2]]).all())


# Mixup


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy", "hinge"])
def test_the_loss_of_mixed_examples_is_the_mix_of_their_losses(loss):
    graph = net(loss=loss)
    examples = gauss()
    network = build(graph, 0)
    inputs, targets = (torch.from_numpy(each[::4]) for each in (examples.train.inputs, examples.train.targets))
    batch = Augmenter(Augmentation(mixup=0.5), examples.dataset, 0).batch(inputs, targets, 0)
    scores, found, _ = (each.detach() for each in Judge(network, 2).learn_from(batch))
    parts = [LOSSES[loss](scores, each) for each in (batch.targets, batch.others)]
    assert float(found) == pytest.approx(float(batch.share * parts[0] + (1 - batch.share) * parts[1]), rel=1e-5)
    assert batch.share >= 0.5
    assert not torch.equal(batch.others, targets)


def test_mixed_cross_entropy_is_that_of_soft_answers():
    examples = gauss()
    inputs, targets = (torch.from_numpy(each[::4]) for each in (examples.train.inputs, examples.train.targets))
    batch = Augmenter(Augmentation(mixup=0.5), examples.dataset, 0).batch(inputs, targets, 0)
    scores, found, _ = (each.detach() for each in Judge(build(net(), 0), 2).learn_from(batch))
    soft = sum(
        share * torch.nn.functional.one_hot(each, 2).float()
        for share, each in ((batch.share, batch.targets), (1 - batch.share, batch.others))
    )
    assert float(found) == pytest.approx(float(torch.nn.functional.cross_entropy(scores, soft)), rel=1e-5)


# What fits which data


def test_what_is_offered_follows_the_form_of_an_example():
    series = np.zeros((4, 9, 2), np.float32)
    assert offered(of("image", np.zeros((4, 1, 8, 8), np.float32))) == OF_IMAGES
    assert offered(of("sequence", series)) == OF_SERIES
    assert "warp" not in offered(of("sequence", series, np.zeros((4, 9), np.int64)))
    assert "warp" not in offered(of("sequence", series, lengths=np.array([9, 8, 7, 9])))
    assert offered(of("table", np.zeros((4, 3), np.float32))) == OF_NUMBERS
    assert offered(of("text", np.zeros((4, 9), np.float32))) == ()


def test_what_does_not_suit_the_data_is_refused_in_a_sentence():
    with pytest.raises(RecipeProblem) as problem:
        Training(net(), recipe(augment={"rotate": 10}), gauss())
    assert str(problem.value) == (
        "Augmentation: rotate does not suit a table's rows. Set recipe.augment.rotate to 0; what suits them: noise, "
        "mixup."
    )
    text = of("text", np.zeros((4, 9), np.float32))
    assert "symbols have no values between them" in misfits(Augmentation(mixup=1), text)
    assert misfits(Augmentation(**EVERYTHING), of("image", np.zeros((4, 1, 8, 8), np.float32))) == ""


def test_stacked_training_says_that_it_does_not_change_examples():
    assert "one by one" in can_stack(net(Dense(units=4)), recipe(), recipe(augment=SMALL))


# Runs


def test_nothing_but_training_examples_is_changed():
    examples = digits()
    before = {name: getattr(examples, name).inputs.copy() for name in ("train", "valid", "test")}
    training = Training(image_net(), recipe(augment=EVERYTHING, epochs=2), examples)
    events = [event for event in training.events() if type(event).__name__ == "EpochDone"]
    assert all(np.array_equal(getattr(examples, name).inputs, value) for name, value in before.items())
    plain = Training(image_net(), recipe(epochs=2), examples, weights=weights(training))
    assert plain.evaluate("valid").loss == events[-1].valid.loss
    assert np.array_equal(plain.predict("test"), training.predict("test"))


def test_training_examples_are_others_in_every_epoch_and_the_same_under_one_seed():
    first, second, other = (
        losses(Training(image_net(), recipe(augment=EVERYTHING, seed=seed), digits())) for seed in (3, 3, 4)
    )
    assert first == second
    assert first != other
    assert first != losses(Training(image_net(), recipe(seed=3), digits()))
    training = Training(image_net(), recipe(augment=EVERYTHING), digits())
    inputs, targets = training._parts["train"]
    rows = torch.arange(8)
    one = training.drawn(inputs, targets, rows).inputs
    assert torch.equal(one, training.drawn(inputs, targets, rows).inputs)
    training.step = 100
    assert not torch.equal(one, training.drawn(inputs, targets, rows).inputs)


@pytest.mark.parametrize("steps", [79, 100, 158])
def test_a_resumed_run_gives_the_same_numbers(steps):
    settings = recipe(augment=EVERYTHING, epochs=3)
    whole = Training(image_net(), settings, digits())
    list(whole.events())
    part = Training(image_net(), settings, digits())
    events = part.events()
    while part.step < steps:
        next(events)
    after = Training(image_net(), settings, digits(), checkpoint=part.checkpoint())
    list(after.events())
    assert all(np.array_equal(value, weights(after)[name]) for name, value in weights(whole).items())


def test_a_run_that_overflows_is_explained_with_the_examples_it_saw():
    settings = recipe(augment={"noise": 0.5, "mixup": 0.3}, optimiser="sgd", learning_rate=80000, epochs=30)
    training = Training(net(Dense(units=8, activation="relu"), Dense(units=8, activation="relu")), settings, gauss())
    ended = list(training.events())[-1]
    assert ended.reason == "diverged"
    assert "Training diverged" in ended.message


def test_numbers_can_be_mixed_and_disturbed():
    graph = net(Dense(units=4), inputs=3, loss="mean_squared_error", units=1)
    found = losses(Training(graph, recipe(augment=SMALL, epochs=20), numbers()))
    assert found[-1] < found[0]


def test_an_autoencoder_learns_to_take_the_noise_away():
    examples = digits()
    graph = make_project("autoencoder", "digits")[0].graph
    training = Training(graph, recipe(augment={"noise": 0.5, "shift": 0.1}), examples)
    inputs, targets = training._parts["train"]
    batch = training.drawn(inputs, targets, torch.arange(16))
    scores, loss, _ = (each.detach() for each in training.judge.learn_from(batch))
    wanted = torch.nn.functional.mse_loss(scores, batch.clean)
    assert float(loss) == pytest.approx(float(wanted), rel=1e-6)
    assert float((batch.inputs - batch.clean).std()) == pytest.approx(0.5, rel=0.1)
    found = losses(training)
    assert found[-1] < found[0]


def test_augmented_projects_are_written_and_those_without_are_as_they_always_were():
    document, _ = make_project("digits-cnn")
    assert "augment" not in document.recipe.model_dump(mode="json")
    changed = Recipe(augment=Augmentation(shift=0.1))
    assert Recipe.model_validate(changed.model_dump(mode="json")) == changed
