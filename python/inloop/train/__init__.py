# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Training of in-loop filters: data from our own encoder, networks, quantisation and export.

The steps are separate and each can be resumed: ``python -m inloop.train data`` runs the encoder over clips and stores
coded pictures, ``... fit`` trains on them, ``... export`` quantises and writes the ONNX file and its compact form.

Importing the package loads no PyTorch; `networks`, `trainer` and what stands on them need the [train] extra.
"""
