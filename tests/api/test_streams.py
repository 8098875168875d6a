"""What several listeners ask at the same time is looked up once, and each gets its own question's answer."""

from __future__ import annotations

import asyncio
from functools import partial
from threading import Event

import pytest

from api.streams import Looks


class Library:
    """Answers when it is told to; counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_answer = Event()

    def look(self, word: str) -> str:
        self.asked.append(word)
        assert self.may_answer.wait(10)
        if word == "broken":
            raise ConnectionError(word)
        return word.upper()


async def asked(library: Library, count: int) -> None:
    while len(library.asked) < count:  # noqa: ASYNC110 - asked on a thread, which knows no event of the loop
        await asyncio.sleep(0.005)


class TestLooks:
    def test_share_one_look_for_the_same_question_and_make_another_for_the_next(self) -> None:
        async def scene() -> None:
            looks, library = Looks(), Library()
            words = ("ovens", "ovens", "kilns", "ovens")
            sharing = asyncio.gather(*(looks.share(word, partial(library.look, word)) for word in words))
            await asked(library, 2)
            library.may_answer.set()
            assert await sharing == ["OVENS", "OVENS", "KILNS", "OVENS"]
            assert sorted(library.asked) == ["kilns", "ovens"]
            assert await looks.share("ovens", lambda: library.look("ovens")) == "OVENS"
            assert sorted(library.asked) == ["kilns", "ovens", "ovens"]

        asyncio.run(scene())

    def test_go_on_for_the_others_when_one_leaves(self) -> None:
        async def scene() -> None:
            looks, library = Looks(), Library()
            first = asyncio.create_task(looks.share("ovens", lambda: library.look("ovens")))
            await asked(library, 1)
            second = asyncio.create_task(looks.share("ovens", lambda: library.look("ovens")))
            await asyncio.sleep(0)
            first.cancel()
            library.may_answer.set()
            assert await second == "OVENS"
            with pytest.raises(asyncio.CancelledError):
                await first

        asyncio.run(scene())

    def test_tell_all_who_share_it_what_went_wrong(self) -> None:
        async def scene() -> None:
            looks, library = Looks(), Library()
            library.may_answer.set()
            sharing = (looks.share("broken", lambda: library.look("broken")) for _ in range(2))
            answers = await asyncio.gather(*sharing, return_exceptions=True)
            assert [type(answer) for answer in answers] == [ConnectionError, ConnectionError]

        asyncio.run(scene())
