# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a sweep can measure: our codec, the encoders of FFmpeg, any other program, and pictures decoded elsewhere."""
