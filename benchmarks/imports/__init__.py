# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What people bring: networks of the literature on pictures, small, as PyTorch modules."""
