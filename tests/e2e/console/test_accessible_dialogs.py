"""axe-core on every dialog and menu, light and dark; each fits a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser

from tests.e2e.console.axe import check, fits_a_phone, is_drawn
from tests.e2e.console.datasets import BASE, with_files
from tests.e2e.console.visitor import Visitor
from tests.e2e.served import KEY
from tests.sampling import some

LONG = "Unzertrennlich" * 8
Things: TypeAlias = Mapping[str, str]
Opening: TypeAlias = Callable[[Visitor, Things], None]


@pytest.fixture(scope="module")
def things(server: httpx.Client) -> Things:
    """Ids of a dataset, a file, and golden questions, all with long names; and the name of a key, and a team."""
    name = f"{LONG} {uuid4().hex[:6]}"
    dataset = with_files(
        server, name, {"handbook.md": b"# Lamps\n\nThe notice is long.\n", "b.md": b"# B\n\nNotice.\n"}
    )
    files = {file["fileName"]: file["id"] for file in server.get(f"{BASE}/{dataset}").json()["files"]}
    sets = "/dashboard/v1/knowledge-base/question-sets"
    questions = server.post(sets, json={"name": name, "datasetId": dataset}).raise_for_status().json()["id"]
    chunk = server.get(f"{BASE}/{dataset}/files/{files['b.md']}/chunks").json()["data"][0]["id"]
    judged = {"query": f"notice {LONG}", "judgements": [{"chunkId": chunk, "grade": "relevant"}]}
    server.post(f"{sets}/{questions}/questions", json=judged).raise_for_status()
    server.post("/dashboard/v1/access-keys", json={"name": name, "role": "reviewer"}).raise_for_status()
    server.post("/api/teams", json={"name": name}).raise_for_status()
    site = {"startUrl": f"http://127.0.0.1:9/{LONG}"}
    server.put(f"{BASE}/{dataset}/crawl", json=site).raise_for_status()
    given = {"title": name, "inputPrompt": LONG, "agentRole": "adros_cmo"}
    task = server.post("/dashboard/v1/activities", json=given).raise_for_status().json()["id"]
    return {"dataset": dataset, "task": task, "file": files["handbook.md"], "questions": questions, "name": name}


@pytest.fixture
def visitor(browser: Browser, server: httpx.Client) -> Iterator[Visitor]:
    visitor = Visitor.at(browser, str(server.base_url), key=KEY)
    yield visitor
    visitor.leave()


def button(name: str) -> Opening:
    return lambda visitor, things: visitor.press(name.format(**things))


def in_menu(of: str, entry: str) -> Opening:
    def open_menu(visitor: Visitor, things: Things) -> None:
        visitor.page.get_by_role("button", name=f"Actions for {of.format(**things)}", exact=True).click()
        visitor.page.get_by_role("menuitem", name=entry).click()

    return open_menu


def chosen(then: str) -> Opening:
    def choose(visitor: Visitor, _: Things) -> None:
        visitor.page.get_by_label("Choose all that are listed").check()
        visitor.press(then)

    return choose


def many_datasets(visitor: Visitor, _: Things) -> None:
    """More than are shown beside the question."""
    body = [
        {"id": f"{n}", "name": f"{LONG} {n}", "totalChunks": n, "search": {"hybridAlpha": None, "fusion": None}}
        for n in range(1, 12)
    ]
    visitor.page.route(f"**{BASE}", lambda route: route.fulfill(json={"data": body}))
    visitor.page.reload()
    visitor.press("11 of 11 …")


def a_new_key(visitor: Visitor, _: Things) -> None:
    visitor.press("New key")
    visitor.dialog.get_by_label("Name", exact=True).fill(f"Shown once {uuid4()}")
    visitor.press("Create key", within=visitor.dialog)
    visitor.sees("It is shown this once.")


def an_invitation(visitor: Visitor, _: Things) -> None:
    visitor.press("Invite")
    visitor.dialog.get_by_label("Name", exact=True).fill("Ada")
    visitor.dialog.get_by_label("E-mail address").fill(f"{uuid4()}@example.org")
    visitor.press("Invite", within=visitor.dialog)
    visitor.sees("Send this link to the person.")


def a_new_recurring_task(visitor: Visitor, _: Things) -> None:
    visitor.press("New recurring task")
    visitor.dialog.get_by_label("What is to be done").fill("What is new about {{topic}}?")
    visitor.dialog.get_by_label("When").select_option(label="Every month")


def cut_anew(visitor: Visitor, _: Things) -> None:
    visitor.press("Upload")
    visitor.dialog.get_by_text("Cut these files differently").click()


DIALOGS: Mapping[str, tuple[str, Opening]] = {
    "upload with settings of its own": ("datasets/{dataset}/files", cut_anew),
    "delete a file": ("datasets/{dataset}/files", in_menu("b.md", "Delete …")),
    "delete files": ("datasets/{dataset}/files", chosen("Delete …")),
    "build files anew": ("datasets/{dataset}/files", chosen("Build anew")),
    "build a dataset anew": ("datasets/{dataset}/settings", button("Build anew …")),
    "delete the file that is open": ("datasets/{dataset}/file/{file}", button("Delete")),
    "add a passage": ("datasets/{dataset}/file/{file}", button("Add a passage")),
    "remove a website": ("datasets/{dataset}/website", button(f"Remove http://127.0.0.1:9/{LONG}")),
    "edit a website": ("datasets/{dataset}/website", button("Settings")),
    "new questions": ("questions", button("New set")),
    "tune": ("questions/{questions}", button("Tune …")),
    "calibrate": ("questions/{questions}", button("Calibrate …")),
    "delete questions": ("questions/{questions}", button("Delete the set")),
    "choose datasets": ("search", many_datasets),
    "a new key": ("access/keys", a_new_key),
    "revoke a key": ("access/keys", in_menu("key {name}", "Revoke …")),
    "rotate a key": ("access/keys", in_menu("key {name}", "Rotate …")),
    "an invitation": ("access/team", an_invitation),
    "a new team": ("access/teams", button("New team")),
    "members of a team": ("access/teams", button("1 member … of {name}")),
    "a new task": ("tasks", button("New task")),
    "a new recurring task": ("tasks/recurring", a_new_recurring_task),
    "call a task off": ("tasks/{task}", button("Call off …")),
    "delete a team": ("access/teams", in_menu("{name}", "Delete …")),
}


@pytest.mark.parametrize("name", some(DIALOGS))
class TestEveryDialog:
    def test_breaks_no_rule_and_fits_a_phone(self, visitor: Visitor, things: Things, name: str) -> None:
        place, opening = DIALOGS[name]
        visitor.open(place.format(**things))
        opening(visitor, things)
        is_drawn(visitor)
        check(visitor, name)
        fits_a_phone(visitor)


class TestWhatOpensInPlace:
    def test_breaks_no_rule(self, visitor: Visitor, things: Things) -> None:
        visitor.open("datasets/{dataset}/file/{file}".format(**things))
        visitor.page.get_by_role("button", name="Actions for passage 1").click()
        visitor.page.get_by_role("menuitem", name="Edit").click()
        check(visitor, "a passage that is edited")
        visitor.open("datasets/{dataset}/settings".format(**things))
        visitor.page.get_by_label("A weight of words and meaning of its own").check()
        visitor.page.get_by_label("Read pages without text by text recognition").check()
        visitor.page.get_by_label("Phone numbers").check()
        visitor.sees("2 files with")
        check(visitor, "settings that are changed")
        visitor.open("search?q=notice&in={dataset}&a.merge=1&a.section=1".format(**things))
        visitor.hits.first.locator("summary").click()
        visitor.page.get_by_text("Narrow down").click()
        visitor.press("Label")
        check(visitor, "more settings of a search")
        visitor.open("history")
        visitor.press("Gaps")
        is_drawn(visitor)
        check(visitor, "gaps")
