"""Passwords: which are taken, and that all of one counts."""

from __future__ import annotations

import pytest

from identity.passwords import checked_password, hash_password, is_password
from kit.errors import Invalid


class TestChecking:
    @pytest.mark.parametrize(
        "password",
        ["elevenchars", "x" * 129, "passwordpassword", "Password1234", "qwertyuiopas", "012345678901", "aaaaaaaaaaab"],
    )
    def test_refuses_what_is_tried_first(self, password: str) -> None:
        with pytest.raises(Invalid):
            checked_password(password)

    @pytest.mark.parametrize(
        "password", ["sonyericsson", "1qaz2wsx3edc4rfv", "ghbdtnrfrltkf", "needforspeed", "P@ssw0rd2024!"]
    )
    def test_refuses_what_is_known_from_breaches(self, password: str) -> None:
        with pytest.raises(Invalid, match="first that are tried"):
            checked_password(password)

    def test_weighs_no_more_than_is_soon_weighed(self) -> None:
        assert checked_password("{%86(5$5x|<(4@8({[<369!1|0$5+7%2xz" + "a" * 90)

    def test_refuses_what_others_know_of_the_person(self) -> None:
        with pytest.raises(Invalid):
            checked_password("lovelace1815", about=("lovelace",))
        with pytest.raises(Invalid):
            checked_password("ada.lovelace1", about=("ada.lovelace", "Ada"))
        assert checked_password("lovelace and her engine", about=("lovelace",))

    @pytest.mark.parametrize("password", ["a lantern over the harbour", "всё выше и выше", "纸灯笼在港口上空飘荡着啊"])
    def test_asks_for_no_mixture(self, password: str) -> None:
        assert checked_password(password) == password


class TestHashing:
    def test_counts_every_character(self) -> None:
        long = "a phrase of which every part counts, " * 3
        stored = hash_password(long)
        assert is_password(long, stored)
        assert not is_password(long[:-1], stored)
        assert not is_password(long + " ", stored)
        assert not is_password(long, None)

    def test_is_another_one_each_time(self) -> None:
        assert hash_password("the same phrase twice") != hash_password("the same phrase twice")
