# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""QP, quantiser scale and what bits follow from them: the units of rate control."""

from __future__ import annotations

import math

QP_PER_OCTAVE = 6.0
"""QP steps that double the quantiser's step size (Rec. ITU-T H.265, 8.6.2)."""
_Q_SCALE_AT_12 = 0.85
"""What x264 and x265 call the quantiser scale of QP 12."""


def qp_of(q_scale: float) -> float:
    """Return the QP of a quantiser scale: qp = 12 + 6 log2(q_scale / 0.85), equation (2) of the rate control."""
    return 12.0 + QP_PER_OCTAVE * math.log2(q_scale / _Q_SCALE_AT_12)


def q_scale_of(qp: float) -> float:
    """Return the quantiser scale of a QP, the inverse of `qp_of`."""
    return _Q_SCALE_AT_12 * math.pow(2.0, (qp - 12.0) / QP_PER_OCTAVE)


def quantiser_step(qp: float) -> float:
    """Return the quantiser's step size in sample values of 8 bit: 2^((qp - 4) / 6) (Rec. ITU-T H.265, 8.6.4.2)."""
    return math.pow(2.0, (qp - 4.0) / QP_PER_OCTAVE)
