# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The C++ core. Private: use the public classes of `inloop`."""

from types import ModuleType

__version__: str

_testing: ModuleType

def compiler() -> str: ...
def get_isa() -> str: ...
def isa_levels() -> list[str]: ...
def set_isa(name: str) -> None: ...
