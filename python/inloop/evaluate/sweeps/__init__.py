# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sweeps: encoders x clips x rate points, measured once and kept, compared by BD-rate."""
