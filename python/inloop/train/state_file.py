# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Files of tensors, whole or as they were."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from inloop.whole_files import write_whole


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write what `torch.load` reads. Raises OSError.

    torch gets memory to write to, because its own words for a file that cannot be written are about its insides.
    """
    memory = io.BytesIO()
    torch.save(dict(state), memory)
    write_whole(path, memory.getvalue())
