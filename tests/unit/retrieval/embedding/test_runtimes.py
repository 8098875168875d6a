from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.embedding import runtimes
from retrieval.embedding.errors import RuntimeMissing
from retrieval.embedding.runtimes import choose_runtime, read_cpu_flags, runtime_label

BF16 = frozenset({"avx512_bf16", "sse2"})
PLAIN = frozenset({"avx2", "sse2"})


@pytest.fixture
def no_openvino(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "find_spec", lambda name: None if name == "openvino" else object())


class TestChooseRuntime:
    def test_refuses_an_unknown_name(self) -> None:
        with pytest.raises(RuntimeMissing, match="tensorflow"):
            choose_runtime("tensorflow", cpu_flags=PLAIN)

    @pytest.mark.usefixtures("no_openvino")
    def test_refuses_one_that_is_not_installed(self) -> None:
        with pytest.raises(RuntimeMissing, match="openvino"):
            choose_runtime("openvino", cpu_flags=BF16)

    @pytest.mark.usefixtures("no_openvino")
    def test_falls_back_where_openvino_is_missing(self) -> None:
        assert choose_runtime("auto", cpu_flags=BF16) == "onnxruntime"

    def test_takes_onnxruntime_on_a_cpu_without_bf16(self) -> None:
        assert choose_runtime("auto", cpu_flags=PLAIN) == "onnxruntime"

    def test_takes_openvino_on_a_cpu_with_bf16(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(runtimes, "find_spec", lambda name: object())
        assert choose_runtime("auto", cpu_flags=BF16) == "openvino"


class TestRuntimeLabel:
    def test_names_the_precision(self) -> None:
        assert runtime_label("openvino", cpu_flags=BF16) == "openvino-bf16"
        assert runtime_label("openvino", cpu_flags=PLAIN) == "openvino-fp32"
        assert runtime_label("onnxruntime", cpu_flags=BF16) == "onnxruntime-fp32"


class TestReadCpuFlags:
    def test_reads_the_first_processor(self, tmp_path: Path) -> None:
        path = tmp_path / "cpuinfo"
        path.write_text("processor\t: 0\nflags\t\t: fpu amx_bf16\n")
        assert read_cpu_flags(path) == {"fpu", "amx_bf16"}

    def test_knows_nothing_where_there_is_no_such_file(self, tmp_path: Path) -> None:
        assert read_cpu_flags(tmp_path / "cpuinfo") == frozenset()
