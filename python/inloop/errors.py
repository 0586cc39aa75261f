# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The error family of inloop; each member is also the built-in error a caller would expect."""


class InloopError(Exception):
    """Base of everything inloop raises on purpose."""


class BitstreamError(InloopError, ValueError):
    """A video stream is damaged or does not conform."""


class ModelError(InloopError, ValueError):
    """A network file is damaged, unknown, or cannot be used as asked."""


class ConfigError(InloopError, ValueError):
    """Arguments or options are out of range or contradict each other."""


class UnsupportedError(InloopError, NotImplementedError):
    """The input is valid but uses a feature inloop does not implement; the message names it."""
