"""The console as it comes over the wire: one page, its files, and what a browser is told to allow."""

from __future__ import annotations

import re
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest
from starlette.testclient import TestClient

STATIC = Path(str(files("api.ui") / "static"))


@pytest.fixture(scope="module")
def page(client: TestClient) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.text


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]+)"', page)


class TestThePage:
    def test_names_every_module_and_style_and_all_are_there(self, client: TestClient, page: str) -> None:
        named = {address for address in addresses(page) if address.startswith("/console/")}
        there = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.suffix in {".js", ".css"}}
        assert {address.split("/", 3)[3] for address in named} == there | {"icon.svg"}
        assert {client.get(address).status_code for address in named} == {200}

    def test_allows_no_inline_script_or_style_and_nothing_from_elsewhere(self, client: TestClient) -> None:
        policy = client.get("/").headers["content-security-policy"]
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
        assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
        assert "unsafe" not in policy
        assert "http" not in policy

    def test_holds_no_script_or_style_of_its_own(self, page: str) -> None:
        assert re.findall(r"<script[^>]*>([^<]+)</script>", page) == []
        assert "<style" not in page
        assert " style=" not in page

    def test_needs_nothing_from_outside(self, page: str) -> None:
        assert all(address.startswith("/") for address in addresses(page))


class TestItsFiles:
    def test_are_kept_by_browsers_under_an_address_that_names_their_content(
        self, client: TestClient, page: str
    ) -> None:
        [main] = [address for address in addresses(page) if address.endswith("/app/main.js")][:1]
        answer = client.get(main)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert client.get("/").headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize("path", ["%2e%2e/console.py", "../console.py", "missing.js"])
    def test_open_no_way_to_others(self, client: TestClient, page: str, path: str) -> None:
        base = addresses(page)[0].rsplit("/", 1)[0]
        assert client.get(f"{base}/{path}").status_code in {401, 404}

    def test_import_only_each_other(self) -> None:
        for module in STATIC.rglob("*.js"):
            for name in re.findall(
                r'^(?:import|export|})(?:.*\bfrom)?\s*"([^"]+)"', module.read_text(encoding="utf-8"), re.MULTILINE
            ):
                assert name.startswith("."), f"{module}: {name}"
                assert (module.parent / name).is_file(), f"{module}: {name} is not there"

    def test_never_make_markup_out_of_text(self) -> None:
        sinks = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerously|\beval\(|new Function")
        for module in (STATIC / "app").rglob("*.js"):
            assert not sinks.search(module.read_text(encoding="utf-8")), module

    def test_of_libraries_are_the_ones_that_the_list_names(self) -> None:
        listed = (STATIC / "vendor" / "README.md").read_text(encoding="utf-8")
        found = sorted((STATIC / "vendor").rglob("*.js"))
        assert found
        for path in found:
            assert sha256(path.read_bytes()).hexdigest() in listed, path
            assert (path.parent / "LICENSE").is_file()
