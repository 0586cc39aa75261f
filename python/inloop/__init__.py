# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Neural in-loop filtering of video: engine, filter, codec and tools."""

from inloop import _core

__version__ = _core.__version__
