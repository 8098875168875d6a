"""What a person does to have a website crawled."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.console.visitor import Visitor
from tests.e2e.console.website import PAGES, Website

CRAWL_MS = 120_000
"""A crawl begins a process of its own, which a busy machine takes its time for."""


def add_and_crawl(visitor: Visitor, website: Website) -> None:
    """Ends where the crawl is told about."""
    visitor.press("Add a website")
    visitor.dialog.get_by_label("Start address").fill("lighthouses.example")
    visitor.press("Save and crawl", within=visitor.dialog)
    expect(visitor.dialog.get_by_role("alert")).to_contain_text("begins with https://")
    visitor.dialog.get_by_label("Start address").fill(website.address)
    visitor.press("Save and crawl", within=visitor.dialog)
    visitor.page.get_by_role("link", name="See what it found").first.click()
    expect(visitor.page.get_by_text("Done", exact=True)).to_be_visible(timeout=CRAWL_MS)
    expect(visitor.page.locator("dl.stats").get_by_text("Indexed").locator("..")).to_contain_text(str(PAGES))


def crawl_again(visitor: Visitor, *, crawls: int) -> None:
    """`crawls`: how many have been made then."""
    visitor.press("Crawl now")
    done = visitor.page.get_by_role("region", name="History").get_by_role("row").filter(has_text="Done")
    expect(done).to_have_count(crawls, timeout=CRAWL_MS)
    expect(visitor.page.get_by_role("button", name="Crawl now")).to_be_enabled()


def crawl_until_held(visitor: Visitor, website: Website) -> None:
    """Of a site that has lost its pages. They may be missing once: perhaps the server was only away."""
    website.lose()
    visitor.follow("All websites")
    crawl_again(visitor, crawls=2)
    visitor.press("Crawl now")
    link = visitor.page.get_by_role("link", name="Look and decide")
    expect(link).to_be_visible(timeout=CRAWL_MS)
    link.click()
    visitor.sees(f"This crawl would remove {PAGES - 1} pages.")
