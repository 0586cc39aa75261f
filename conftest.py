# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where things lie, for tests and benchmarks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of clips and streams beside the checkout (or INLOOP_SHARED); skips the test without it."""
    root = Path(__file__).resolve().parent
    shared = Path(os.environ.get("INLOOP_SHARED", root.parent / "shared"))
    if not (shared / "data").is_dir():
        pytest.skip(f"the shared clips are not here ({shared}; INLOOP_SHARED names another folder)")
    return shared


@pytest.fixture(scope="session")
def repo_dir() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parent
