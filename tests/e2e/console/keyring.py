"""Keys of every kind for visitors, made beside the running server as `cairn keys` does."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic, sleep
from uuid import uuid4

import httpx

from identity.keys import AccessKeys
from identity.models import Tenant
from identity.types import Principal
from kit.clock import SystemClock
from kit.db.database import Database
from kit.ids import new_id
from tests.e2e.served import KEY


@dataclass(frozen=True, slots=True)
class Keyring:
    database: Database
    keys: AccessKeys

    def make(self, role: str) -> str:
        with self.database.write() as session:
            issued = self.keys.create(
                session, tenant_id=self.administrator().tenant_id, user_id=None, name=f"{role} {uuid4()}", role=role
            )
        return issued.token

    def found_tenant(self) -> str:
        """The key of the administrator of a new tenant."""
        tenant = Tenant(id=new_id(), name=f"tenant {uuid4()}", created_at=SystemClock().now())
        with self.database.write() as session:
            session.add(tenant)
            session.flush()
            return self.keys.create(session, tenant_id=tenant.id, user_id=None, name="founder", role="admin").token

    def revoke(self, token: str) -> None:
        with self.database.write() as session:
            key_id = self.keys.authenticate(session, token).key_id
            self.keys.revoke(session, self.administrator(), key_id)

    @staticmethod
    def await_refusal(server: httpx.Client, token: str) -> None:
        """Until the server has heard of a revocation, which it may take a second to do."""
        deadline = monotonic() + 5
        while server.get("/dashboard/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code != 401:
            assert monotonic() < deadline, "the server still takes a revoked key"
            sleep(0.05)

    def administrator(self) -> Principal:
        with self.database.read() as session:
            return self.keys.authenticate(session, KEY)
