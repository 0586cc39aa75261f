# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Structures of `inloop.h` for ctypes."""

from __future__ import annotations

import ctypes


class DecoderOptions(ctypes.Structure):
    """`inloop_decoder_options`."""

    _fields_ = (
        ("struct_size", ctypes.c_size_t),
        ("threads", ctypes.c_int32),
        ("verify", ctypes.c_int32),
        ("models", ctypes.POINTER(ctypes.c_void_p)),
        ("model_count", ctypes.c_size_t),
    )
