"""A recipe and the Outputs as the text of a training loop: loss, score, learning rate, training.

It takes the same steps as engine/train.py: the same order of the examples, the same penalties, the same end.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from playground.engine.recipe import Recipe
from playground.exchange.page import called
from playground.graph.model import NodeId
from playground.layers.ends import Loss, Output

SCORES = {
    "cross_entropy": "Cross-entropy in nats",
    "binary_cross_entropy": "Binary cross-entropy in nats",
    "mean_squared_error": "Squared error of the scaled targets",
    "hinge": "Hinge loss",
}


class Judged:
    """The Outputs of a network as code. shapes: how many dimensions each one's scores have beside the batch."""

    def __init__(self, outputs: Mapping[NodeId, Output], main: NodeId, ranks: Mapping[NodeId, int]) -> None:
        self.outputs, self.main, self.ranks = outputs, main, ranks
        self.output = outputs[main]
        self.is_plain = len(outputs) == 1 and not self.output.rebuilds and not self.output.each_step
        self.place = f"[{list(outputs).index(main)}]" if len(outputs) > 1 else ""
        """How the answer is taken from what the network gives."""

    def loss(self) -> list[str]:
        """The main Output's loss as a function, and all together where there are several."""
        lines = [
            "def loss_of(scores: Tensor, targets: Tensor) -> Tensor:",
            f'    """{SCORES[self.output.loss]}, mean over the answers."""',
            *_loss("return ", self.output, self.ranks[self.main], "scores", "targets"),
        ]
        if (not self.place and self.output.weight == 1) or self.is_plain:
            return lines
        lines += ["", "", "def total_loss(outputs, inputs: Tensor, targets: Tensor) -> Tensor:"]
        lines += ['    """The losses of all outputs, each times its weight."""']
        for number, (id, output) in enumerate(self.outputs.items()):
            scores = f"outputs[{number}]" if self.place else "outputs"
            truth = "inputs" if output.rebuilds else "targets"
            lines += _loss(f"loss{number + 1} = ", output, self.ranks[id], scores, truth)
        terms = [f"{output.weight!r} * loss{at + 1}" for at, output in enumerate(self.outputs.values())]
        return [*lines, *called("return sum", (tuple(terms),), 4)]

    @property
    def is_weighed(self) -> bool:
        return any(line.startswith("def total_loss") for line in self.loss())

    def answers(self) -> list[str]:
        """From scores to answers."""
        head = ["def answers_of(scores: Tensor) -> Tensor:", '    """The class that each row of scores stands for."""']
        if self.output.scores == 1:
            return [*head, "    return (scores[..., 0] > 0).long()"]
        return [*head, "    return scores.argmax(dim=-1)"]


def _loss(begin: str, output: Output, rank: int, scores: str, targets: str) -> list[str]:
    """A statement that computes one Output's loss."""
    if output.rebuilds:
        scores, targets = f"{scores}.flatten(1)", f"{targets}.flatten(1)"
    elif rank == 2:
        scores, targets = f"{scores}.flatten(0, 1)", f"{targets}.flatten(0, 1)"
    one = output.scores == 1 and not output.rebuilds
    if output.loss == "hinge" and one:
        return [f"    {begin}(1 - (2 * {targets} - 1) * {scores}[:, 0]).clamp_min(0).mean()"]
    return called(f"{begin}{FUNCTIONS[output.loss]}", _arguments(output, one, scores, targets), 4)


FUNCTIONS: dict[Loss, str] = {
    "cross_entropy": "F.cross_entropy",
    "binary_cross_entropy": "F.binary_cross_entropy_with_logits",
    "mean_squared_error": "F.mse_loss",
    "hinge": "F.multi_margin_loss",
}


def _arguments(output: Output, one: bool, scores: str, targets: str) -> tuple[str, str]:
    if output.loss != "binary_cross_entropy":
        return scores, targets
    if one:
        return f"{scores}[:, 0]", f"{targets}.float()"
    return scores, f"F.one_hot({targets}, {output.units}).float()"


ACCURACY = '''
def score(scores: Tensor, targets: Tensor) -> str:
    """The share of right answers, 0 to 1."""
    right = (answers_of(scores) == targets).float().mean()
    return f"accuracy {right.item():.6f}"
'''
IN_OWN_UNITS = '''
def in_own_units(scores: Tensor) -> np.ndarray:
    """Predicted numbers in the data's own units, float32 (answers, columns)."""
    with np.load(DATA) as arrays:
        shift, scale = arrays["target_shift"], arrays["target_scale"]
    values = scores.detach().cpu().numpy().reshape(-1, shift.size) * scale + shift
    return values.astype(np.float32)


'''.lstrip("\n")
REGRESSION = '''
def score(scores: Tensor, targets: Tensor) -> str:
    """Root mean square, mean absolute error and R² in the data's own units."""
    guess, true = (
        in_own_units(values).astype(np.float64) for values in (scores, targets)
    )
    error = guess - true
    left = (error**2).sum(axis=0)
    spread = ((true - true.mean(axis=0)) ** 2).sum(axis=0)
{weighted}    share = 1 - left / np.where(spread > 0, spread, 1)
    r2 = np.where(spread > 0, share, np.where(left > 0, 0.0, 1.0)).mean()
    rmse, mae = np.sqrt((error**2).mean()), np.abs(error).mean()
    return f"rmse {{rmse:.6g}}, mae {{mae:.6g}}, r2 {{r2:.6f}}"
'''
WEIGHTED = "    left, spread = left.sum(keepdims=True), spread.sum(keepdims=True)\n"
DECODING = '''
def begun(targets: Tensor) -> Tensor:
    """The right answers before each step: "begin", then all but the last."""
    first = torch.full_like(targets[:, :1], BEGIN)
    return torch.cat([first, targets[:, :-1]], dim=1).float()


def predict(model: Network, inputs: Tensor) -> Tensor:
    """Scores where each step reads the model's own answers before it."""
    before = torch.full((len(inputs), STEPS), float(BEGIN), device=inputs.device)
    for step in range(STEPS - 1):
        scores = model(inputs, before){place}
        before[:, step + 1] = answers_of(scores)[:, step].float()
    return model(inputs, before){place}
'''
PREDICT = '''
def predict(model: Network, inputs: Tensor) -> Tensor:
    """Raw scores of examples."""
    return model(inputs){place}
'''
EVALUATE = '''
@torch.no_grad()
def evaluate(model: Network, part: str) -> tuple[float, str]:
    """Loss and score of a part of the data, "train" or "valid"."""
    model.eval()
    inputs, targets = load(part)
    scores = torch.cat([predict(model, piece) for piece in inputs.split(1024)])
    return loss_of(scores, targets).item(), score(scores, targets)
'''


def judging(judged: Judged, steps: int) -> list[str]:
    """Loss, score and prediction. steps: of the answers that a decoder reads; 0 if it reads none."""
    parts = ["\n".join(judged.loss())]
    if judged.output.task == "classes" and not judged.output.rebuilds:
        parts += ["\n".join(judged.answers()), ACCURACY]
    else:
        parts.append(IN_OWN_UNITS + REGRESSION.strip("\n").format(weighted=WEIGHTED if judged.output.rebuilds else ""))
    parts += [(DECODING if steps else PREDICT).format(place=judged.place), EVALUATE]
    return [part.strip("\n") for part in parts]


def constants(recipe: Recipe, judged: Judged, steps: int) -> list[str]:
    """The figures of the recipe that the loop uses."""
    lines = [f"EPOCHS = {recipe.epochs}", f"BATCH = {recipe.batch}", f"LEARNING_RATE = {recipe.learning_rate!r}"]
    lines += [f"SEED = {recipe.seed}"]
    for name in ("warmup", "l1", "l2", "clip", "patience"):
        if value := getattr(recipe, name):
            lines.append(f"{name.upper()} = {value!r}")
    if recipe.schedule in ("step", "plateau"):
        lines.append(f"SCHEDULE_EPOCHS = {recipe.schedule_epochs}")
    if steps:
        lines += [f"STEPS = {steps}", f"BEGIN = {judged.output.units}"]
    return lines


def rate(recipe: Recipe) -> list[str]:
    """The learning rate of an epoch, as a function; none where it stands still."""
    if recipe.schedule == "constant" and not recipe.warmup:
        return []
    drops = recipe.schedule == "plateau"
    lines = [f"def rate(epoch: int{', drops: int' if drops else ''}) -> float:"]
    lines.append('    """The learning rate of an epoch, counted from 0."""')
    since = "epoch"
    if recipe.warmup:
        lines += ["    if epoch < WARMUP:", "        return LEARNING_RATE * (epoch + 1) / (WARMUP + 1)"]
        since = "(epoch - WARMUP)"
    left = "max(1, EPOCHS - WARMUP)" if recipe.warmup else "EPOCHS"
    formulas = {
        "constant": "LEARNING_RATE",
        "step": f"LEARNING_RATE * 0.1 ** ({since} // SCHEDULE_EPOCHS)",
        "cosine": f"LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * {since} / {left}))",
        "plateau": "LEARNING_RATE * 0.1**drops",
    }
    return [*lines, f"    return {formulas[recipe.schedule]}"]


def training(recipe: Recipe, judged: Judged, steps: int, fewest: int) -> list[str]:
    """The training loop. fewest: examples a batch needs."""
    keeps = bool(recipe.patience) or recipe.keep_best
    lines = [
        "def train() -> Network:",
        '    """Train from weights drawn anew; the same seed gives the same numbers."""',
        *_not_said(recipe),
        "    torch.manual_seed(SEED)",
        "    model = Network().to(DEVICE)",
        *_optimiser(recipe),
        "    torch.manual_seed(SEED)",
        "    shuffle = torch.Generator().manual_seed(SEED)",
        '    inputs, targets = load("train")',
    ]
    if keeps:
        lines.append('    lowest, waited, best = float("inf"), 0, model.state_dict()')
    if recipe.schedule == "plateau":
        lines.append('    plateau, flat, drops = float("inf"), 0, 0')
    lines.append("    for epoch in range(EPOCHS):")
    if rate(recipe):
        told = "epoch, drops" if recipe.schedule == "plateau" else "epoch"
        lines += ["        for group in optimiser.param_groups:", f'            group["lr"] = rate({told})']
    lines += ["        model.train()", "        order = torch.randperm(len(inputs), generator=shuffle).to(DEVICE)"]
    lines += ["        for rows in order.split(BATCH):", *_step(recipe, judged, steps, fewest)]
    lines += ['        loss, told = evaluate(model, "valid")']
    lines += ['        print(f"epoch {epoch + 1}: validation loss {loss:.6f}, {told}")']
    lines += _after(recipe, keeps)
    return [*lines, *(["    model.load_state_dict(best)"] if keeps else []), "    return model"]


def _not_said(recipe: Recipe) -> list[str]:
    """A remark on what this loop does not do as the program does."""
    if not recipe.augment.is_on:
        return []
    words = (
        f"NOT WRITTEN HERE: the project changes its training examples at random ({recipe.augment.told()}). This loop "
        "learns from them as they are, so its numbers differ. torchvision.transforms.v2 has most of it."
    )
    return textwrap.wrap(words, 100, initial_indent="    # ", subsequent_indent="    # ")


def _optimiser(recipe: Recipe) -> list[str]:
    told = ["lr=LEARNING_RATE"] + (["momentum=" + repr(recipe.momentum)] if recipe.optimiser in MOMENTUM else [])
    name = f"torch.optim.{OPTIMISERS[recipe.optimiser]}"
    parameters = "    parameters = [p for p in model.parameters() if p.requires_grad]"
    if not recipe.l2:
        told += ["weight_decay=0.0"] if recipe.optimiser == "adamw" else []
        return [parameters, *called(f"optimiser = {name}", ("parameters", *told), 4)]
    return [
        parameters,
        "    groups = [  # L2 falls on weights, not on biases and normalisation",
        '        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": L2},',
        '        {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},',
        "    ]",
        *called(f"optimiser = {name}", ("groups", *told), 4),
    ]


MOMENTUM = ("sgd", "rmsprop")
OPTIMISERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}


def _step(recipe: Recipe, judged: Judged, steps: int, fewest: int) -> list[str]:
    pad = " " * 12
    lines = []
    if fewest > 1:
        lines += [f"{pad}if len(rows) < {fewest}:  # too few for batch normalisation", f"{pad}    continue"]
    outputs = "model(inputs[rows], begun(targets[rows]))" if steps else "model(inputs[rows])"
    args = (outputs, "inputs[rows]", "targets[rows]") if judged.is_weighed else (outputs, "targets[rows]")
    head = "total_loss" if judged.is_weighed else "loss_of"
    lines += [f"{pad}optimiser.zero_grad()", *called(f"loss = {head}", args, 12), f"{pad}loss.backward()"]
    if recipe.l1:
        lines += [
            f"{pad}for parameter in model.parameters():",
            f"{pad}    if parameter.grad is not None and parameter.dim() > 1:",
            f"{pad}        parameter.grad += L1 * parameter.detach().sign()",
        ]
    if recipe.clip:
        lines.append(f"{pad}nn.utils.clip_grad_norm_(model.parameters(), CLIP)")
    return [*lines, f"{pad}optimiser.step()"]


def _after(recipe: Recipe, keeps: bool) -> list[str]:
    """What is noted after an epoch: the best weights, the plateau."""
    lines: list[str] = []
    if recipe.schedule == "plateau":
        lines += [
            "        plateau, flat = (loss, 0) if loss < plateau else (plateau, flat + 1)",
            "        if flat >= SCHEDULE_EPOCHS:",
            "            drops, flat = drops + 1, 0",
        ]
    if keeps:
        lines += [
            "        waited += 1",
            "        if loss < lowest:",
            "            lowest, waited = loss, 0",
            "            best = {k: v.clone() for k, v in model.state_dict().items()}",
        ]
    if recipe.patience:
        lines += ["        if waited >= PATIENCE:", "            break"]
    return lines
