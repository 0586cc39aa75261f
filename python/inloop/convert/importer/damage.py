# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Files whose parts contradict each other in ways that no single check names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from inloop.errors import InloopError, ModelError


@contextmanager
def reported_for(what: str) -> Iterator[None]:
    """Turn what Python raises on numbers of wrong count, type or range into a `ModelError` that says where."""
    try:
        yield
    except InloopError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ModelError(f"{what} is damaged or contradicts itself: {error}") from error
