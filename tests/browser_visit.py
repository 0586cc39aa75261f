# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A page in a headless browser: what a script of a visitor sees there, and that nothing is complained of."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

_END = "</body>\n</html>\n"


def visit(page: str, script: str, folder: Path) -> tuple[dict[str, Any], str]:
    """Open a page, and return what the script put into `seen`, and the page as it is then.

    Skips the test where there is no Chromium; fails where the console says anything.

    Args:
        page: HTML.
        script: The body of an asynchronous function, which fills `seen`, and may `await wait(milliseconds)`.
        folder: Where the page and the browser's profile lie.
    """
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium is installed")
    visitor = f"""<script>
const wait = ms => new Promise(done => setTimeout(done, ms));
(async () => {{
  const seen = {{}};
{script}
  seen.fetched = performance.getEntriesByType("resource").map(e => e.name).filter(name => !name.startsWith("data:"));
  document.documentElement.dataset.seen = JSON.stringify(seen);
}})();
</script>
"""
    path = folder / "visited.html"
    path.write_text(page.removesuffix(_END) + visitor + _END, "utf-8")
    words = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--disable-component-update", f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr",
        "--virtual-time-budget=20000", "--timeout=60000", "--dump-dom", path.as_uri(),
    ]  # fmt: skip
    run = subprocess.run(words, capture_output=True, text=True, timeout=200, check=True)
    assert "CONSOLE" not in run.stderr, run.stderr[-2000:]
    found = re.search(r'data-seen="([^"]*)"', run.stdout)
    assert found is not None, run.stderr[-2000:]
    return json.loads(unescape(found[1])), run.stdout
