"""Settings come from CAIRN_* and say which variable is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import ConfigurationError
from kit.settings import load_settings


@pytest.fixture(autouse=True)
def _no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class TestLoadSettings:
    def test_needs_nothing(self, tmp_path: Path) -> None:
        settings = load_settings()
        assert settings.home == tmp_path / "cairn-home"
        assert settings.resolved_database_url == f"sqlite:///{tmp_path}/cairn-home/cairn.db"
        assert settings.resolved_embedding_threads >= 1

    def test_reads_the_environment_and_an_env_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".env").write_text("CAIRN_PORT=9000\nCAIRN_HOST=::1\n")
        monkeypatch.setenv("CAIRN_PORT", "9001")
        settings = load_settings()
        assert (settings.host, settings.port) == ("::1", 9001)

    def test_puts_given_values_on_top(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CAIRN_PORT", "9001")
        assert load_settings(port=9002, host=None).port == 9002

    def test_prefers_a_database_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CAIRN_DATABASE_URL", "postgresql+psycopg://db/cairn")
        assert load_settings().resolved_database_url == "postgresql+psycopg://db/cairn"

    def test_expands_the_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", "/somewhere")
        monkeypatch.setenv("CAIRN_HOME", "~/cairn")
        assert load_settings().home == Path("/somewhere/cairn")

    def test_names_each_bad_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CAIRN_PORT", "lots")
        monkeypatch.setenv("CAIRN_PARSE_WORKERS", "0")
        with pytest.raises(ConfigurationError, match=r"CAIRN_PORT: .*; CAIRN_PARSE_WORKERS: ") as caught:
            load_settings()
        assert [detail.field for detail in caught.value.details] == ["CAIRN_PORT", "CAIRN_PARSE_WORKERS"]

    def test_shows_no_secret_in_print(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CAIRN_ADMIN_KEY", "very-secret-key")
        settings = load_settings()
        assert "very-secret-key" not in repr(settings)
        assert settings.admin_key is not None
        assert settings.admin_key.get_secret_value() == "very-secret-key"
