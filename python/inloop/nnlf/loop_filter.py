# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The filter for other codecs: a coded picture and its parameters in, filtered planes out."""

from __future__ import annotations

from inloop import _core
from inloop.errors import ModelError
from inloop.model import Model
from inloop.nnlf.picture import CodedPicture, Planes


def block_count(coded: CodedPicture) -> int:
    """Number of filter blocks of a picture."""
    size = _core.FILTER_BLOCK_SIZE
    return -(-coded.height // size) * -(-coded.width // size)


class LoopFilter:
    """A filter network over whole pictures, without any decision of its own. One thread at a time.

    Args:
        model: An integer filter network.

    Raises:
        ModelError: The network keeps no filter contract.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._network = _core.FilterNetwork(model.core)
        self._track = _core.FilterParameterTrack()

    def signal(self, coded: CodedPicture, qp_offset: int = 0) -> Planes:
        """Run the network on all blocks.

        Args:
            coded: The picture; arrays as documented there, any row stride.
            qp_offset: Added to the slice QP for the input ``qp_base``.

        Returns:
            The network's signal at 14 bit, uint16 Y, Cb, Cr of the coded size. The deblocked picture plays no part yet.
        """
        return self._network.run(coded, coded.slice_qp + qp_offset)

    def apply(self, coded: CodedPicture, payload: bytes = b"") -> Planes:
        """Filter a picture as a payload (content of the filter parameter NAL unit) says.

        Call it for all pictures in coding order, those without a payload too: an earlier payload may hold for them.

        Returns:
            The filtered planes, before SAO; the deblocked ones where the picture is not filtered.

        Raises:
            BitstreamError: The payload is damaged.
            ModelError: It names another network.
        """
        parameters = self._track.next(payload, coded.slice_type == "I", block_count(coded))
        if parameters is None:
            return coded.dbf
        if parameters.model not in (None, bytes.fromhex(self.model.sha256)):
            raise ModelError(
                f"the payload asks for the model with SHA-256 {bytes(parameters.model or b'').hex()}"
            )
        offsets = parameters.qp_offset[: parameters.candidates]
        return _core.filter_apply(coded, parameters, [self.signal(coded, offset) for offset in offsets])
