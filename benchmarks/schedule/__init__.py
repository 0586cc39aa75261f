# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A simulator of the encoder's threads: measured parts of pictures, put onto any number of cores."""
