# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What the encoder knows of the pictures to come: costs at half resolution, motion, scene cuts, group lengths."""
