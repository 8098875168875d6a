"""What `bench.crawl` compares with: plain Scrapy, trafilatura inline, nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, ClassVar

import trafilatura
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess


class PlainSpider(Spider):  # type: ignore[misc]  # mypy does not look into Scrapy
    name = "plain"
    texts: ClassVar[list[int]] = []

    def parse(self, response: Any) -> Iterator[Any]:
        self.texts.append(len(trafilatura.extract(response.text, include_tables=True) or ""))
        for link in response.css("a::attr(href)").getall():
            if not link.startswith(("http", "mailto:")):
                yield response.follow(link)


def main() -> None:
    process = AsyncCrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": 16,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
            "DOWNLOAD_DELAY": 0,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
        }
    )
    process.crawl(PlainSpider, start_urls=[sys.argv[1]])
    process.start()
    print(len(PlainSpider.texts), flush=True)


if __name__ == "__main__":
    main()
