# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`python -m inloop` is the command `inloop`."""

import sys

from inloop.cli import main

if __name__ == "__main__":
    sys.exit(main())
