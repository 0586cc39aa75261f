# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX graphs -> `Network`: the importer's parts. `inloop.convert.onnx_import` is the door."""
