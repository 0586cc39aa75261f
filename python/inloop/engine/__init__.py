# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The inference engine: networks, the sessions that run them, and where their time goes."""
