"""Many questions at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from identity.types import Principal
from kit.errors import CairnError
from retrieval.search.service import Search
from retrieval.search.types import SearchRequest, SearchResult

_AT_ONCE = 4
"""The model computes one question while the engine looks for another and rows are read for a third."""


def search_all(
    search: Search, principal: Principal, requests: Sequence[SearchRequest]
) -> list[SearchResult | CairnError]:
    """In the order asked. A question that cannot be answered has its error in its place, and stops no other."""

    def one(request: SearchRequest) -> SearchResult | CairnError:
        try:
            return search.search(principal, request)
        except CairnError as error:
            return error

    if len(requests) < 2:
        return [one(request) for request in requests]
    contexts = [copy_context() for _ in requests]  # in whose name it is done, which the audit trail asks for
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="search-batch") as pool:
        return list(pool.map(lambda context, request: context.run(one, request), contexts, requests))
