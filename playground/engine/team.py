"""Several processes that train one network together, through torch.distributed: who is who, sharing out, gathering.

Knows no training loop: team_training.py is that. torchrun starts the processes and says by the environment who they
are. Source: Li et al. 2020, “PyTorch Distributed: Experiences on Accelerating Data Parallel Training”, VLDB 13(12).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch._C._distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

from playground.engine.checkpoint import Checkpoint
from playground.engine.device import limit_threads, pick

SILENCE = timedelta(minutes=10)
"""How long a process waits for the others before it takes them for lost."""
PAUSE = 0.02
"""Seconds between two looks who has come."""


@dataclass(frozen=True)
class Team:
    """The processes of one run. rank: this one's number, from 0; what it shares out, it shares out alike everywhere."""

    rank: int
    size: int
    device: torch.device

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.rank == 0

    def share(self, count: int) -> range:
        """The part of this process of so many things in a row; parts differ by one at most.

        >>> [list(Team(rank, 2, torch.device("cpu")).share(5)) for rank in (0, 1)]
        [[0, 1], [2, 3, 4]]
        """
        return range(self.rank * count // self.size, (self.rank + 1) * count // self.size)

    def gather(self, own: Tensor, count: int) -> Tensor:
        """Everyone's share of so many rows, in their order, for everyone."""
        most = -(-count // self.size)
        filled = torch.zeros((most, *own.shape[1:]), dtype=own.dtype, device=own.device)
        filled[: len(own)] = own
        everyone = [torch.empty_like(filled) for _ in range(self.size)]
        dist.all_gather(everyone, filled)
        lengths = (len(Team(rank, self.size, self.device).share(count)) for rank in range(self.size))
        return torch.cat([part[:length] for part, length in zip(everyone, lengths, strict=True)])

    def add_up(self, values: Tensor) -> Tensor:
        """The sum over all processes, in place."""
        dist.all_reduce(values)
        return values

    def agree_on_buffers(self, network: nn.Module) -> None:
        """Give all the mean of what each has seen: batch normalisation's moving averages."""
        for buffer in network.buffers():
            if buffer.is_floating_point():
                self.add_up(buffer).div_(self.size)

    def tell(self, checkpoint: Checkpoint | None) -> Checkpoint | None:
        """What the first process has read from a file, for all of them; as data, never as pickled objects."""
        from safetensors.numpy import load, save

        said = b""
        if self.is_first and checkpoint is not None:
            facts = json.dumps(checkpoint.facts).encode()
            said = len(facts).to_bytes(8, "little") + facts + save(dict(checkpoint.tensors))
        length = torch.tensor([len(said)], device=self.device)
        dist.broadcast(length, 0)
        if not int(length):
            return None
        letters = torch.zeros(int(length), dtype=torch.uint8, device=self.device)
        if self.is_first:
            letters.copy_(torch.frombuffer(bytearray(said), dtype=torch.uint8))
        dist.broadcast(letters, 0)
        heard = letters.cpu().numpy().tobytes()
        end = 8 + int.from_bytes(heard[:8], "little")
        return Checkpoint(load(heard[end:]), json.loads(heard[8:end]))


@contextmanager
def joined(device: str) -> Iterator[Team]:
    """Meet the others, as the environment says; each process on a machine takes the graphics card of its number there.

    Raises: DeviceProblem: If this machine has no such device.
    """
    here = int(os.environ.get("LOCAL_RANK", "0"))
    kind = pick(device)
    if kind.type == "cuda":
        kind = torch.device("cuda", here % torch.cuda.device_count())
        torch.cuda.set_device(kind)
    beside = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    limit_threads(max(1, (os.cpu_count() or 1) // beside))
    store, rank, size = next(rendezvous("env://", timeout=SILENCE))
    room = _room(store, rank, size)
    backend = "nccl" if kind.type == "cuda" else "gloo"
    dist.init_process_group(backend, store=room, rank=rank, world_size=size, timeout=SILENCE)
    try:
        yield Team(dist.get_rank(), dist.get_world_size(), kind)
    finally:
        limit_threads(None)
        dist.destroy_process_group()


def _room(store: Store, rank: int, size: int) -> Store:
    """A part of the store that is this attempt's alone.

    After a restart torchrun may hand out the store of the attempt before, in which the addresses of the dead still
    stand. Each process says its own new name; the first tells everyone who is there now the name of the room.
    """
    if rank:
        name = uuid4().hex
        store.set(f"here/{rank}", name)
        room = store.get(f"room/{name}").decode()
        store.add(f"met/{room}", 1)
        return PrefixStore(room, store)
    room, end = uuid4().hex, time.monotonic() + SILENCE.total_seconds()
    while store.add(f"met/{room}", 0) < size - 1:
        if time.monotonic() > end:
            raise RuntimeError("Timed out waiting for the other processes.")
        for other in range(1, size):
            if store.check([f"here/{other}"]):
                store.set(f"room/{store.get(f'here/{other}').decode()}", room)
        time.sleep(PAUSE)
    return PrefixStore(room, store)
