# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The neural in-loop filter as the codec sees it."""

from inloop.nnlf.picture import CodedPicture, FilterResult

__all__ = ["CodedPicture", "FilterResult"]
