from __future__ import annotations

import pytest

from crawler.sites.logins import SiteLogin, without
from kit.errors import Invalid

SECRET = "hunter2-é"


class TestALogin:
    def test_becomes_the_headers_that_a_browser_would_send(self) -> None:
        login = SiteLogin("Aladdin", "open sesame", {"X-Api-Key": "k"}, {"session": "abc", "theme": "dark"})
        assert login.as_headers() == {
            "X-Api-Key": "k",
            "Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",  # the example of RFC 7617
            "Cookie": "session=abc; theme=dark",
        }

    @pytest.mark.parametrize(
        ("login", "named"),
        [
            (SiteLogin(), "user name"),
            (SiteLogin("", SECRET), "user name"),
            (SiteLogin("a:b", SECRET), "colon"),
            (SiteLogin("a", f"{SECRET}\r\nHost: x"), "control"),
            (SiteLogin(headers={"X-Key": f"{SECRET}\nHost: x"}), "X-Key"),
            (SiteLogin(headers={"X-Key": ""}), "X-Key"),
            (SiteLogin(headers={"X Key": SECRET}), "no name of a header"),
            (SiteLogin(headers={"Host": SECRET}), "Host"),
            (SiteLogin(headers={"Cookie": SECRET}), "give cookies apart"),
            (SiteLogin(headers={"X-Key": "a", "x-key": "b"}), "twice"),
            (SiteLogin("a", SECRET, {"authorization": "Bearer x"}), "Authorization"),
            (SiteLogin(cookies={"a b": SECRET}), "no name of a cookie"),
            (SiteLogin(cookies={"a": f"{SECRET}; Domain=x"}), "cookie 'a'"),
        ],
    )
    def test_that_cannot_be_sent_is_refused_without_being_shown(self, login: SiteLogin, named: str) -> None:
        with pytest.raises(Invalid, match=named) as refused:
            login.as_headers()
        assert SECRET not in refused.value.message
        assert SECRET not in repr(login)

    def test_is_taken_out_of_texts(self) -> None:
        assert without("Basic abcdef and abc", ["abc", "", "Basic abcdef"]) == "[redacted] and [redacted]"
