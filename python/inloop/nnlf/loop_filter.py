# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The filter for other codecs: a coded picture and its parameters in, filtered planes out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inloop import _core
from inloop.engine.thread_pool import ThreadPool
from inloop.errors import ModelError
from inloop.nnlf.filter_model import FilterModel
from inloop.nnlf.picture import CodedPicture, Planes


class LoopFilter:
    """A filter network over whole pictures, without any decision of its own. One caller at a time.

    Args:
        model: An integer filter network, or a pair of them.
        threads: Those that work on the blocks of a picture, 1 to 64, or a pool of them; samples are the same for any
            number.

    Raises:
        ModelError: The network keeps no filter contract.
        ConfigError: The number of threads.
    """

    def __init__(self, model: FilterModel, threads: int | ThreadPool = 1) -> None:
        self.model = model
        pool = threads if isinstance(threads, ThreadPool) else ThreadPool(threads)
        self._network = _core.FilterNetwork(model.core, pool.core)
        self._track = _core.ParameterTrack()

    def signal(
        self,
        coded: CodedPicture,
        qp_offset: int = 0,
        wanted: npt.NDArray[np.bool_] | npt.NDArray[np.uint8] | None = None,
        block_size: int = 128,
    ) -> Planes:
        """Run the network on all blocks or on some.

        Args:
            coded: The picture; arrays as documented there, any row stride.
            qp_offset: Added to the slice QP for the input ``qp_base``.
            wanted: One entry a block in raster order; the network runs where it is not zero. ``None``: everywhere.
            block_size: 128 or 256 luma samples.

        Returns:
            The network's signal at 14 bit, uint16 Y, Cb, Cr of the coded size; the deblocked picture at 14 bit in
            blocks that are not wanted, so that blending changes nothing there.

        Raises:
            ConfigError: An array of a wrong type or shape, or another block size.
        """
        return self._network.run(coded.core, coded.slice_qp + qp_offset, wanted, block_size)

    def apply(self, coded: CodedPicture, payload: bytes = b"") -> Planes:
        """Filter a picture as a payload says.

        Call it for all pictures in coding order, those without a payload too: an earlier payload may hold for them. The
        first payload names its model, as does the first one at or after each picture with `irap`.

        Args:
            coded: The picture up to deblocking, with its side information.
            payload: Content of the filter parameter NAL unit in front of the picture; empty where there is none.

        Returns:
            The filtered planes, before SAO; the deblocked ones where the picture is not filtered.

        Raises:
            BitstreamError: The payload is damaged, or the filtered picture differs from the hash in it.
            ModelError: It names another network.
        """
        parameters = self._track.next(
            payload, coded.width, coded.height, coded.irap, coded.rasl, coded.temporal_id
        )
        if parameters is None:
            return coded.dbf
        name = (parameters.model or b"").hex()
        if not self.model.sha256.startswith(name):
            raise ModelError(f"the payload asks for the model with SHA-256 {name}")
        return self._network.filter(coded.core, parameters)
