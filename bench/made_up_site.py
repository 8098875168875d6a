"""A website with everything that crawlers meet, and the truth about it: which address ends how.

`python -m bench.made_up_site --pages 5000` serves it until it is interrupted, and prints its address. Paths
that come as lines of its input are edited, and printed when they are.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bench.page_server import Answer, PageServer
from crawler.reasons import Outcome, Reason

_VOCABULARY = """
time year people way day man thing woman life child world school state family student group country problem hand
part place case week company system program question work government number night point home water room mother area
money story fact month lot right study book eye job word business issue side kind head house service friend father
power hour game line end member law car city community name president team minute idea body information back parent
face others level office door health person art war history party result change morning reason research girl guy
moment air teacher
"""
WORDS = _VOCABULARY.split()

Verdict = tuple[Outcome, Reason]
_KEPT: Verdict = (Outcome.KEPT, Reason.NEW)
_OTHER_VERSION: Verdict = (Outcome.DUPLICATE, Reason.OTHER_VERSION)
_RELEASES = {"v0.9": _KEPT, "v1": _OTHER_VERSION, "v2": _OTHER_VERSION, "stable": _KEPT}
_SECTION = 50
_BANNER = "<div class='banner'><p>We use biscuits to make this visit sweeter.</p><p>Accept all biscuits</p></div>"
_TAIL = "<div class='end'><p>Was this page of any help to you?</p><p>Edit this page on our forge</p></div>"
BOILERPLATE = ("We use biscuits to make this visit sweeter.", "Was this page of any help to you?")


@dataclass
class MadeUpSite:
    """`truth` has every address that a crawl must list, but for those below `endless`, of which it must take only some:
    at most the number given. Paths, not whole addresses."""

    pages: int
    seed: int = 1
    validators: bool = True
    is_plain: bool = False
    """Without traps and trouble: pages only."""
    banner: str = _BANNER
    outage: Answer | None = None
    """What it answers to everything but robots.txt, where it is set."""
    answers: dict[str, Answer] = field(default_factory=dict)
    truth: dict[str, Verdict] = field(default_factory=dict)
    endless: Mapping[str, int] = field(
        default_factory=lambda: {"/calendar/": 30, "/shop?": 300, "/round/": 30, "/next?": 120}
    )
    failures: dict[str, int] = field(default_factory=dict)
    edited: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._normal = [f"/docs/s{n // _SECTION}/p{n}.html" for n in range(self.pages)]
        self._specials: list[str] = []
        self._doubles: list[str] = []
        """Linked from the last page, so that crawls find them after what they double."""
        for add in (
            *(self._redirects, self._missing, self._duplicates, self._near_duplicates, self._translations),
            *(self._kept_out, self._kinds, self._trouble),
        ):
            if not self.is_plain:
                add()
        self.truth["/"] = _KEPT
        for path in self._sections():
            self.truth[path] = _KEPT
        for path in self._normal:
            self.truth[path] = _KEPT

    @property
    def normal(self) -> list[str]:
        return self._normal

    def kept(self) -> set[str]:
        return {path for path, (outcome, _) in self.truth.items() if outcome is Outcome.KEPT}

    def answer(self, target: str) -> Answer:
        """To a request for a path with its parameters."""
        path, _, query = target.partition("?")
        if target in self.removed or (self.outage is not None and target != "/robots.txt"):
            return self.outage or Answer(404, body=b"gone")
        if target in self.answers:
            return self._flaky(target) or self.answers[target]
        if path == "/":
            return self._html("Welcome", self._home(), "/")
        if path.startswith("/docs/s"):
            return self._document(path)
        if path.startswith(("/calendar/", "/round/")) or (path in {"/shop", "/next"} and query):
            return self._endless(path, query)
        return Answer(404, {"Content-Type": "text/html"}, b"<html><body><h1>Nothing here</h1></body></html>")

    def _flaky(self, path: str) -> Answer | None:
        left = self.failures.get(path, 0)
        if left <= 0:
            return None
        self.failures[path] = left - 1
        return Answer(503, {"Retry-After": "0"}, b"busy")

    def _sections(self) -> list[str]:
        return [f"/docs/s{n}/" for n in range((self.pages + _SECTION - 1) // _SECTION)]

    def _home(self) -> str:
        endless = ["/calendar/2026/01/", "/shop?color=red&size=1", "/round/a/", "/next?page=1"]
        links = [*self._sections(), *self._specials, *([] if self.is_plain else endless)]
        outside = "<a href='http://elsewhere.example/'>elsewhere</a> <a href='mailto:a@b.example'>write</a>"
        return "".join(f"<li><a href='{link}'>{link}</a></li>" for link in links) + outside + self._shy_links()

    @staticmethod
    def _shy_links() -> str:
        return "<a rel='nofollow' href='/shy.html'>not for you</a>"

    def _document(self, path: str) -> Answer:
        if path in self._sections():
            number = int(path.split("/")[2][1:])
            inside = self._normal[number * _SECTION : (number + 1) * _SECTION]
            tracked = [f"{one}?utm_source=list&utm_medium=link" if n % 7 == 0 else one for n, one in enumerate(inside)]
            return self._html(
                f"Section {number}", "".join(f"<li><a href='{one}'>{one}</a></li>" for one in tracked), path
            )
        if path in self.truth and path in set(self._normal[self._number(path) : self._number(path) + 1]):
            doubles = "".join(f"<li><a href='{one}'>{one}</a></li>" for one in self._doubles)
            content = self.text_of(path) + (doubles if path == self._normal[-1] else "")
            return self._html(f"Page {self._number(path)}", content, path)
        return Answer(404, body=b"no such page")

    @staticmethod
    def _number(path: str) -> int:
        stem = path.rpartition("/p")[2].removesuffix(".html")
        return int(stem) if stem.isdigit() else 0

    def text_of(self, path: str) -> str:
        """Paragraphs that no other page has; an edited page has one of them changed."""
        chosen = random.Random(f"{self.seed}{path}")  # noqa: S311 - made-up text, no secret
        paragraphs = [" ".join(chosen.choices(WORDS, k=chosen.randint(40, 90))) for _ in range(chosen.randint(4, 7))]
        if path in self.edited:
            paragraphs[1] = f"This paragraph of {path} was written anew. " + paragraphs[1][: len(paragraphs[1]) // 2]
        return "".join(f"<h2>{text[:18].title()}</h2><p>{text.capitalize()}.</p>" for text in paragraphs)

    def _html(self, title: str, content: str, path: str, head: str = "") -> Answer:
        menu = "".join(f"<a href='{one}'>{one}</a> " for one in self._sections()[:12])
        body = (
            f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head><body>"
            f"<nav><a href='/'>Home</a> {menu}</nav>{self.banner}"
            f"<main><h1>{title}</h1>{content}</main>{_TAIL}<footer>Made up, {title}</footer></body></html>"
        ).encode()
        headers = {"Content-Type": "text/html; charset=utf-8"}
        if self.validators:
            headers["ETag"] = f'"{self.seed}-{path}-{path in self.edited}-{len(self.banner)}"'
        return Answer(200, headers, body)

    def _special(self, path: str, answer: Answer, verdict: Verdict, *, linked: bool = True) -> None:
        self.answers[path], self.truth[path] = answer, verdict
        if linked:
            self._specials.append(path)

    def _redirects(self) -> None:
        moved: Verdict = (Outcome.SKIPPED, Reason.REDIRECTED)
        for number in range(min(10, self.pages)):
            self._special(f"/old/{number}", Answer(301, {"Location": self._normal[number]}), moved)
        self._special("/older", Answer(302, {"Location": "/old/0"}), moved)
        self._special("/ring/1", Answer(302, {"Location": "/ring/2"}), moved)
        self._special("/ring/2", Answer(302, {"Location": "/ring/1"}), moved, linked=False)
        out: Verdict = (Outcome.SKIPPED, Reason.REDIRECTED_OUTSIDE)
        self._special("/out", Answer(302, {"Location": "http://elsewhere.example/page"}), out)
        refresh = "<meta http-equiv='refresh' content='0; url=/docs/s0/'>"
        self._special("/refresh.html", self._html("Moved", "", "/refresh.html", refresh), moved)

    def _missing(self) -> None:
        for number in range(8):
            self._special(f"/missing/{number}", Answer(404, body=b"no"), (Outcome.GONE, Reason.NOT_FOUND))
        self._special("/gone", Answer(410), (Outcome.GONE, Reason.NOT_FOUND))
        soft = self._html("Page not found", "<p>Sorry, there is nothing at this address.</p>", "/soft")
        for number in range(4):
            self._special(f"/soft/{number}", soft, (Outcome.GONE, Reason.SOFT_NOT_FOUND))
        form = "<form><input name='user'><input type='password' name='pass'></form><p>Please sign in to go on.</p>"
        self._special("/members", self._html("Sign in", form, "/members"), (Outcome.GONE, Reason.LOGIN_WALL))
        self._special("/staff", Answer(302, {"Location": "/login?next=/staff"}), (Outcome.GONE, Reason.LOGIN_WALL))
        self._special("/secret", Answer(401), (Outcome.GONE, Reason.LOGIN_WALL))

    def _duplicates(self) -> None:
        for number in range(min(5, self.pages)):
            original = self._normal[number]
            text = self.text_of(original)
            same: Verdict = (Outcome.DUPLICATE, Reason.SAME_AS_ANOTHER)
            self._special(
                f"/copy/{number}.html", self._html(f"Page {number}", text, f"/copy/{number}.html"), same, linked=False
            )
            head = f"<link rel='canonical' href='{original}'>"
            named = self._html(f"Page {number}", text + "<p>As a partner shows it.</p>", f"/partner/{number}", head)
            self._special(f"/partner/{number}", named, (Outcome.DUPLICATE, Reason.CANONICAL_ELSEWHERE), linked=False)
            view = self._html(f"Page {number}", text + f"<p>Printed from {original}</p>", f"{original}?print=1")
            self._special(f"{original}?print=1", view, (Outcome.DUPLICATE, Reason.VARIANT_OF_ANOTHER), linked=False)
            self._doubles += [f"/copy/{number}.html", f"/partner/{number}", f"{original}?print=1"]

    def _near_duplicates(self) -> None:
        """The worse of two come first, so that the better has to take over."""
        for number in range(min(3, self.pages)):
            path = f"/manual/{{}}/m{number}.html"
            for version, verdict in _RELEASES.items():
                place = path.format(version)
                self._special(place, self._html(f"Manual {number}", self._manual(number, version), place), verdict)
            place, other = f"/blog/post-{number}.html", f"/news/post-{number}.html"
            story = self.text_of(place) * 2
            self._special(place, self._html(f"Post {number}", f"<p>Blog, for friends</p>{story}", place), _KEPT)
            nearly: Verdict = (Outcome.DUPLICATE, Reason.NEARLY_ANOTHER)
            again = self._html(f"Post {number}", f"<p>News</p>{story}<p>Seen by many</p>", other)
            self._special(other, again, nearly, linked=False)
            self._doubles.append(other)
            place = f"/product/{number}.html"
            sheet = f"<p>Weighs {number + 3} kilograms.</p>{self.text_of('/product/')}"
            self._special(place, self._html("Our product", sheet, place), _KEPT)
        for path in self._normal[6:9]:
            view = self._html("Printed", self.text_of(path) + "<p>Printed</p>", f"{path}?print=1")
            self._special(f"{path}?print=1", view, (Outcome.DUPLICATE, Reason.VARIANT_OF_ANOTHER))

    def _manual(self, number: int, version: str) -> str:
        """Of `v0.9` another text altogether; the others differ by a sentence and their name."""
        text = self.text_of(f"/manual/{'old' if version == 'v0.9' else 'new'}/{number}") * 2
        return f"<p>This is the manual of release {version}.</p>{text}"

    def _translations(self) -> None:
        addresses = {"en": "/en/guide.html", "de": "/de/guide.html", "fr-ca": "/fr-ca/guide.html"}
        others = [("x-default", addresses["en"]), *addresses.items()]
        head = "".join(f"<link rel='alternate' hreflang='{tag}' href='{path}'>" for tag, path in others)
        for path in addresses.values():
            self._special(path, self._html("Guide", self.text_of(path), path, head), _KEPT)

    def _kept_out(self) -> None:
        for number in range(5):
            path = f"/private/{number}.html"
            self._special(
                path, self._html("Private", "<p>Nobody should read this.</p>", path), (Outcome.SKIPPED, Reason.ROBOTS)
            )
        hidden = self._html(
            "Hidden", "<p>Do not list me.</p>", "/hidden.html", "<meta name='robots' content='noindex'>"
        )
        self._special("/hidden.html", hidden, (Outcome.SKIPPED, Reason.NOINDEX))
        self.truth["/shy.html"] = (Outcome.SKIPPED, Reason.NOFOLLOW)
        robots = "User-agent: *\nDisallow: /private/\nSitemap: /sitemap-index.xml\n"
        self.answers["/robots.txt"] = Answer(200, {"Content-Type": "text/plain"}, robots.encode())
        for number in range(6):
            path = f"/orphan/{number}.html"
            self._special(path, self._html(f"Orphan {number}", self.text_of(path), path), _KEPT, linked=False)

    def sitemaps(self, origin: str) -> None:
        """They hold whole addresses, so they are made when the server's is known."""
        if self.is_plain:
            return
        index = f"<sitemapindex><sitemap><loc>{origin}/sitemap-1.xml.gz</loc></sitemap></sitemapindex>"
        urls = "".join(f"<url><loc>{origin}/orphan/{number}.html</loc></url>" for number in range(6))
        self.answers["/sitemap-index.xml"] = Answer(200, {"Content-Type": "application/xml"}, index.encode())
        packed = gzip.compress(f"<urlset>{urls}</urlset>".encode())
        self.answers["/sitemap-1.xml.gz"] = Answer(200, {"Content-Type": "application/gzip"}, packed)
        robots = self.answers["/robots.txt"].body.replace(b"Sitemap: /", f"Sitemap: {origin}/".encode())
        self.answers["/robots.txt"] = Answer(200, {"Content-Type": "text/plain"}, robots)

    def _kinds(self) -> None:
        foreign: Verdict = (Outcome.SKIPPED, Reason.CONTENT_TYPE)
        self._special("/logo.png", Answer(200, {"Content-Type": "image/png"}, b"\x89PNG" + b"x" * 100), foreign)
        self._special("/all.zip", Answer(200, {"Content-Type": "application/zip"}, b"PK" + b"x" * 100), foreign)
        text = ("A plain text file about " + self.text_of("/notes.txt")).encode()
        self._special("/notes.txt", Answer(200, {"Content-Type": "text/plain"}, text), _KEPT)
        table = b"name,price\n" + b"".join(f"thing {n},{n}\n".encode() for n in range(20))
        self._special("/prices.csv", Answer(200, {"Content-Type": "text/csv"}, table), _KEPT)
        script = Answer(
            200, {"Content-Type": "text/html"}, b"<html><body><div id='app'></div><script>1</script></body></html>"
        )
        self._special("/app.html", script, (Outcome.SKIPPED, Reason.NO_TEXT))
        large: Verdict = (Outcome.SKIPPED, Reason.TOO_LARGE)
        self._special("/large.html", Answer(200, {"Content-Type": "text/html"}, b"<p>" + b"long " * 1_800_000), large)
        bomb = gzip.compress(b"<p>" + b"\x20" * 30_000_000)
        headers = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
        self._special("/bomb.html", Answer(200, headers, bomb), large)

    def _trouble(self) -> None:
        for number in range(3):
            path = f"/slow/{number}.html"
            page = self._html(f"Slow {number}", self.text_of(path), path)
            self._special(path, Answer(200, page.headers, page.body, delay=0.3), _KEPT)
            self._special(f"/broken/{number}", Answer(500), (Outcome.FAILED, Reason.SERVER_ERROR))
            path = f"/flaky/{number}.html"
            self._special(path, self._html(f"Flaky {number}", self.text_of(path), path), _KEPT)
            self.failures[path] = 1
        self._special("/forbidden", Answer(403), (Outcome.FAILED, Reason.REFUSED_BY_SERVER))

    def _endless(self, path: str, query: str) -> Answer:
        chosen = random.Random(path + query)  # noqa: S311 - made-up text, no secret
        text = " ".join(chosen.choices(WORDS, k=60))
        return self._html("Endless", f"<p>{text}</p>" + "".join(_further(path, query)), f"{path}?{query}")


def _further(path: str, query: str) -> Iterator[str]:
    if path.startswith("/calendar/"):
        year, month = (int(part) for part in path.split("/")[2:4])
        following = (year + 1, 1) if month == 12 else (year, month + 1)
        yield f"<a href='/calendar/{following[0]}/{following[1]:02}/'>next month</a>"
    elif path == "/shop":
        given = dict(pair.split("=") for pair in query.split("&"))
        for name in ("color", "size", "sort"):
            changed = {**given, name: f"{given.get(name, '')}x"[:40]}
            yield f"<a href='/shop?{'&'.join(f'{key}={value}' for key, value in changed.items())}'>more</a>"
    elif path == "/next":
        yield f"<a href='/next?page={int(query.partition('=')[2]) + 1}'>next</a>"
    else:
        yield "<a href='a/b/'>deeper</a>"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--plain", action="store_true", help="without traps and trouble")
    arguments = parser.parse_args()
    site = MadeUpSite(arguments.pages, is_plain=arguments.plain)
    with PageServer(site.answer, port=arguments.port) as server:
        site.sitemaps(server.origin)
        print(f"{server.origin}/ with {len(site.kept())} pages to keep", flush=True)
        for line in sys.stdin:
            site.edited.add(line.strip())
            print(line, end="", flush=True)
        server.join()


if __name__ == "__main__":
    main()
