# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tensors while importing: dimensions are products of axes, in the order that ONNX sees and in the stored one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inloop.convert.importer.sizes import Extent, quotient

HEIGHT, WIDTH, CHANNELS = 0, 1, 2
MAX_CHANNELS = 4096  # The engine takes no more channels in a value.


@dataclass(frozen=True, eq=False)
class Axis:
    """Equal to itself only."""

    size: Extent


Axes = tuple[Axis, ...]
Stored = tuple[Axes, Axes, Axes]


def length(axes: Axes) -> Extent:
    """Product of the sizes."""
    total: Extent = 1
    for axis in axes:
        total = total * axis.size
    return total


def axes_of(size: Extent) -> Axes:
    """One new axis, or none for the size 1."""
    return () if size == 1 else (Axis(size),)


@dataclass(frozen=True)
class Value:
    """A tensor: the engine's value, its quantizer, the axes of ONNX's dimensions and of height, width and channels.

    Dimensions of size 1 have no axes, so that adding and removing them costs nothing.
    """

    number: int
    quantizer: int
    dims: tuple[Axes, ...]
    stored: Stored

    @property
    def rank(self) -> int:
        """Number of dimensions."""
        return len(self.dims)

    @property
    def shape(self) -> tuple[Extent, ...]:
        """Sizes of the dimensions."""
        return tuple(length(axes) for axes in self.dims)

    @property
    def channels(self) -> int:
        """Number of stored channels."""
        size = length(self.stored[CHANNELS])
        assert isinstance(size, int)
        return size

    def roles(self) -> list[int | None] | None:
        """Which of height, width and channels each dimension is (None for size 1); None where one is neither."""
        found: list[int | None] = []
        for axes in self.dims:
            if not axes:
                found.append(None)
            elif axes in self.stored:
                found.append(self.stored.index(axes))
            else:
                return None
        return found

    def with_own_axes(self) -> Value:
        """With axes that no other value has, so that one which several have in different dimensions is not mistaken."""
        own = {axis: Axis(axis.size) for axes in self.stored for axis in axes}

        def renewed(axes: Axes) -> Axes:
            return tuple(own[axis] for axis in axes)

        height, width, channels = map(renewed, self.stored)
        return replace(self, dims=tuple(map(renewed, self.dims)), stored=(height, width, channels))

    def promoted(self, rank: int) -> Value:
        """With dimensions of size 1 in front up to a rank."""
        return replace(self, dims=((),) * (rank - self.rank) + self.dims)


class _Reshaper:
    """Matches axes with the dimensions of a new shape, splitting those that span several."""

    def __init__(self, value: Value) -> None:
        self.left = [axis for axes in value.dims for axis in axes]
        self.split: dict[Axis, Axes] = {}

    def take(self, size: Extent, first: bool) -> Axes | None:
        taken: list[Axis] = []
        while size != 1:
            if not self.left:
                return None
            axis = self.left.pop(0 if first else -1)
            rest = quotient(size, axis.size)
            if rest is not None:
                size = rest
            else:
                other = quotient(axis.size, size)
                if other is None:
                    return None
                part, remains = Axis(size), Axis(other)
                self.split[axis] = (part, remains) if first else (remains, part)
                self.left.insert(0 if first else len(self.left), remains)
                axis, size = part, 1
            taken.append(axis)
        return tuple(taken if first else taken[::-1])

    def resolve(self, axes: Axes) -> Axes:
        """With all splits carried out."""
        out: list[Axis] = []
        for axis in axes:
            out.extend(self.resolve(self.split[axis]) if axis in self.split else (axis,))
        return tuple(out)


def reshaped(value: Value, shape: list[Extent]) -> Value | None:
    """The same elements with another shape (at most one -1), or None where the axes do not fit it."""
    reshaper = _Reshaper(value)
    free = shape.index(-1) if -1 in shape else len(shape)
    dims: dict[int, Axes] = {}
    order = [(i, True) for i in range(free)] + [(i, False) for i in range(len(shape) - 1, free, -1)]
    for i, first in order:
        axes = reshaper.take(shape[i], first)
        if axes is None:
            return None
        dims[i] = axes
    if free < len(shape):
        dims[free], reshaper.left = tuple(reshaper.left), []
    if reshaper.left:
        return None
    height, width, channels = (reshaper.resolve(axes) for axes in value.stored)
    resolved = tuple(reshaper.resolve(dims[i]) for i in range(len(shape)))
    return replace(value, dims=resolved, stored=(height, width, channels))
