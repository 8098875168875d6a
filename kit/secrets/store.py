"""Secrets that Cairn needs in the clear again: logins of websites, keys of models, tokens of channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kit.clock import Clock
from kit.ids import new_id
from kit.secrets.errors import SecretCannotBeRead
from kit.secrets.keys import KeyRing
from kit.secrets.models import Secret
from kit.secrets.sealing import seal, unseal


@dataclass(frozen=True, slots=True)
class Place:
    """Which secret of which thing of which tenant."""

    tenant_id: str
    kind: str
    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class Renewal:
    """`unreadable` are kind, owner and name of those that no key of the ring opens."""

    renewed: int
    unreadable: Sequence[str]


@dataclass(frozen=True, slots=True)
class Secrets:
    """All methods take the caller's session and leave committing to it. Who may do what is the feature's to say. What
    `get` returns is for sending only: never into a row, a log, an event or an answer."""

    keys: KeyRing
    clock: Clock

    def put(self, session: Session, place: Place, text: str) -> None:
        """Kept from now on, in place of what was. Raises SecretKeyMissing."""
        key, now = self.keys.newest(), self.clock.now()
        row = self._row(session, place)
        if row is None:
            row = Secret(
                id=new_id(),
                tenant_id=place.tenant_id,
                kind=place.kind,
                owner=place.owner,
                name=place.name,
                created_at=now,
            )
            session.add(row)
        row.key_version, row.updated_at = key.version, now
        row.ciphertext = seal(key, text, place=_bound_to(row))
        session.flush()

    def get(self, session: Session, place: Place) -> str | None:
        """None where there is none. Raises SecretCannotBeRead."""
        row = self._row(session, place)
        if row is None:
            return None
        text = self._opened(row)
        if text is None:
            raise SecretCannotBeRead(
                f"the secret {place.name!r} of {place.kind} {place.owner} was sealed with key {row.key_version}, which "
                "is not here or does not open it: bring the key back in CAIRN_SECRET_KEY, or set the secret anew"
            )
        return text

    def clear(self, session: Session, place: Place) -> bool:
        """Whether there was one."""
        row = self._row(session, place)
        if row is None:
            return False
        session.delete(row)
        session.flush()
        return True

    @staticmethod
    def owners(session: Session, tenant_id: str, kind: str, owners: Sequence[str]) -> frozenset[str]:
        """Which of the tenant's owners have one."""
        wanted = select(Secret.owner).where(Secret.tenant_id == tenant_id, Secret.kind == kind)
        return frozenset(session.scalars(wanted.where(Secret.owner.in_(owners))))

    @staticmethod
    def forget(session: Session, tenant_id: str, kind: str, owner: str) -> None:
        """All of an owner that goes."""
        mine = (Secret.tenant_id == tenant_id) & (Secret.kind == kind) & (Secret.owner == owner)
        session.execute(delete(Secret).where(mine))

    def renew(self, session: Session) -> Renewal:
        """Seals with the newest key what was sealed with another one. Raises SecretKeyMissing."""
        rows = session.scalars(select(Secret)).all()
        if not rows:
            return Renewal(0, ())
        key = self.keys.newest()
        old = [row for row in rows if row.key_version != key.version]
        unreadable: list[str] = []
        for row in old:
            text = self._opened(row)
            if text is None:
                unreadable.append(f"{row.kind} {row.owner} {row.name}")
                continue
            row.key_version = key.version
            row.ciphertext = seal(key, text, place=_bound_to(row))
        session.flush()
        return Renewal(len(old) - len(unreadable), unreadable)

    def _opened(self, row: Secret) -> str | None:
        key = self.keys.find(row.key_version)
        return None if key is None else unseal(key, row.ciphertext, place=_bound_to(row))

    @staticmethod
    def _row(session: Session, place: Place) -> Secret | None:
        wanted = select(Secret).where(
            Secret.tenant_id == place.tenant_id,
            Secret.kind == place.kind,
            Secret.owner == place.owner,
            Secret.name == place.name,
        )
        return session.scalar(wanted)


def _bound_to(row: Secret) -> str:
    return f"{row.tenant_id}\x1f{row.kind}\x1f{row.owner}\x1f{row.name}\x1f{row.key_version}"
