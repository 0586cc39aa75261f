# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""How Sphinx builds the site: `python -m sphinx -W -b html docs build/site`, from a checkout with inloop installed."""

from __future__ import annotations

from importlib.util import find_spec

import inloop

project = "inloop"
author = "The inloop authors"
copyright = "2026, The inloop authors"
version = release = inloop.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# Docstrings are in Google's style; a name in single backticks is code.
default_role = "code"
suppress_warnings = ["ref.python"]  # the name of an attribute in a list is no reference to another class's
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True  # attributes as one list
napoleon_attr_annotations = False  # the text says what they are, arrays with their shapes
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # signatures show them already, where they are short enough to read
autodoc_preserve_defaults = True
# Optional packages are needed for training only: the site builds without them.
autodoc_mock_imports = [name for name in ("torch", "av", "plotly", "matplotlib") if find_spec(name) is None]

html_theme = "furo"
html_title = f"inloop {version}"
html_static_path = ["_static"]
html_css_files = ["inloop.css"]
html_copy_source = False
html_show_sphinx = False
