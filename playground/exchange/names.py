"""Names from a project as Python identifiers, and its words as comments: nothing in a file may become code.

A name is cut, stripped of what is no ASCII letter or digit, and given a number where it is taken.
"""

from __future__ import annotations

import builtins
import re
import textwrap
from collections.abc import Iterable, Mapping
from keyword import iskeyword, issoftkeyword

from playground.graph.edits import RESERVED

LONGEST = 28
"""Letters of a name, so that a line with three of them is not over WIDTH."""
WIDTH = 88
"""Columns of the written code: the usual width of Python's formatters."""
_OF_MODULES = (
    "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches "
    "eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict "
    "modules mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook "
    "register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook "
    "register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook "
    "register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ "
    "set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad"
)
OF_MODULES = frozenset(_OF_MODULES.split())
"""What every torch module has already."""
_OF_THE_FILE = (
    "annotations answers argparse attention codes dot_product heaviside json math np reduce step_before tie time "
    "waves Path Tensor Network"
)
OF_THE_FILE = frozenset(_OF_THE_FILE.split())
"""What the written file uses for itself."""
TAKEN = RESERVED | OF_MODULES | OF_THE_FILE | frozenset(dir(builtins))


class Names:
    """Hands out identifiers, each once."""

    def __init__(self, ids: Iterable[str] = (), taken: Iterable[str] = ()) -> None:
        self._used = set(TAKEN).union(taken)
        self.of: Mapping[str, str] = {id: self.fresh(id) for id in ids}
        """The identifier of each layer."""

    def fresh(self, wanted: str) -> str:
        """An identifier like that one which nothing else has.

        >>> names = Names(["conv1", "conv1.2", "class", "import os; x"])
        >>> list(names.of.values()), names.fresh("conv1")
        (['conv1', 'conv1_2', 'class_2', 'import_os_x'], 'conv1_3')
        """
        plain = re.sub(r"[^A-Za-z0-9]+", "_", wanted).strip("_")[:LONGEST] or "layer"
        plain = plain if not plain[0].isdigit() else f"layer_{plain}"[:LONGEST]
        name, number = plain, 1
        while name in self._used or iskeyword(name) or issoftkeyword(name):
            number += 1
            name = f"{plain[: LONGEST - 1 - len(str(number))]}_{number}"
        self._used.add(name)
        return name


def harmless(text: str) -> str:
    """Words for a comment or a docstring: one line, printable, without double quotes or backslashes.

    >>> harmless("a" + chr(10) + "b " + chr(34) + "c" + chr(34) + chr(92) + "d")
    "a b 'c'/d"
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line.replace("\\", "/").replace('"', "'")


def comment(text: str, indent: int = 0) -> list[str]:
    """A comment of as many lines as it needs."""
    room = WIDTH - indent - 2
    return [f"{' ' * indent}# {line}" for line in textwrap.wrap(harmless(text), room) or [""]]
