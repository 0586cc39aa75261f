# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder of Cool-chic v3.1 streams: over-fits networks and latents to pictures. It needs the [train] extra."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inloop.coolchic.encoder.options import Ablation, EncoderOptions
from inloop.coolchic.encoder.schedule import EFFORTS, Schedule

if TYPE_CHECKING:
    from inloop.coolchic.encoder.encode import EncodedPicture, Encoder

__all__ = ["EFFORTS", "Ablation", "EncodedPicture", "Encoder", "EncoderOptions", "Schedule"]


def __getattr__(name: str) -> Any:
    """Load what needs torch when it is asked for."""
    if name not in ("EncodedPicture", "Encoder"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from inloop.extras import import_extra

    import_extra("torch", "train")
    from inloop.coolchic.encoder import encode

    return getattr(encode, name)
