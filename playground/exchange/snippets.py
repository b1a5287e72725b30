"""Classes and functions that written code brings along where torch has no word for something.

Each is plain PyTorch text, formatted as the rest of the written file, and computes what the module of the same name
in playground.engine does; tests hold the two against each other.
"""

from __future__ import annotations

SNIPPETS: dict[str, str] = {}
"""By the name that layer_code.Said.needs mentions."""

SNIPPETS["attention"] = '''
def attention(
    query: Tensor,
    keys: Tensor,
    values: Tensor | None = None,
    scaled: bool = True,
    causal: bool = False,
) -> Tensor:
    """softmax(Q Kᵀ / √d) V; causal: no step looks at a later one."""
    asked = query[:, None] if query.dim() == 2 else query
    fit = asked @ keys.transpose(1, 2)
    if scaled:
        fit = fit / math.sqrt(keys.shape[-1])
    if causal:
        fit = fit.masked_fill(torch.ones_like(fit).bool().triu(1), -torch.inf)
    found = fit.softmax(dim=-1) @ (keys if values is None else values)
    return found[:, 0] if query.dim() == 2 else found
'''

SNIPPETS["AdditiveAttention"] = '''
class AdditiveAttention(nn.Module):
    """Weights αⱼ = softmax(v · tanh(W q + U mⱼ)) for the memory's steps mⱼ."""

    def __init__(self, query: int, memory: int, units: int) -> None:
        super().__init__()
        self.of_query = nn.Linear(query, units, bias=False)
        self.of_memory = nn.Linear(memory, units, bias=False)
        self.judge = nn.Linear(units, 1, bias=False)

    def forward(self, query: Tensor, memory: Tensor) -> Tensor:
        asked = query[:, None] if query.dim() == 2 else query
        both = self.of_query(asked)[:, :, None] + self.of_memory(memory)[:, None]
        found = self.judge(torch.tanh(both))[..., 0].softmax(dim=-1) @ memory
        return found[:, 0] if query.dim() == 2 else found
'''

SNIPPETS["MultiHeadAttention"] = '''
class MultiHeadAttention(nn.MultiheadAttention):
    """torch's own, batch first, of one sequence or of two."""

    def __init__(self, size: int, heads: int, causal: bool) -> None:
        super().__init__(size, heads, batch_first=True)
        self.causal = causal

    def forward(self, query: Tensor, memory: Tensor | None = None) -> Tensor:
        memory = query if memory is None else memory
        steps = query.shape[1]
        later = torch.ones(steps, steps, dtype=torch.bool, device=query.device).triu(1)
        mask = later if self.causal else None
        return super().forward(query, memory, memory, attn_mask=mask)[0]
'''

SNIPPETS["codes"] = '''
def codes(numbers: Tensor, count: int) -> Tensor:
    """Codes (n, steps) or (n, steps, 1) as whole numbers from 0 to count - 1."""
    flat = numbers[..., 0] if numbers.dim() == 3 else numbers
    return flat.nan_to_num(0).round().clamp(0, count - 1).long()
'''

SNIPPETS["dot_product"] = '''
def dot_product(first: Tensor, second: Tensor) -> Tensor:
    """Inner products over the last dimension."""
    return (first.unsqueeze(-2) @ second.unsqueeze(-1)).squeeze(-1)
'''

SNIPPETS["heaviside"] = '''
class StraightThrough(torch.autograd.Function):
    """1 for positive values, else 0; backwards the identity between -1 and 1."""

    @staticmethod
    def forward(x):
        return (x > 0).to(x.dtype)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * (x.abs() <= 1)


def heaviside(x: Tensor) -> Tensor:
    """The step function with a straight-through gradient."""
    return StraightThrough.apply(x)
'''

SNIPPETS["LearnedScale"] = '''
class LearnedScale(nn.Module):
    """A learned factor for each unit, feature or channel."""

    def __init__(self, channels: int, factor: float, rank: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), factor))
        self.sides = (channels, 1, 1) if rank == 3 else (channels,)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight.view(self.sides)
'''

SNIPPETS["LpPool2d"] = '''
class LpPool2d(nn.Module):
    """The p-norm over windows; where a sum is not positive it is 0, and so is its slope."""

    def __init__(self, power: int, kernel, stride: int, **more) -> None:
        super().__init__()
        self.power = power
        self.pool = nn.AvgPool2d(kernel, stride, divisor_override=1, **more)

    def forward(self, images: Tensor) -> Tensor:
        sums = self.pool(images**self.power)
        least = torch.finfo(sums.dtype).tiny
        roots = sums.clamp(min=least) ** (1 / self.power)
        return torch.where(sums > least, roots, 0.0)
'''

SNIPPETS["PaddedAvgPool2d"] = '''
class PaddedAvgPool2d(nn.AvgPool2d):
    """The mean of the pixels in each window of unevenly padded images."""

    def __init__(self, *args, around: tuple[int, ...], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.around = around

    def forward(self, images: Tensor) -> Tensor:
        shares = super().forward(F.pad(torch.ones_like(images[:1, :1]), self.around))
        return super().forward(F.pad(images, self.around)) / shares
'''

SNIPPETS["StepsAvgPool1d"] = '''
class StepsAvgPool1d(nn.AvgPool1d):
    """The mean of the steps in each window of unevenly padded sequences."""

    def __init__(self, *args, around: tuple[int, ...], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.around = around

    def forward(self, steps: Tensor) -> Tensor:
        rows = steps.transpose(1, 2)
        shares = super().forward(F.pad(torch.ones_like(rows[:1, :1]), self.around))
        return (super().forward(F.pad(rows, self.around)) / shares).transpose(1, 2)
'''

SNIPPETS["waves"] = '''
def waves(steps: int, size: int) -> Tensor:
    """Sines and cosines that tell each step its place (Vaswani et al. 2017)."""
    features = torch.arange(size)
    places = torch.arange(steps, dtype=torch.float32)[:, None]
    angles = places / 10_000 ** (2 * (features // 2) / size)
    return torch.where(features % 2 == 0, angles.sin(), angles.cos())
'''

SNIPPETS["step_before"] = '''
def step_before(sequence: Tensor) -> Tensor:
    """What a sequence (n, steps, ...) was a step earlier, with zeros at first."""
    return torch.cat((torch.zeros_like(sequence[:, :1]), sequence[:, :-1]), 1)
'''

SNIPPETS["tie"] = '''
def tie(module: nn.Module, other: nn.Module) -> None:
    """Let a module use the weights of another one."""
    for name, parameter in list(other.named_parameters()):
        place, _, own = name.rpartition(".")
        setattr(module.get_submodule(place), own, parameter)
'''

_FLAT = '''
def flat_state(stacked: Tensor) -> Tensor:
    """(layers * directions, n, units) as (n, numbers)."""
    return stacked.transpose(0, 1).flatten(1)


def stacked_state(flat: Tensor, units: int) -> Tensor:
    """(n, numbers) as (layers * directions, n, units)."""
    return flat.reshape(len(flat), -1, units).transpose(0, 1).contiguous()
'''
_WITH_STATE = '''
class {0}WithState(nn.{0}):
    """torch's {0}, which takes and gives its state as one vector (n, numbers)."""

    def forward(
        self, steps: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        if state is not None:
            state = stacked_state(state, self.hidden_size)
        states, last = super().forward(steps, state)
        return states, flat_state(last)
'''
SNIPPETS["flat_state"] = _FLAT
SNIPPETS["RNNWithState"] = _WITH_STATE.format("RNN")
SNIPPETS["GRUWithState"] = _WITH_STATE.format("GRU")
SNIPPETS["LSTMWithState"] = '''
class LSTMWithState(nn.LSTM):
    """torch's LSTM, which takes and gives its state as one vector: h, then c.

    A state of half that size is h; c then begins at 0.
    """

    def forward(
        self, steps: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        begin = None
        if state is not None:
            wide = self.num_layers * (1 + self.bidirectional) * self.hidden_size
            h = stacked_state(state[:, :wide], self.hidden_size)
            c = torch.zeros_like(h)
            if state.shape[1] > wide:
                c = stacked_state(state[:, wide:], self.hidden_size)
            begin = (h, c)
        states, (h, c) = super().forward(steps, begin)
        return states, torch.cat((flat_state(h), flat_state(c)), 1)
'''

SNIPPETS["own_steps"] = '''
def own_steps(x: Tensor) -> tuple[Tensor, Tensor]:
    """Sequences of unequal length: x with zeros for NaN, and how long each is.

    A shorter sequence stands at the end of its row, with NaN before it.
    """
    filling = x.isnan()
    return x.masked_fill(filling, 0.0), (~filling[..., 0]).sum(1).clamp(min=1)
'''

SNIPPETS["is_own_step"] = '''
def is_own_step(lengths: Tensor, steps: int) -> Tensor:
    """Whether a step is one of the sequence's own, (n, steps)."""
    return torch.arange(steps, device=lengths.device) >= steps - lengths[:, None]
'''

SNIPPETS["zeros_before"] = '''
def zeros_before(x: Tensor, lengths: Tensor, fill: float = 0.0) -> Tensor:
    """Sequences with zeros, or another number, before their own steps."""
    return x.masked_fill(~is_own_step(lengths, x.shape[1])[..., None], fill)
'''

SNIPPETS["place_of_steps"] = '''
def place_of_steps(x: Tensor, lengths: Tensor) -> Tensor:
    """The place of each step in its sequence, from 0; 0 before it."""
    steps = torch.arange(x.shape[1], device=x.device)
    return (steps - (x.shape[1] - lengths[:, None])).clamp(min=0)
'''

SNIPPETS["to_front"] = '''
def to_front(x: Tensor, lengths: Tensor, fill: float = 0.0) -> Tensor:
    """Sequences from the end of their rows to the front, with a number behind them."""
    steps = torch.arange(x.shape[1], device=x.device) + (x.shape[1] - lengths[:, None])
    found = x.gather(1, steps.clamp(max=x.shape[1] - 1)[..., None].expand_as(x))
    return found.masked_fill(~is_own_step(lengths, x.shape[1]).flip(1)[..., None], fill)
'''

SNIPPETS["to_end"] = '''
def to_end(x: Tensor, lengths: Tensor) -> Tensor:
    """Sequences from the front of their rows back to the end."""
    steps = torch.arange(x.shape[1], device=x.device) - (x.shape[1] - lengths[:, None])
    return x.gather(1, steps.clamp(min=0)[..., None].expand_as(x))
'''

SNIPPETS["over_own_steps"] = '''
def over_own_steps(layer: nn.Module, x: Tensor, lengths: Tensor, *state: Tensor):
    """A recurrent layer over each sequence's own steps: all states, and the last."""
    packed = pack_padded_sequence(
        to_front(x, lengths), lengths.cpu(), batch_first=True, enforce_sorted=False
    )
    states, last = layer(packed, *state)
    states, _ = pad_packed_sequence(states, batch_first=True, total_length=x.shape[1])
    return to_end(states, lengths), last
'''

SNIPPETS["norm_own_steps"] = '''
def norm_own_steps(norm: nn.Module, x: Tensor, lengths: Tensor) -> Tensor:
    """Batch normalisation by mean and variance of the sequences' own steps."""
    there = is_own_step(lengths, x.shape[1])
    return torch.zeros_like(x).masked_scatter(there[..., None], norm(x[there]))
'''


def needed(names: set[str]) -> list[str]:
    """The texts of those snippets, in the order they stand here, with what they need themselves."""
    if any(name.endswith("WithState") for name in names):
        names = names | {"flat_state"}
    return [text.strip("\n").rstrip() for name, text in SNIPPETS.items() if name in names]
