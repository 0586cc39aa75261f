# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Encodes in chunks: a video is cut, its chunks are coded apart, and joined to one stream."""

from inloop.chunks.coding import ChunkSettings, FilterMaker
from inloop.chunks.cutting import ChunkRule
from inloop.chunks.encode import encode_in_chunks

__all__ = ["ChunkRule", "ChunkSettings", "FilterMaker", "encode_in_chunks"]
