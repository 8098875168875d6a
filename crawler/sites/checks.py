"""Settings of a site as they are kept: addresses in one spelling, and nothing that could not be crawled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crawler.languages import checked_tag
from crawler.sites.types import CrawlMode, SiteSettings
from crawler.urls import normalised, origin_of
from kit.egress.client import checked_url
from kit.egress.policy import AddressPolicy, literal_address
from kit.errors import Detail, Invalid


def checked(settings: SiteSettings, policy: AddressPolicy) -> SiteSettings:
    """Invalid, or AddressRefused for an address that no crawl may go to. Names are looked up when they are crawled:
    what they stand for now would say nothing about then."""
    start = _address(settings.start_url, policy, field="startUrl")
    urls = [_address(url, policy, field=f"urls[{number}]") for number, url in enumerate(settings.urls)]
    strange = next((url for url in urls if origin_of(url) != origin_of(start)), None)
    if strange is not None:
        raise _invalid("urls", f"{strange!r} is not on {origin_of(start)}; make it a site of its own")
    if settings.mode is CrawlMode.LIST and not urls:
        raise _invalid("urls", "mode `list` needs the addresses to fetch")
    prefix = settings.path_prefix
    if prefix:
        prefix = prefix if prefix.startswith("/") else f"/{prefix}"
    languages = [_language(text, number) for number, text in enumerate(settings.languages)]
    return replace(
        settings, start_url=start, urls=list(dict.fromkeys(urls)), path_prefix=prefix or None, languages=languages
    )


def _language(text: str, number: int) -> str:
    found = checked_tag(text)
    if found is None:
        raise _invalid(f"languages[{number}]", f"{text[:50]!r} is no language; give tags such as `en` or `pt-br`")
    return found


def _address(url: str, policy: AddressPolicy, *, field: str) -> str:
    host = checked_url(url.strip()).host
    literal = literal_address(host)
    if literal is not None:
        policy.check(literal, host=host)
    found = normalised(url)
    if found is None:
        raise _invalid(field, f"{url[:200]!r} is no address that can be crawled")
    return found


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, details=[Detail(field, message)])


def distinct(values: Sequence[str]) -> list[str]:
    return [*dict.fromkeys(value.strip() for value in values if value.strip())]
