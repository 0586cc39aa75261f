# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What pictures are: planes with a bit depth, their differences, and their rate."""
