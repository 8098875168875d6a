"""Callers with the same rights in the same places are one to what is worked out for all of them, and no others are."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from identity.types import Principal, Role, Scope

ADA = Principal(
    tenant_id="town", key_id="laptop", user_id="ada", name="Ada's laptop", role=Role.MEMBER,
    scopes=frozenset({Scope.READ}), agent_role="researcher", dataset_ids=("kilns", "ovens"), rate_limit=10,
    workspace_id="garden", client_id="bakery",
)  # fmt: skip
ABOUT_THE_PERSON: dict[str, object] = {
    "key_id": "desk", "user_id": "bob", "name": "Bob's desk", "rate_limit": None, "client_id": "dairy",
}  # fmt: skip
ABOUT_RIGHTS: dict[str, object] = {
    "tenant_id": "village", "role": Role.REVIEWER, "scopes": frozenset[Scope](), "agent_role": None,
    "dataset_ids": ("kilns",), "workspace_id": None,
}  # fmt: skip


class TestAnybodyWithTheSameRights:
    def test_is_the_same_for_two_persons(self) -> None:
        bob = replace(ADA, **ABOUT_THE_PERSON, dataset_ids=("ovens", "kilns"))  # type: ignore[arg-type]  # by name
        assert bob != ADA
        assert bob.as_anybody() == ADA.as_anybody()

    def test_is_told_nothing_of_the_person(self) -> None:
        shown = repr(ADA.as_anybody())
        assert not [word for word in ("laptop", "ada", "Ada", "bakery") if word in shown]

    @pytest.mark.parametrize("right", ABOUT_RIGHTS)
    def test_is_another_where_a_right_differs(self, right: str) -> None:
        other = replace(ADA, **{right: ABOUT_RIGHTS[right]})  # type: ignore[arg-type]  # a field's name and its value
        assert other.as_anybody() != ADA.as_anybody()

    def test_was_thought_of_for_each_field(self) -> None:
        assert {one.name for one in fields(Principal)} == {*ABOUT_THE_PERSON, *ABOUT_RIGHTS}
