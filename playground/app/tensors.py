"""Arrays out of safetensors that others may have written: header and sizes are looked at before anything is made.

A tensor's bytes lie in the content as they are, so what is made of it is never much larger than the content.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.app.bounded import parsed

MOST_HEADER = 16 * 2**20
MOST_TENSORS = 200_000
"""A network of 20,000 layers has some eight for each, with the optimiser's."""


def unpacked(content: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The arrays by name, and the notes beside them. Raises ValueError with a reason."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    header = _header(content)
    notes = header.pop("__metadata__", {})
    if not isinstance(notes, dict) or not all(isinstance(note, str) for note in notes.values()):
        raise ValueError("The notes beside the tensors are no text.")
    if len(header) > MOST_TENSORS:
        raise ValueError(f"There are {len(header):,} tensors; at most {MOST_TENSORS:,} are read.")
    try:
        found: dict[str, NDArray[Any]] = load(content)
    except (SafetensorError, TypeError, KeyError, AttributeError, OverflowError, MemoryError) as error:
        raise ValueError(str(error)) from error
    if any(array.dtype == np.object_ or array.ndim > 8 for array in found.values()):
        raise ValueError("A tensor has more than 8 dimensions.")
    return found, notes


def _header(content: bytes) -> dict[str, Any]:
    if len(content) < 8:
        raise ValueError("The header is cut short.")
    (length,) = struct.unpack("<Q", content[:8])
    if length > min(MOST_HEADER, len(content) - 8):
        raise ValueError(f"The header would take {length:,} bytes; at most {MOST_HEADER:,} are read.")
    header = parsed(content[8 : 8 + length])
    if not isinstance(header, dict):
        raise ValueError("The header is not a list of tensors.")
    return header
