# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Scene cuts, from what prediction between neighbouring pictures saves."""

from __future__ import annotations

from inloop.lookahead.window import AnalysedFrame

DEFAULT_SENSITIVITY = 40


class SceneCuts:
    """Says of each picture, in display order, whether a new scene starts with it.

    A scene starts where prediction from the picture before costs at least (1 - bias) of intra prediction. bias is
    `sensitivity` / 100 once `max_distance` pictures have passed since the last cut, and falls to a quarter of it
    right behind one, where an intra picture pays less: x265's rule. A picture like the one *before* its
    predecessor ends a flash: no cut.
    """

    def __init__(self, sensitivity: int = DEFAULT_SENSITIVITY, max_distance: int = 250) -> None:
        """Watch for cuts.

        Args:
            sensitivity: 0 (never) to 100, without unit.
            max_distance: Pictures.
        """
        self._high = sensitivity / 100
        self._max_distance = max_distance
        self._since = 0
        self._earlier: list[AnalysedFrame] = []

    def push(self, frame: AnalysedFrame) -> bool:
        """Take the next picture; return whether it starts a scene (the first one does not count)."""
        cut = self._is_cut(frame)
        self._since = 1 if cut else self._since + 1
        self._earlier = [*self._earlier[-1:], frame]
        return cut

    def _is_cut(self, frame: AnalysedFrame) -> bool:
        if not self._earlier or not self._high or not frame.intra_cost:
            return False
        progress = min(1.0, self._since / self._max_distance)
        limit = (1 - self._high * (0.25 + 0.75 * progress)) * frame.intra_cost
        if frame.p_cost < limit:
            return False
        flash_over = len(self._earlier) == 2 and frame.b_cost(*self._earlier) < limit
        return not flash_over
