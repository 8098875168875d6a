from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kit.errors import ConfigurationError
from kit.secrets.errors import SecretKeyMissing
from kit.secrets.keys import KeyFile, KeyRing, parsed_keys

OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (7, 250))


class TestAKeyFile:
    def test_is_made_when_it_is_needed_and_readable_by_its_owner_only(self, tmp_path: Path) -> None:
        file = KeyFile(tmp_path / "secret.key")
        assert file.keys() == []
        key = file.first()
        assert file.keys() == [key] == [file.first()]
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]

    def test_is_one_for_all_who_come_at_once(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: KeyFile(tmp_path / "secret.key").first(), range(32)))
        assert len({key.version for key in found}) == 1

    def test_keeps_older_keys_behind_a_new_one(self, tmp_path: Path) -> None:
        file = KeyFile(tmp_path / "secret.key")
        first, second = file.first(), file.add()
        assert file.keys() == [second, first]
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


class TestAKeyRing:
    def test_takes_the_first_of_those_given_and_finds_the_others(self, tmp_path: Path) -> None:
        ring = KeyRing.of(f"{NEW}, {OLD}", tmp_path / "secret.key", is_shared=True)
        assert ring.newest().text == NEW
        (old,) = parsed_keys(OLD, where="here")
        assert ring.find(old.version) == old
        assert ring.find("0" * 12) is None
        assert not (tmp_path / "secret.key").exists()

    def test_still_finds_the_homes_key_after_a_move_to_the_setting(self, tmp_path: Path) -> None:
        made = KeyRing.of(None, tmp_path / "secret.key", is_shared=False).newest()
        moved = KeyRing.of(NEW, tmp_path / "secret.key", is_shared=False)
        assert (moved.newest().text, moved.find(made.version)) == (NEW, made)

    def test_makes_none_that_other_machines_would_not_have(self, tmp_path: Path) -> None:
        with pytest.raises(SecretKeyMissing, match="openssl rand -base64 32"):
            KeyRing.of("", tmp_path / "secret.key", is_shared=True).newest()

    @pytest.mark.parametrize("text", ["hunter2", "a" * 44, base64.b64encode(b"x" * 16).decode(), "é" * 44])
    def test_refuses_what_is_no_key_without_repeating_it(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(ConfigurationError, match="CAIRN_SECRET_KEY") as refused:
            KeyRing.of(text, tmp_path / "secret.key", is_shared=False)
        assert text not in refused.value.message

    def test_shows_no_key_when_it_is_printed(self, tmp_path: Path) -> None:
        ring = KeyRing.of(NEW, tmp_path / "secret.key", is_shared=False)
        assert NEW not in repr(ring)
        assert str(ring.newest().material) not in repr(ring)
