"""Which windows are computed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

# bench/embedding.py, mixed lengths, 2 cores, OpenVINO bf16: 256 tokens give 103 windows/s and a query meanwhile takes
# 11.6 ms (p50); 512 give 110 and 15.8; 1024 are slower than both, and 4096 keep a query waiting for 230 ms.
TOKENS = 256
INPUTS = 16


@dataclass(frozen=True, slots=True)
class BatchPolicy:
    """A batch holds at most `inputs` inputs and, padding included, `tokens` tokens (one input may exceed that)."""

    tokens: int = TOKENS
    inputs: int = INPUTS


def batches(lengths: Sequence[int], policy: BatchPolicy) -> Sequence[Sequence[int]]:
    """Indices of the inputs, grouped with others of about their length; every index once."""
    groups: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        group = groups[-1] if groups else []
        # Sorted, so this input is the longest of its batch and sets the batch's width.
        if not group or len(group) == policy.inputs or (len(group) + 1) * lengths[index] > policy.tokens:
            groups.append([index])
        else:
            group.append(index)
    return groups


def padded(rows: Sequence[Sequence[int]], pad_id: int) -> tuple[Integers, Integers]:
    """Ids and attention mask, both (rows, longest row)."""
    width = max(len(row) for row in rows)
    ids = np.full((len(rows), width), pad_id, dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
        mask[index, : len(row)] = 1
    return ids, mask
