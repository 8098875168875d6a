from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.embedding.architecture import Pooling, read_architecture
from retrieval.embedding.atomic_file import write_atomically
from retrieval.embedding.checksum import weights_sha256
from retrieval.embedding.errors import ModelTampered
from retrieval.embedding.graph_cache import graph_path
from tests.unit.retrieval.embedding.tiny_bert import write_tiny_bert


class TestGraphPath:
    def test_refuses_weights_with_another_sum_and_builds_nothing(self, tmp_path: Path) -> None:
        folder = write_tiny_bert(tmp_path / "model")
        with pytest.raises(ModelTampered, match="expected 00"):
            graph_path(folder, read_architecture(folder), cache_dir=tmp_path / "cache", expected_sha256="00")
        assert not list((tmp_path / "cache").glob("*.onnx"))

    def test_builds_once(self, tmp_path: Path) -> None:
        folder = write_tiny_bert(tmp_path / "model")
        first = graph_path(folder, read_architecture(folder), cache_dir=tmp_path / "cache", expected_sha256=None)
        built_at = first.stat().st_mtime_ns
        second = graph_path(folder, read_architecture(folder), cache_dir=tmp_path / "cache", expected_sha256=None)
        assert (second, second.stat().st_mtime_ns) == (first, built_at)

    def test_makes_another_graph_for_another_pooling_of_the_same_weights(self, tmp_path: Path) -> None:
        folder = write_tiny_bert(tmp_path / "model")
        mean = read_architecture(folder)
        paths = {
            graph_path(folder, one, cache_dir=tmp_path / "cache", expected_sha256=None)
            for one in (mean, replace(mean, pooling=Pooling.CLS))
        }
        assert len(paths) == 2


class TestWeightsSha256:
    def test_reads_an_unchanged_file_once(self, tmp_path: Path) -> None:
        weights = tmp_path / "model.safetensors"
        weights.write_bytes(b"first")
        first = weights_sha256(weights, cache_dir=tmp_path / "cache", expected=None)
        stat = weights.stat()
        weights.write_bytes(b"other")  # the same length, and below the same time: only a second reading would tell
        os.utime(weights, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        assert weights_sha256(weights, cache_dir=tmp_path / "cache", expected=first) == first

    def test_reads_a_changed_file_again(self, tmp_path: Path) -> None:
        weights = tmp_path / "model.safetensors"
        weights.write_bytes(b"first")
        first = weights_sha256(weights, cache_dir=tmp_path / "cache", expected=None)
        weights.write_bytes(b"something else")
        assert weights_sha256(weights, cache_dir=tmp_path / "cache", expected=None) != first

    def test_survives_a_broken_note(self, tmp_path: Path) -> None:
        weights = tmp_path / "model.safetensors"
        weights.write_bytes(b"first")
        first = weights_sha256(weights, cache_dir=tmp_path / "cache", expected=None)
        (note,) = (tmp_path / "cache").glob("checked-*.json")
        note.write_text("{")
        assert weights_sha256(weights, cache_dir=tmp_path / "cache", expected=None) == first


class TestWriteAtomically:
    def test_leaves_nothing_behind_when_it_fails(self, tmp_path: Path) -> None:
        (tmp_path / "taken").mkdir()
        with pytest.raises(OSError, match="taken"):
            write_atomically(tmp_path / "taken", b"content")
        assert [path.name for path in tmp_path.iterdir()] == ["taken"]
