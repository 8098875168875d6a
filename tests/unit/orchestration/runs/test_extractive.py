"""Answers without a model: quoted where the knowledge has them, and said to be missing where it has not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from identity.types import Principal
from kit.db.database import Database
from orchestration.runs.citations import checked
from orchestration.runs.extractive import MOST_QUESTIONS, ExtractiveAdapter
from orchestration.runs.passages import Found
from orchestration.runs.sentences import evidence
from orchestration.runs.types import Message, Role, TextDelta, ToolCall
from tests.unit.orchestration.runs.knowledge import ANALYSER, Knowledge, agent

HOLIDAYS = "Everybody has 28 days of holiday in a year. Unused days are paid out in March."
CARRIED = "Up to five days of holiday may be carried over. Ask your manager before December."
OVENS = "The oven reaches 300 degrees. Let it cool before cleaning."
MAKER = "The oven was made by Ferrante in Turin."


@pytest.fixture
def knowledge() -> Knowledge:
    return Knowledge(
        files={
            "staff": {"handbook": [HOLIDAYS, CARRIED]},
            "kitchen": {"ovens": [OVENS, MAKER]},
        },
        roles={"staff": ["researcher"], "kitchen": ["researcher", "adros_cmo"]},
    )


def answered(
    knowledge: Knowledge, database: Database, *asked: str, who: Principal | None = None
) -> tuple[str, list[Sequence[ToolCall]]]:
    """The answer, and the calls of each turn before it."""
    who, adapter, toolbox = who or agent(), ExtractiveAdapter(ANALYSER), knowledge.toolbox(database)
    messages = [Message(Role.SYSTEM, "Work."), *(Message(Role.USER, one) for one in asked)]
    turns: list[Sequence[ToolCall]] = []
    while len(turns) < 5:
        reply = list(adapter.reply(messages, toolbox.specs))
        calls = [part for part in reply if isinstance(part, ToolCall)]
        if not calls:
            return "".join(part.text for part in reply if isinstance(part, TextDelta)), turns
        turns.append(calls)
        messages.append(Message(Role.ASSISTANT, "", calls))
        messages += [Message(Role.TOOL, toolbox.call(who, call) or "", call_id=call.id) for call in calls]
    raise AssertionError(f"no answer after {turns}")


class TestAnAnswer:
    def test_quotes_the_sentence_with_its_citation(self, knowledge: Knowledge, database: Database) -> None:
        text, _ = answered(knowledge, database, "How many days of holiday has everybody in a year?")
        first = text.splitlines()[1]
        assert first == f"- “Everybody has 28 days of holiday in a year.” [cite:{knowledge.key(HOLIDAYS)}] (handbook)"

    def test_comes_after_a_turn_of_searches_and_one_of_reading(self, knowledge: Knowledge, database: Database) -> None:
        _, turns = answered(knowledge, database, "How hot is the oven? How many days of holiday are there?")
        assert [{call.name for call in calls} for calls in turns] == [{"search"}, {"read_around"}]
        ids = [call.id for calls in turns for call in calls]
        assert len(set(ids)) == len(ids)

    def test_holds_before_its_citations(self, knowledge: Knowledge, database: Database) -> None:
        text, _ = answered(knowledge, database, "Who made the oven? May days of holiday be carried over?")
        found = checked(knowledge, agent(), text)
        assert found.text == text
        assert len(found.sources) >= 2
        assert found.unsupported == 0

    def test_says_that_the_knowledge_does_not_hold_it(self, knowledge: Knowledge, database: Database) -> None:
        text, _ = answered(knowledge, database, "What did the parliament of Norway decide about whales?")
        assert text.startswith("The knowledge base does not hold an answer to: What did the parliament of Norway")
        assert "staff papers, kitchen papers" in text
        assert "[cite:" not in text

    def test_does_not_take_one_word_in_common_for_an_answer(self, knowledge: Knowledge, database: Database) -> None:
        text, _ = answered(knowledge, database, "Which holiday songs were written by Norwegian composers?")
        assert "does not hold" in text
        assert "[cite:" not in text

    def test_names_the_words_of_which_nothing_was_found(self, knowledge: Knowledge, database: Database) -> None:
        text, _ = answered(knowledge, database, "Has everybody 28 days of holiday in Patagonia?")
        assert "28 days" in text
        assert "Nothing of this was found there: Patagonia." in text

    def test_draws_on_several_datasets(self, knowledge: Knowledge, database: Database) -> None:
        text, _ = answered(knowledge, database, "Who made the oven? How many days of holiday are there in a year?")
        assert "made by Ferrante" in text
        assert "28 days" in text
        assert {ids for _, ids in knowledge.searched} == {("staff", "kitchen")}

    def test_is_part_by_part_where_only_some_is_known(self, knowledge: Knowledge, database: Database) -> None:
        text, _ = answered(knowledge, database, "Who made the oven? Which whales live near Norway?")
        assert "made by Ferrante" in text
        assert "does not hold an answer to: Which whales live near Norway?" in text

    def test_has_nothing_of_what_the_role_may_not_see(self, knowledge: Knowledge, database: Database) -> None:
        asked = "Who made the oven? How many days of holiday are there in a year?"
        text, _ = answered(knowledge, database, asked, who=agent("adros_cmo"))
        assert "made by Ferrante" in text
        assert "28 days" not in text
        assert "staff" not in text
        assert {ids for _, ids in knowledge.searched} == {("kitchen",)}

    def test_tells_that_there_is_nothing_to_search(self, knowledge: Knowledge, database: Database) -> None:
        text, _ = answered(knowledge, database, "Who made the oven?", who=agent("adros_ceo"))
        assert text.startswith("There is no dataset that this agent may search.")
        assert knowledge.searched == []

    def test_is_about_what_a_review_asked_for_too(self, knowledge: Knowledge, database: Database) -> None:
        text, _ = answered(knowledge, database, "Who made the oven?", "How hot does the oven get in degrees?")
        assert "made by Ferrante" in text
        assert "300 degrees" in text

    def test_quotes_no_heading(self) -> None:
        said = "Bread ovens\nThe bread oven was made by Ferrante."
        passage = Found("c", "KEY", "ovens.md", None, ["Bread ovens"], said)
        found = evidence(ANALYSER, "Who made the bread oven?", [[passage]])
        assert [quote.text for quote in found.quotes] == ["The bread oven was made by Ferrante."]

    def test_quotes_no_heading_of_one_section_of_several(self) -> None:
        said = "Bread ovens\n\nThe bread oven was made by Ferrante.\n\nBread oven care\n\n- Bread oven: sweep it."
        passage = Found("c", "KEY", "ovens.md", None, [], said)
        found = evidence(ANALYSER, "Who made the bread oven?", [[passage]])
        assert [quote.text for quote in found.quotes] == [
            "The bread oven was made by Ferrante.",
            "- Bread oven: sweep it.",
        ]

    def test_does_not_miss_the_word_that_asks_for_a_number(self, knowledge: Knowledge, database: Database) -> None:
        text, _ = answered(knowledge, database, "How many days of holiday has everybody in a year?")
        assert "28 days" in text
        assert "Nothing of this" not in text

    def test_is_not_broken_by_what_a_passage_says_of_json(self, database: Database) -> None:
        said = "PostgreSQL refuses \\u0000 in a text."
        knowledge = Knowledge({"d": {"f": [said]}}, {"d": ["researcher"]})
        text, _ = answered(knowledge, database, "What does PostgreSQL refuse in a text?")
        assert f"“{said}”" in text

    def test_says_what_was_too_much(self, knowledge: Knowledge, database: Database) -> None:
        parts = [f"Is oven{number} there?" for number in range(MOST_QUESTIONS + 1)]
        text, _ = answered(knowledge, database, " ".join(parts))
        assert len(knowledge.searched) == MOST_QUESTIONS
        assert f"Not searched for, being too much at a time: {parts[-1]}" in text

    def test_is_not_made_up_for_a_task_without_a_word(self, knowledge: Knowledge, database: Database) -> None:
        text, turns = answered(knowledge, database, "??? and or of")
        assert (text.startswith("Nothing is asked"), turns) == (True, [])


class TestACitation:
    def test_of_what_the_passage_does_not_say_is_marked(self, knowledge: Knowledge) -> None:
        key = knowledge.key(HOLIDAYS)
        found = checked(knowledge, agent(), f"Good.\n“Everybody has 99 days of holiday.” [cite:{key}] So there.")
        assert found.text == f"Good.\n“Everybody has 99 days of holiday.” [unsupported:{key}] So there."
        assert [(one.quote, one.supported) for one in found.sources] == [("Everybody has 99 days of holiday.", False)]

    def test_holds_across_line_ends_and_quotes_inside(self) -> None:
        said = "He said “no”\nto the offer."
        knowledge = Knowledge({"d": {"f": [said]}}, {"d": ["researcher"]})
        found = checked(knowledge, agent(), f"“He said “no” to the offer.” [cite:{knowledge.key(said)}]")
        assert [one.supported for one in found.sources] == [True]
        assert found.sources[0].chunk_id == "f-0"

    def test_of_a_passage_that_is_not_there_for_the_agent_is_marked(self, knowledge: Knowledge) -> None:
        text = f"“Everybody has 28 days of holiday in a year.” [cite:{knowledge.key(HOLIDAYS)}]"
        assert checked(knowledge, agent(), text).unsupported == 0
        hidden = checked(knowledge, agent("adros_cmo"), text)
        assert (hidden.unsupported, hidden.sources[0].file_id) == (1, None)

    def test_without_a_quote_supports_nothing(self, knowledge: Knowledge) -> None:
        key = knowledge.key(HOLIDAYS)
        found = checked(knowledge, agent(), f"“Unused days are paid out in March.” [cite:{key}] and more [cite:{key}]")
        assert [one.supported for one in found.sources] == [True, False]
        assert found.text.endswith(f"and more [unsupported:{key}]")
