# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

import inloop


@pytest.fixture(scope="session")
def library() -> Path:
    try:
        return Path(inloop.get_library())
    except FileNotFoundError:
        if metadata.packages_distributions().get("inloop"):
            raise
        pytest.skip("run from a build folder: the C interface is not beside the core")
