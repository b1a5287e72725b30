"""How a window moves over an image or a sequence: the arithmetic that convolutions and poolings share.

Knows no graph and no torch. The settings of a window are in window.py, the layers in image.py, pooling.py and steps.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.layers.shape import Repair, Shape, ShapeProblem, Window, described
from playground.layers.window import Around, PaddingMode, around, pair


@dataclass(frozen=True, slots=True)
class Slide:
    """A window with its dilation reckoned in, and what lies around the input it slides over."""

    kernel: tuple[int, ...]
    stride: int
    around: tuple[Around, ...]
    """Before and behind, for each side."""
    is_rounded_up: bool = False
    """Whether a last window that only partly fits counts too."""

    @property
    def is_even(self) -> bool:
        """Whether as much is added before each side as behind it."""
        return all(before == behind for before, behind in self.around)

    @property
    def before(self) -> tuple[int, ...]:
        """What is added before each side."""
        return tuple(before for before, _ in self.around)

    @property
    def flat(self) -> tuple[int, ...]:
        """What is added, in torch's order: the last side first."""
        return tuple(added for both in reversed(self.around) for added in both)

    @property
    def window(self) -> Window:
        """What one value sees, for images."""
        height, width = self.kernel
        return Window((height, width), (self.stride, self.stride), (self.before[0], self.before[1]))

    def places(self, sides: tuple[int, ...]) -> tuple[int, ...] | None:
        """How many windows fit along each side; None where not one does.

        Source: Dumoulin and Visin 2016, relationship 5; rounding up as torch does, where every window starts
        within the input or the padding before it.
        """
        counts = []
        for side, kernel, (before, behind) in zip(sides, self.kernel, self.around, strict=True):
            room = side + before + behind - kernel
            if room < 0:
                return None
            count = (room + (self.stride - 1) * self.is_rounded_up) // self.stride + 1
            has_start_behind = self.is_rounded_up and (count - 1) * self.stride >= side + before
            counts.append(count - has_start_behind)
        return tuple(counts)


def slid(
    sides: tuple[int, ...],
    kernel: int | tuple[int, int],
    stride: int,
    padding: str | int,
    dilation: int = 1,
    is_rounded_up: bool = False,
) -> Slide:
    """How such a window moves over an input with those sides."""
    lengths = pair(kernel) if len(sides) == 2 else pair(kernel)[:1]
    seen = tuple((length - 1) * dilation + 1 for length in lengths)
    edges = tuple(around(side, length, stride, padding) for side, length in zip(sides, seen, strict=True))
    return Slide(seen, stride, edges, is_rounded_up)


def slide(name: str, image: Shape, channels: int, way: Slide, repairs: tuple[Repair, ...]) -> Shape:
    """The image that a window leaves behind: H' = (H + 2p − k) // s + 1, and the same for the width.

    Raises: ShapeProblem, with those repairs: If the window is larger than the padded image.
    Source: Dumoulin and Visin 2016, relationship 5.

    >>> str(slide("Conv", Shape((3, 32, 32)), 16, slid((32, 32), 5, 1, "valid"), ()))
    '28×28×16'
    """
    sides = way.places((image.height, image.width))
    if sides is None:
        raise _misfit(name, "×".join(map(str, way.kernel)), f"a {image.height}×{image.width} image", way, repairs)
    return Shape((channels, *sides))


def slide_steps(name: str, steps: Shape, features: int, way: Slide, repairs: tuple[Repair, ...]) -> Shape:
    """The sequence that a window leaves behind: steps' = (steps + 2p − k) // s + 1.

    Raises: ShapeProblem, with those repairs: If the window is longer than the padded sequence.

    >>> str(slide_steps("Conv", Shape((20, 3)), 8, slid((20,), 5, 1, "valid"), ()))
    '16×8'
    """
    counts = way.places((steps.steps,))
    if counts is None:
        raise _misfit(name, f"{way.kernel[0]}-step", f"{steps.steps} steps", way, repairs)
    return Shape((counts[0], features))


def _misfit(name: str, window: str, what: str, way: Slide, repairs: tuple[Repair, ...]) -> ShapeProblem:
    padding = way.before[0]
    padded = f" with padding {padding}" if padding else ""
    thing = "image" if "image" in what else "sequence"
    return ShapeProblem(
        f"{name} looks through a {window} window, which does not fit {what}{padded}. "
        f"Use a smaller window, or shrink the {thing} less before it.",
        repairs,
    )


def need_image(name: str, given: Shape) -> None:
    """Raise ShapeProblem unless it is an image."""
    if not given.is_image:
        raise ShapeProblem(f"{name} needs an image, but gets {described(given)}.", _removals(name))


def need_sequence(name: str, given: Shape) -> None:
    """Raise ShapeProblem unless it is a sequence."""
    if not given.is_sequence:
        whole = Repair("Return the whole sequence", "set_source", settings=(("returns", "sequence"),))
        raise ShapeProblem(
            f"{name} needs a sequence, but gets {described(given)}. Feed it data with steps, or a recurrent layer "
            "that returns the whole sequence.",
            (whole, *_removals(name)),
        )


def need_half_a_window(name: str, kernel: tuple[int, ...], padding: str | int) -> None:
    """Raise ShapeProblem if some window would see nothing but padding."""
    most = min(kernel) // 2
    if isinstance(padding, int) and padding > most:
        raise ShapeProblem(
            f"{name} has padding {padding}, more than half its window of {'×'.join(map(str, kernel))}, so some windows "
            f"would see no input. Use at most {most}.",
            (Repair(f"Set padding to {most}", "set", settings=(("padding", most),)),),
        )


def need_room_to_reflect(name: str, sides: tuple[int, ...], way: Slide, mode: PaddingMode) -> None:
    """Raise ShapeProblem if the input is too small for its reflection to fill the padding."""
    widest = max(max(both) for both in way.around)
    if mode == "reflect" and any(max(both) >= side for side, both in zip(sides, way.around, strict=True)):
        raise ShapeProblem(
            f"{name} cannot reflect {'×'.join(map(str, sides))} into a padding of {widest}: what is reflected must be "
            "smaller than the input. Fill the padding with zeros, or use a smaller window.",
            (Repair("Fill padding with zeros", "set", settings=(("padding_mode", "zeros"),)),),
        )


def _removals(name: str) -> tuple[Repair, ...]:
    return (Repair("Remove the layer before it", "remove_source"), Repair(f"Remove {name}", "remove"))
