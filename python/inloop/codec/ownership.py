# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Parts of an encoder that follow one stream: a second encoder with the same one would mix the two in silence."""

from __future__ import annotations

from contextlib import suppress

from inloop.errors import ConfigError

_MARK = "_serves_an_encoder"


def claim(part: object, what: str) -> None:
    """Note that a part serves an encoder. Raises ConfigError where it does already.

    Args:
        part: A picture filter or a rate controller.
        what: Its name in the message.
    """
    if getattr(part, _MARK, False):
        raise ConfigError(f"this {what} serves another encoder: it follows one stream, make one for each")
    with suppress(AttributeError):  # a part without room for a mark
        object.__setattr__(part, _MARK, True)
