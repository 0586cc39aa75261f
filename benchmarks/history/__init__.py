# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Recorded ratios of the benchmarks over commits, and their page."""
