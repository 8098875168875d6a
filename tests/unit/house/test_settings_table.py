"""Every setting is documented, with the default that it has."""

from __future__ import annotations

from kit.settings import Settings
from tests.unit.house.settings_table import PAGE, settings_table
from tests.unit.house.tree import CHECKOUT


class TestDocumentedSettings:
    def test_are_the_settings_that_there_are(self) -> None:
        table = settings_table()
        page = (CHECKOUT / PAGE).read_text(encoding="utf-8")
        assert table in page, f"{PAGE} needs this table:\n\n{table}\n"

    def test_say_what_each_is_for(self) -> None:
        assert [name for name, field in Settings.model_fields.items() if not field.description] == []

    def test_have_a_row_with_variable_default_and_limits(self) -> None:
        rows = settings_table().splitlines()
        assert "| `CAIRN_PORT` | `8420` | Port that the server listens on (at least 0; at most 65535) |" in rows
        assert len(rows) == len(Settings.model_fields) + 2
