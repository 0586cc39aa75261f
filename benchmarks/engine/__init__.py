# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The engine and its peers, measured; `benchmarks.compare` is the command."""
