"""The original bytes: exact, and harmless to a browser."""

from __future__ import annotations

import pytest

from api.dashboard.knowledge_base.original import content_disposition
from tests.api.callers import Callers, Json, path_of

PAGE = b"<html><script>alert(1)</script><p>" + b"0123456789" * 30 + b"</p></html>"


@pytest.fixture
def path(callers: Callers, dataset: Json) -> str:
    file = callers.admin.upload(dataset, 'Übersicht "neu".html', PAGE)
    return f"{path_of(dataset)}/files/{file['id']}/content"


class TestContent:
    def test_is_what_was_uploaded(self, callers: Callers, path: str) -> None:
        answer = callers.reviewer.get(path)
        assert answer.status_code == 200
        assert answer.content == PAGE

    def test_is_an_attachment_that_a_browser_does_not_run(self, callers: Callers, path: str) -> None:
        headers = callers.reviewer.get(path).headers
        assert headers["content-disposition"].startswith("attachment; ")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")

    def test_comes_in_ranges(self, callers: Callers, path: str) -> None:
        answer = callers.reviewer.get(path, headers={"Range": "bytes=10-19"})
        assert answer.status_code == 206
        assert answer.content == PAGE[10:20]
        assert answer.headers["content-range"] == f"bytes 10-19/{len(PAGE)}"

    def test_resumes_only_what_has_not_changed(self, callers: Callers, path: str) -> None:
        tag = callers.reviewer.get(path).headers["etag"]
        same = callers.reviewer.get(path, headers={"Range": "bytes=5-", "If-Range": tag})
        other = callers.reviewer.get(path, headers={"Range": "bytes=5-", "If-Range": '"other"'})
        assert (same.status_code, other.status_code) == (206, 200)

    def test_outside_the_file_is_416(self, callers: Callers, path: str) -> None:
        assert callers.reviewer.get(path, headers={"Range": "bytes=9999-"}).status_code == 416


class TestContentDisposition:
    @pytest.mark.parametrize(
        ("name", "header"),
        [
            ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
            ("€ 5.pdf", "attachment; filename=\"_ 5.pdf\"; filename*=UTF-8''%E2%82%AC%205.pdf"),
            (
                'a"\r\nSet-Cookie: b',
                "attachment; filename=\"a___Set-Cookie: b\"; filename*=UTF-8''a%22%0D%0ASet-Cookie%3A%20b",
            ),
            ("../a\\b", "attachment; filename=\".._a_b\"; filename*=UTF-8''..%2Fa%5Cb"),
        ],
    )
    def test_holds_any_name(self, name: str, header: str) -> None:
        assert content_disposition(name) == header
