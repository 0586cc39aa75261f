# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Random access: hierarchical B pictures between anchors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from inloop._core import NalType
from inloop.errors import ConfigError
from inloop.structure.plan import (
    IntraSchedule,
    PicturePlan,
    SequenceLimits,
)

GOP_SIZES = (1, 2, 4, 8, 16, 32)

# One row for groups of each depth from 0 to 5; in it one offset a layer, of which 0 has the anchors.
QP_OFFSETS = ((1,), (1, 3), (1, 2, 4), (1, 2, 3, 4), (1, 1, 4, 5, 6), (1, 1, 2, 4, 5, 6))
INTRA_QP_OFFSET = -1
# Higher layers serve fewer pictures, or none but themselves. The factors were tuned on training clips for groups of 16.
_LAMBDA_FACTORS = (
    (0.65,),
    (0.65, 0.95),
    (0.65, 0.75, 1.1),
    (0.65, 0.7, 0.9, 1.2),
    (0.65, 0.65, 0.75, 0.95, 1.2),
    (0.65, 0.65, 0.65, 0.75, 0.95, 1.2),
)


@dataclass(frozen=True)
class _Node:
    """A picture of a group: POC, layer, and the entries of its two lists."""

    poc: int
    layer: int
    list0: tuple[int, ...]
    list1: tuple[int, ...]
    is_reference: bool

    @property
    def references(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self.list0 + self.list1))


class RandomAccess:
    """Groups of `gop` pictures: an anchor, then B pictures between the anchors, each from pictures of lower layers.

    Anchors predict from the last `anchors` ones only, other pictures from the nearest of lower layers on either
    side, `active` in each list. The last group, and one in front of an intra picture, are as short as they must
    be. Intra pictures: every `intra_period` pictures (-1: the first only) and where the scene changes. With an open
    GOP a periodic one is a CRA picture, an anchor like others, and the pictures before it are RASL pictures; with
    a closed GOP, and at a cut, it is an IDR picture and nothing crosses it.
    """

    def __init__(
        self,
        gop: int = 16,
        intra_period: int = -1,
        *,
        open_gop: bool = True,
        active: int = 3,
        anchors: int = 2,
    ) -> None:
        """Start a stream.

        Args:
            gop: Pictures of a group: 1, 2, 4, 8, 16 or 32.
            intra_period: Pictures from one intra picture to the next, -1 for the first only.
            open_gop: Whether pictures in front of a periodic intra picture may refer across it.
            active: Entries of each list of a B picture at most.
            anchors: Anchors that an anchor predicts from at most.

        Raises:
            ConfigError: The size of groups or the intra period is out of range.
        """
        if gop not in GOP_SIZES:
            raise ConfigError(f"GOP {gop} is none of {', '.join(map(str, GOP_SIZES))}")
        self._gop = gop
        self._intra = IntraSchedule(intra_period)
        self._open = open_gop
        self._active = active
        self._max_anchors = anchors
        self._count = 0
        self._start = 0  # display index of the last IDR picture
        self._waiting = 0  # pictures since the last anchor
        self._anchors: tuple[int, ...] = ()  # POCs, latest first

    @property
    def limits(self) -> SequenceLimits:
        """What the sequence parameter set is to say."""
        depth = self._gop.bit_length() - 1
        twin = RandomAccess(self._gop, active=self._active, anchors=self._max_anchors)
        plans: list[PicturePlan] = []
        # It goes on until as many anchors are kept as ever are.
        while len(plans) <= self._max_anchors * self._gop:
            plans += twin.push()
        sets = []
        for plan in plans[-self._gop :]:
            kept = [poc - plan.poc for poc in (*plan.references, *plan.kept)]
            entry = (kept, [poc - plan.poc for poc in plan.references])
            if entry not in sets:
                sets.append(entry)
        return SequenceLimits(
            max_dec_pic_buffering=depth + max(2, self._max_anchors) if depth else self._max_anchors + 1,
            max_num_reorder_pics=depth,
            max_latency_pictures=self._gop - 1,
            max_sub_layers=depth + 1,
            log2_max_poc_lsb=max(4, depth + 2),
            default_active_refs=(self._active, self._active),
            reference_sets=sets,
        )

    def push(self, scene_cut: bool = False, *, group_end: bool = False) -> list[PicturePlan]:
        """Take the next picture; return the plans of the pictures that can be coded now, in coding order.

        Args:
            scene_cut: The picture shows something else than the one before it.
            group_end: Its group shall end with it.
        """
        index, self._count = self._count, self._count + 1
        due = self._intra.is_due(scene_cut)
        if due and (index == 0 or scene_cut or not self._open):
            plans = self.finish()
            self._start, self._anchors = index, (0,)
            return [*plans, PicturePlan(index, 0, "I", NalType.IDR_N_LP, INTRA_QP_OFFSET)]
        self._waiting += 1
        if due or group_end or self._waiting == self._gop:
            return self._group(is_cra=due)
        return []

    def finish(self) -> list[PicturePlan]:
        """Return the plans of the pictures that are left."""
        return self._group(is_cra=False) if self._waiting else []

    def _group(self, is_cra: bool) -> list[PicturePlan]:
        """Return the plans of the waiting pictures, the last of them as anchor."""
        first, poc = self._anchors[0], self._anchors[0] + self._waiting
        self._waiting = 0
        references = () if is_cra else self._anchors
        # Nothing behind a CRA picture may refer to anything before it.
        self._anchors = (poc,) if is_cra else (poc, *self._anchors)[: self._max_anchors]
        nodes = [_Node(poc, 0, references, references, True), *self._between(first, poc)]
        depth = (poc - first - 1).bit_length()
        return [self._plan(nodes[i:], depth, is_cra) for i in range(len(nodes))]

    def _between(self, left: int, right: int) -> Iterator[_Node]:
        """Yield the pictures between two anchors in coding order.

        Each may refer to the ends of all intervals around it, which are in the buffer anyway, and to the anchors that
        the next group needs.
        """
        stack = [(left, right, 1, frozenset((left, right, *self._anchors)))]
        while stack:
            low, high, layer, ends = stack.pop()
            middle = (low + high) // 2
            if middle == low:
                continue
            before = sorted((poc for poc in ends if poc < middle), reverse=True)
            after = sorted(poc for poc in ends if poc > middle)
            lists = (*before, *after)[: self._active], (*after, *before)[: self._active]
            yield _Node(middle, layer, *lists, is_reference=high - low > 2)
            stack += [
                (middle, high, layer + 1, ends | {middle}),
                (low, middle, layer + 1, ends | {middle}),
            ]

    def _plan(self, nodes: list[_Node], depth: int, leads_cra: bool) -> PicturePlan:
        """Return the plan of the first of the nodes, those of a group that are still to be coded."""
        node, later = nodes[0], nodes[1:]
        coming = {other.poc for other in nodes}
        needed = set(self._anchors).union(*(other.references for other in later))
        kept = tuple(sorted(poc for poc in needed if poc not in coming and poc not in node.references))
        plan = PicturePlan(
            index=self._start + node.poc,
            poc=node.poc,
            slice_type="B",
            nal_type=NalType.TSA_R if node.is_reference else NalType.TSA_N,
            qp_offset=QP_OFFSETS[depth][node.layer],
            lambda_factor=_LAMBDA_FACTORS[depth][node.layer],
            references=node.references,
            kept=kept,
            active=(len(node.list0), len(node.list1)),
            is_reference=node.is_reference,
            temporal_id=node.layer,
        )
        if node.layer > 0:
            return (
                replace(plan, nal_type=NalType.RASL_R if node.is_reference else NalType.RASL_N)
                if leads_cra
                else plan
            )
        if leads_cra:
            return PicturePlan(plan.index, plan.poc, "I", NalType.CRA, INTRA_QP_OFFSET, kept=kept)
        return replace(plan, nal_type=NalType.TRAIL_R)
