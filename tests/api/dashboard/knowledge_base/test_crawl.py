"""The operations about websites, refused and granted; what crawls do is in tests/crawler."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from bench.page_server import Answer, PageServer
from tests.api.callers import Callers, Json, error_of, path_of

START = "http://127.0.0.1:9/"
PAGE = "<html lang='en'><body><main><h1>Visitors</h1><p>Visitors wear a badge in the building.</p></main></body></html>"


@pytest.fixture
def server() -> Iterator[PageServer]:
    html = {"Content-Type": "text/html"}
    with PageServer(lambda path: Answer(200, html, PAGE.encode()) if path == "/" else Answer(404)) as server:
        yield server


def later() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


class TestTheConfiguration:
    def test_of_a_dataset_without_a_website_is_empty(self, callers: Callers, dataset: Json) -> None:
        body = callers.reader.get(f"{path_of(dataset)}/crawl").json()
        assert (body["datasetId"], body["startUrl"], body["schedule"], body["lastCrawl"]) == (
            dataset["id"],
            None,
            None,
            None,
        )
        assert (body["maxPages"], body["maxDepth"], body["urlPathFilter"]) == (200, 3, None)

    def test_is_saved_without_starting_anything(self, callers: Callers, dataset: Json) -> None:
        wanted = {"startUrl": START, "maxPages": 17, "exclude": ["/tags/*"], "urlPathFilter": "docs"}
        saved = callers.member.request("PUT", f"{path_of(dataset)}/crawl", json=wanted)
        assert saved.status_code == 200, saved.text
        body = callers.reader.get(f"{path_of(dataset)}/crawl").json()
        assert body == saved.json()
        assert (body["maxPages"], body["exclude"], body["urlPathFilter"]) == (17, ["/tags/*"], "/docs")
        assert (body["schedule"], body["lastCrawl"]) == ("manual", None)
        assert callers.reader.get(f"{path_of(dataset)}/crawl/history").json()["data"] == []

    def test_has_languages_in_one_spelling_and_says_whether_near_duplicates_are_merged(
        self, callers: Callers, dataset: Json
    ) -> None:
        assert callers.reader.get(f"{path_of(dataset)}/crawl").json()["mergeNearDuplicates"] is True
        wanted = {"startUrl": START, "languages": ["EN", "pt_BR", "en"], "mergeNearDuplicates": False}
        body = callers.member.request("PUT", f"{path_of(dataset)}/crawl", json=wanted).json()
        assert (body["languages"], body["mergeNearDuplicates"]) == (["en", "pt-br"], False)

    def test_is_one_for_each_start_address(self, callers: Callers, dataset: Json) -> None:
        for url in (START, "http://127.0.0.1:10/", START + "?utm_source=x"):
            callers.member.request("PUT", f"{path_of(dataset)}/crawl", json={"startUrl": url})
        sites = callers.reader.get(f"{path_of(dataset)}/crawl/sites").json()["data"]
        assert [site["startUrl"] for site in sites] == [START, "http://127.0.0.1:10/"]

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"startUrl": "http://169.254.169.254/"}, "ADDRESS_REFUSED"),
            ({"startUrl": "http://0x0a000001/"}, "ADDRESS_REFUSED"),
            ({"startUrl": "http://user:secret@example.org/"}, "ADDRESS_REFUSED"),
            ({"startUrl": "file:///etc/passwd"}, "VALIDATION_ERROR"),
            ({"startUrl": START, "mode": "list"}, "VALIDATION_ERROR"),
            ({"startUrl": START, "mode": "list", "urls": ["http://127.0.0.1:7/"]}, "VALIDATION_ERROR"),
            ({"startUrl": START, "maxPages": 0}, "VALIDATION_ERROR"),
            ({"startUrl": START, "languages": ["en", "english"]}, "VALIDATION_ERROR"),
            ({}, "VALIDATION_ERROR"),
        ],
    )
    def test_refuses_what_cannot_be_crawled(self, callers: Callers, dataset: Json, body: Json, code: str) -> None:
        answer = callers.member.request("PUT", f"{path_of(dataset)}/crawl", json=body)
        assert (answer.status_code, error_of(answer)["code"]) == (400, code)
        assert "secret" not in answer.text

    def test_is_nobody_elses(self, callers: Callers, dataset: Json) -> None:
        for caller in (callers.stranger, callers.agent("writer")):
            assert caller.get(f"{path_of(dataset)}/crawl").status_code == 404
            assert caller.request("PUT", f"{path_of(dataset)}/crawl", json={"startUrl": START}).status_code == 404
            assert caller.post(f"{path_of(dataset)}/crawl", json={"startUrl": START}).status_code == 404
        assert callers.reviewer.post(f"{path_of(dataset)}/crawl", json={"startUrl": START}).status_code == 403


class TestACrawl:
    def test_for_later_waits_its_turn_and_can_be_paused_resumed_and_cancelled(
        self, callers: Callers, dataset: Json
    ) -> None:
        path = f"{path_of(dataset)}/crawl"
        started = callers.member.post(path, json={"startUrl": START, "scheduleFor": later()})
        assert started.status_code == 202, started.text
        assert set(started.json()) == {"crawlJobId", "status"}
        assert started.json()["status"] == "queued"
        crawl = f"{path}/{started.json()['crawlJobId']}"
        status = callers.reader.get(f"{crawl}/status").json()
        assert (status["status"], status["pagesCrawled"], status["completedAt"]) == ("queued", 0, None)
        again = callers.member.post(path, json={"startUrl": START})
        assert (again.status_code, error_of(again)["code"]) == (409, "CRAWL_UNDER_WAY")
        paused = callers.member.post(f"{crawl}/pause").json()
        assert (paused["state"], paused["status"]) == ("paused", "queued")
        assert callers.member.post(f"{crawl}/resume").json()["state"] in {"queued", "running", "failed"}
        assert callers.member.post(f"{crawl}/approve").status_code == 409

    def test_that_is_cancelled_has_failed_in_the_published_words(self, callers: Callers, dataset: Json) -> None:
        path = f"{path_of(dataset)}/crawl"
        started = callers.member.post(path, json={"startUrl": START, "scheduleFor": later()}).json()
        cancelled = callers.member.post(f"{path}/{started['crawlJobId']}/cancel").json()
        assert (cancelled["state"], cancelled["status"]) == ("cancelled", "failed")
        assert callers.member.post(f"{path}/{started['crawlJobId']}/resume").status_code == 409
        assert callers.reader.get(f"{path}/history").json()["data"][0]["crawlJobId"] == started["crawlJobId"]
        last = callers.reader.get(path).json()["lastCrawl"]
        assert (last["id"], last["status"], last["pagesIndexed"]) == (started["crawlJobId"], "failed", 0)

    def test_of_another_dataset_is_not_there(self, callers: Callers, dataset: Json) -> None:
        answer = callers.reader.get(f"{path_of(dataset)}/crawl/01ARZ3NDEKTSV4RRFFQ69G5FAV/status")
        assert (answer.status_code, error_of(answer)["code"]) == (404, "CRAWL_NOT_FOUND")

    def test_makes_pages_that_searches_cite_by_their_address(
        self, callers: Callers, dataset: Json, server: PageServer
    ) -> None:
        path = f"{path_of(dataset)}/crawl"
        started = callers.member.post(path, json={"startUrl": f"{server.origin}/"}).json()
        crawl_id = started["crawlJobId"]
        callers.admin.until(
            lambda: callers.reader.get(f"{path}/{crawl_id}/status").json(), lambda status: status["pagesIndexed"] == 1
        )
        body = {"query": "Who wears a badge?", "datasetIds": [dataset["id"]]}
        hit = callers.admin.post("/dashboard/v1/knowledge-base/search", json=body).json()["results"][0]
        assert hit["metadata"]["url"] == f"{server.origin}/"
        record = callers.reader.get(f"{path}/{crawl_id}").json()
        assert record["counts"]["kept"] == 1
        urls = callers.reader.get(f"{path}/{crawl_id}/urls", params={"outcome": "kept"}).json()["data"]
        assert [(url["url"], url["reason"]) for url in urls] == [(f"{server.origin}/", "new")]
        (file,) = callers.reader.get(path_of(dataset)).json()["files"]
        assert file["source"] == "website_crawl"
        site = callers.reader.get(path).json()["siteId"]
        assert callers.member.delete(f"{path}/sites/{site}").json() == {"deleted": True, "filesRemoved": 1}
        assert callers.reader.get(path_of(dataset)).json()["files"] == []


class TestALogin:
    LOGIN: ClassVar[Json] = {
        "username": "reader",
        "password": "correct-horse",
        "cookies": {"session": "battery-staple"},
    }

    def site(self, callers: Callers, dataset: Json) -> str:
        saved = callers.member.request("PUT", f"{path_of(dataset)}/crawl", json={"startUrl": START}).json()
        assert saved["login"] is None
        return f"{path_of(dataset)}/crawl/sites/{saved['siteId']}"

    def test_is_shown_as_set_and_never_in_the_clear(self, callers: Callers, dataset: Json) -> None:
        site = self.site(callers, dataset)
        answer = callers.member.request("PUT", f"{site}/login", json=self.LOGIN)
        assert answer.status_code == 200, answer.text
        shown = [answer, callers.reader.get(site), callers.reader.get(f"{path_of(dataset)}/crawl")]
        shown += [callers.admin.get("/dashboard/v1/access/audit", params={"limit": 200})]
        assert [one.json().get("login") for one in shown[:3]] == ["set"] * 3
        assert not any(secret in one.text for one in shown for secret in ("correct-horse", "battery-staple"))
        saved = callers.member.request("PUT", f"{path_of(dataset)}/crawl", json={"startUrl": START})
        assert saved.json()["login"] == "set"
        assert callers.member.delete(f"{site}/login").json()["login"] is None
        assert callers.member.delete(f"{site}/login").json()["login"] is None

    @pytest.mark.parametrize(
        "body",
        [
            {}, {"username": "a:b", "password": "correct-horse"}, {"headers": {"Host": "correct-horse"}},
            {"headers": {"X-Key": "correct-horse\r\nHost: x"}}, {"cookies": {"a": "correct-horse; Domain=x"}},
            {"password": ["correct-horse"]}, {"headers": ["correct-horse"]},
            {"cookies": {"a": 1, "b": ["correct-horse"]}}, {"password": "correct-horse" * 400, "username": "a"},
        ],
    )  # fmt: skip
    def test_that_cannot_be_sent_is_refused_without_being_repeated(
        self, callers: Callers, dataset: Json, body: Json
    ) -> None:
        answer = callers.member.request("PUT", f"{self.site(callers, dataset)}/login", json=body)
        assert (answer.status_code, error_of(answer)["code"]) == (400, "VALIDATION_ERROR")
        assert "correct-horse" not in answer.text

    def test_is_for_those_who_may_write(self, callers: Callers, dataset: Json) -> None:
        site = self.site(callers, dataset)
        for caller, status in ((callers.reviewer, 403), (callers.stranger, 404), (callers.agent("writer"), 404)):
            assert caller.request("PUT", f"{site}/login", json=self.LOGIN).status_code == status
            assert caller.delete(f"{site}/login").status_code == status
        unknown = f"{path_of(dataset)}/crawl/sites/01ARZ3NDEKTSV4RRFFQ69G5FAV/login"
        assert callers.member.request("PUT", unknown, json=self.LOGIN).status_code == 404
