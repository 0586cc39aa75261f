# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Records the guard's hashes anew and prints which ones changed: `python tests/guard/record.py`."""

from __future__ import annotations

import json
from typing import Any

from guard_cases import CASES, HASHES, encode_case, identities, network_outputs, stored_hashes


def main() -> None:
    """Write hashes.json."""
    before: dict[str, Any] = stored_hashes() if HASHES.exists() else {"encodes": {}}
    after = {
        "encodes": {name: encode_case(name, threads=1) for name in CASES},
        "networks": {name: network_outputs(name) for name in ("lop", "vlop", "enhance")},
        "identities": identities(),
    }
    changed = [name for name, hashes in after["encodes"].items() if before["encodes"].get(name) != hashes]
    print(f"{len(changed)} of {len(CASES)} encodes changed: {' '.join(changed)}")
    HASHES.write_text(json.dumps(after, indent=1) + "\n")


if __name__ == "__main__":
    main()
