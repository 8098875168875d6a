"""Opening and making shards, and what they are configured with."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import qdrant_edge as edge

from retrieval.stores.edge.optimising import Optimising
from retrieval.stores.payload import INDEXED, Kind

DENSE = "dense"
SPARSE = "bm25"

# In kilobytes of vectors; far beyond any shard. Points are then scanned, exactly.
_NEVER = 2**40
_ALWAYS = 1
_BYTES = edge.ScalarQuantizationConfig(type=edge.ScalarType.Int8, always_ram=True)


@dataclass(frozen=True, slots=True)
class ShardLayout:
    """Where a shard lies and the size of its vectors."""

    folder: Path
    vector_size: int


def open_shard(layout: ShardLayout, *, create: bool) -> edge.EdgeShard:
    """The shard; a missing one is made only on `create`, since an empty one would pass for lost points.

    Indexes that the shard was made without are added.
    """
    if create:
        layout.folder.mkdir(parents=True, exist_ok=True)
        shard = edge.EdgeShard.create(str(layout.folder), _configuration(layout.vector_size))
    else:
        shard = _load(layout.folder, patience=10.0)
    present = shard.info().payload_schema
    for field, kind in INDEXED.items():
        if field.value not in present:
            shard.update(edge.UpdateOperation.create_field_index(field.value, _index(kind)))
    return shard


def optimised(shard: edge.EdgeShard, layout: ShardLayout, way: Optimising) -> edge.EdgeShard:
    """The same shard without its dead points and, where wanted, with an HNSW graph. Takes minutes for large shards.

    Opens the shard anew, since optimiser settings are read at opening.
    """
    shard.close()
    settings = _configuration(layout.vector_size, way)
    shard = edge.EdgeShard.load(str(layout.folder), settings)
    shard.optimize()
    shard.flush()
    shard.close()
    return edge.EdgeShard.load(str(layout.folder))


def _load(folder: Path, *, patience: float) -> edge.EdgeShard:
    """Waits for a predecessor that is just dying to let go of the write-ahead log; `patience` in seconds."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return edge.EdgeShard.load(str(folder))
        except Exception as error:  # the engine raises nothing narrower
            if "WouldBlock" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def _configuration(vector_size: int, way: Optimising = Optimising.VACUUM) -> edge.EdgeConfig:
    """The optimiser settings matter to `optimised` alone: nothing else optimises a shard."""
    dense = edge.EdgeVectorParams(
        size=vector_size,
        distance=edge.Distance.Cosine,
        quantization_config=_BYTES if way is Optimising.QUANTIZED_GRAPH else None,
    )
    return edge.EdgeConfig(
        vectors={DENSE: dense},
        sparse_vectors={SPARSE: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
        optimizers=edge.EdgeOptimizersConfig(
            deleted_threshold=0.01,
            vacuum_min_vector_number=1,
            indexing_threshold=_NEVER if way is Optimising.VACUUM else _ALWAYS,
        ),
    )


def _index(kind: Kind) -> edge.PayloadSchemaParams:
    match kind:
        case Kind.KEYWORD:
            return edge.KeywordIndexParams()
        case Kind.TENANT:
            return edge.KeywordIndexParams(is_tenant=True)
        case Kind.INTEGER:
            return edge.IntegerIndexParams(lookup=True, range=False)
        case Kind.FLOAT:
            return edge.FloatIndexParams()
