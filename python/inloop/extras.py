# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Optional dependencies: imported where they are used, with an error that says how to get them."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def import_extra(module: str, extra: str) -> Any:
    """Import a module of an optional dependency.

    Args:
        module: Its name, dotted.
        extra: The extra of inloop that installs it.

    Raises:
        ModuleNotFoundError: The module is not installed; the message names the extra.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if error.name != package:
            raise
        message = f"this needs the package {package!r}: pip install 'inloop[{extra}]'"
        raise ModuleNotFoundError(message, name=package) from None
