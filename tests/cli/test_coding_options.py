# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder's options on the command line."""

from __future__ import annotations

from dataclasses import fields

from inloop.cli.coding_options import CodingOptions, StreamOptions
from inloop.cli.filter_options import FilterOptions
from inloop.codec import EncoderOptions


def test_the_command_line_has_the_encoders_defaults() -> None:
    assert CodingOptions().encoder_options(8) == EncoderOptions(tools={})
    stream = {field.name: field.default for field in fields(StreamOptions)}
    default = EncoderOptions()
    assert stream == {name: getattr(default, name) for name in ("md5", "aud", "repeat_headers", "wpp")}
    assert FilterOptions().lambda_factor == default.nnlf_lambda
