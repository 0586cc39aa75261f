# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where tests get `inloop._testing` from, which wheels do not have."""

from __future__ import annotations

from types import ModuleType

import pytest


def need_testing() -> ModuleType:
    """`inloop._testing`; where inloop was built without it, the test or the file that asks is skipped."""
    return pytest.importorskip("inloop._testing", reason="inloop was built without INLOOP_TESTING")
