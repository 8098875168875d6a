from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from kit.db.database import Database
from kit.secrets.errors import SecretCannotBeRead
from kit.secrets.keys import KeyRing
from kit.secrets.models import Secret
from kit.secrets.store import Place, Secrets
from tests.clock import FrozenClock

HERE = Place("01J00000000000000000000000", "crawl.site", "01J0000000000000000000SITE", "login")
OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (7, 250))


@pytest.fixture
def secrets(tmp_path: Path, clock: FrozenClock) -> Secrets:
    return with_keys(None, tmp_path, clock)


def with_keys(setting: str | None, folder: Path, clock: FrozenClock) -> Secrets:
    return Secrets(keys=KeyRing.of(setting, folder / "secret.key", is_shared=False), clock=clock)


def read(secrets: Secrets, database: Database, place: Place = HERE) -> str | None:
    with database.read() as session:
        return secrets.get(session, place)


def row_of(database: Database) -> tuple[str, bytes]:
    with database.read() as session:
        row = session.query(Secret).one()
        return row.key_version, row.ciphertext


class TestASecret:
    def test_comes_back_on_either_database(self, secrets: Secrets, any_database: Database) -> None:
        with any_database.write() as session:
            secrets.put(session, HERE, "pässword")
        assert read(secrets, any_database) == "pässword"

    def test_is_read_for_its_own_place_only(self, secrets: Secrets, database: Database) -> None:
        with database.write() as session:
            secrets.put(session, HERE, "open sesame")
        for elsewhere in (
            {"tenant_id": "01J00000000000000000OTHER0"},
            {"kind": "model"},
            {"owner": "x"},
            {"name": "y"},
        ):
            assert read(secrets, database, replace(HERE, **elsewhere)) is None

    def test_is_in_no_file_as_it_was(self, secrets: Secrets, sqlite_database: Database, tmp_path: Path) -> None:
        with sqlite_database.write() as session:
            secrets.put(session, HERE, "open sesame")
        sqlite_database.close()
        kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert b"crawl.site" in kept
        for spelling in (b"open sesame", base64.b64encode(b"open sesame"), b"open sesame".hex().encode()):
            assert spelling not in kept

    def test_looks_different_each_time_and_replaces_the_one_before(self, secrets: Secrets, database: Database) -> None:
        seen = set()
        for _ in range(3):
            with database.write() as session:
                secrets.put(session, HERE, "the same")
            seen.add(row_of(database)[1])
        assert len(seen) == 3

    def test_of_a_row_that_was_copied_or_changed_is_refused(self, secrets: Secrets, database: Database) -> None:
        with database.write() as session:
            secrets.put(session, HERE, "one")
            session.query(Secret).one().owner = "01J000000000000000000OTHER"
        moved = replace(HERE, owner="01J000000000000000000OTHER")
        with pytest.raises(SecretCannotBeRead, match="set the secret anew"):
            read(secrets, database, moved)
        with database.write() as session:
            row = session.query(Secret).one()
            row.owner = HERE.owner
            row.ciphertext = bytes([row.ciphertext[0] ^ 1]) + row.ciphertext[1:]
        with pytest.raises(SecretCannotBeRead):
            read(secrets, database)

    def test_can_be_cleared_and_is_forgotten_with_its_owner(self, secrets: Secrets, database: Database) -> None:
        with database.write() as session:
            secrets.put(session, HERE, "one")
            assert secrets.owners(session, HERE.tenant_id, HERE.kind, [HERE.owner, "x"]) == {HERE.owner}
            assert secrets.owners(session, "01J00000000000000000OTHER0", HERE.kind, [HERE.owner]) == set()
            assert secrets.clear(session, HERE)
            assert not secrets.clear(session, HERE)
            secrets.put(session, HERE, "two")
            secrets.forget(session, HERE.tenant_id, HERE.kind, HERE.owner)
        assert read(secrets, database) is None


class TestANewKey:
    def test_seals_what_an_older_one_had_sealed(self, database: Database, tmp_path: Path, clock: FrozenClock) -> None:
        with database.write() as session:
            with_keys(OLD, tmp_path, clock).put(session, HERE, "one")
        before = row_of(database)
        both = with_keys(f"{NEW},{OLD}", tmp_path, clock)
        assert read(both, database) == "one"
        with database.write() as session:
            assert both.renew(session).renewed == 1
            assert both.renew(session).renewed == 0
        assert row_of(database)[0] != before[0]
        assert read(with_keys(NEW, tmp_path, clock), database) == "one"
        with pytest.raises(SecretCannotBeRead, match=row_of(database)[0]):
            read(with_keys(OLD, tmp_path, clock), database)

    def test_names_what_it_cannot_open_and_leaves_it(
        self, database: Database, tmp_path: Path, clock: FrozenClock
    ) -> None:
        with database.write() as session:
            with_keys(OLD, tmp_path, clock).put(session, HERE, "one")
        before = row_of(database)
        with database.write() as session:
            renewal = with_keys(NEW, tmp_path, clock).renew(session)
        assert (renewal.renewed, renewal.unreadable) == (0, [f"crawl.site {HERE.owner} login"])
        assert row_of(database) == before
