# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Measuring: quality, BD-rate, trials of the codec, sweeps and reports (the [eval] extra)."""
