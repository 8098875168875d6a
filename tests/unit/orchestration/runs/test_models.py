"""Runs whose agent thinks with a model on another machine, which a server of this machine plays in both ways."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from kit.db.database import Database
from kit.events.models import Event
from kit.jobs.handler import Signals
from kit.jobs.models import Job
from kit.jobs.types import Claim, JobState
from migrations.tables import all_tables
from orchestration.agents.keys import key_place
from orchestration.agents.types import AdapterType
from orchestration.runs import live
from orchestration.runs.handler import RunHandler
from orchestration.runs.turns import MOST_CALLS
from orchestration.tasks.jobs import QUEUE
from orchestration.tasks.run_models import RunTurn
from orchestration.tasks.types import RunState, TaskDetail, TaskStatus
from tests.clock import FrozenClock
from tests.unit.orchestration.office import Office
from tests.unit.orchestration.runs.floor import handling
from tests.unit.orchestration.runs.knowledge import Knowledge
from tests.unit.orchestration.runs.thinking import LOOPBACK, SECRETS, Answer, PlayedModel, adapters, playing
from tests.unit.orchestration.runs.wires import WIRES, Wire

SAID = "The oven was made by Ferrante in Turin."
KEY = "sk-of-the-operator-Zq81LwP"
OWN_KEY = "sk-of-the-tenant-Xv72KmB"
CALM = Signals(stopping=lambda: False)


@dataclass
class Study:
    """An agent that thinks by one of the two wires, with somebody who does its runs."""

    wire: Wire
    office: Office
    model: PlayedModel
    handler: RunHandler
    knowledge: Knowledge

    def plays(self, *answers: Answer) -> None:
        self.model.answers = list(answers)

    def agent(self, **fields: object) -> None:
        self.office.configure("researcher", AdapterType(self.wire.adapter), **fields)

    def works(self) -> Claim:
        with self.office.database.write() as session:
            (claim,) = self.handler.jobs.claim(session, queue=QUEUE, owner="w", limit=1)
        self.handler.run([claim], CALM)
        return claim

    def job(self, claim: Claim) -> Job:
        with self.office.database.read() as session:
            return session.get_one(Job, claim.id)

    def detail(self, task: str) -> TaskDetail:
        with self.office.database.read() as session:
            return self.office.desk.tasks.detail(session, self.office.admin, task)

    def error(self, task: str) -> str:
        detail = self.detail(task)
        assert detail.task.status is TaskStatus.FAILED
        return detail.runs[-1].error or ""

    def turns(self) -> list[RunTurn]:
        with self.office.database.read() as session:
            return list(session.scalars(select(RunTurn).order_by(RunTurn.number)))

    def rows(self) -> str:
        """All that is in the database, but for what is sealed."""
        with self.office.database.read() as session:
            tables = [one for one in all_tables().sorted_tables if one.name != "secrets"]
            return repr([tuple(row) for table in tables for row in session.execute(select(table))])


@pytest.fixture(params=WIRES, ids=lambda wire: wire.adapter)
def wire(request: pytest.FixtureRequest) -> Wire:
    found: Wire = request.param
    return found


@pytest.fixture
def model() -> Iterator[PlayedModel]:
    with playing() as found:
        yield found


@pytest.fixture
def study(database: Database, clock: FrozenClock, wire: Wire, model: PlayedModel) -> Iterator[Study]:
    with studying(database, clock, wire, model) as found:
        yield found


class studying:  # noqa: N801 - reads as a block
    """With the operator's server, key, model and price, unless `settings` say otherwise."""

    def __init__(
        self, database: Database, clock: FrozenClock, wire: Wire, model: PlayedModel, **settings: object
    ) -> None:
        name, base = wire.setting, model.url + wire.path.removesuffix("/chat/completions").removesuffix("/v1/messages")
        given = {
            f"{name}_url": base, f"{name}_key": KEY, f"{name}_model": "big", "model_allow": LOOPBACK,
            "model_prices": "big=1/10", "model_silence": 5.0,
        }  # fmt: skip
        office = Office(database, clock)
        knowledge = Knowledge({"kitchen": {"ovens": [SAID]}}, {"kitchen": ["researcher"]})
        tools = knowledge.toolbox(database).tools
        self.stack = ExitStack()
        handler = self.stack.enter_context(handling(office, tools, knowledge, adapters(**{**given, **settings})))
        self.study = Study(wire, office, model, handler, knowledge)
        self.study.agent()

    def __enter__(self) -> Study:
        return self.study

    def __exit__(self, *_error: object) -> None:
        self.stack.close()


def searching(study: Study, raw: str = '{"query": "oven Ferrante"}', **more: object) -> Answer:
    return study.wire.said(calls=[("search", raw)], **more)


class TestAnAnswer:
    def test_comes_by_a_tool_whose_result_the_model_gets(self, study: Study) -> None:
        cited = f"“{SAID}” [cite:{study.knowledge.key(SAID)}]"
        study.plays(searching(study), study.wire.said(cited[:9], cited[9:]))
        task = study.office.task()
        study.works()
        detail = study.detail(task)
        assert detail.task.status is TaskStatus.DONE, detail.runs[-1].error
        assert detail.output is not None
        assert detail.output.text == cited
        first, second = study.model.asked
        assert (first.path, study.wire.key_of(first.headers), first.body["model"]) == (study.wire.path, KEY, "big")
        assert study.wire.system(first.body).startswith("You work on a task for people.")
        assert SAID in study.wire.results(second.body)["call-1"]

    def test_is_counted_in_tokens_and_dollars(self, study: Study) -> None:
        study.plays(searching(study), study.wire.said("Nothing.", tokens=(1000, 100)))
        task = study.office.task()
        study.works()
        (run,) = study.detail(task).runs
        assert (run.model, run.input_tokens, run.output_tokens) == ("big", 1100, 120)
        assert run.cost_usd == pytest.approx((1100 * 1 + 120 * 10) / 1_000_000)

    @pytest.mark.parametrize("tokens", [None, (0, 0)])
    def test_has_an_estimated_cost_where_the_server_tells_no_tokens(
        self, study: Study, tokens: tuple[int, int] | None
    ) -> None:
        study.plays(study.wire.said("Nothing. " * 300, tokens=tokens))
        task = study.office.task()
        study.works()
        (turn,) = study.turns()
        assert turn.output_tokens == 900  # a token for three bytes
        assert turn.cost_usd == pytest.approx((turn.input_tokens * 1 + 900 * 10) / 1_000_000)
        with study.office.database.read() as session:
            told = study.office.desk.tasks.timeline(session, study.office.admin, task)
        assert [one.data["isEstimated"] for one in told if one.type == "turn_finished"] == [True]

    def test_is_told_while_it_is_given(self, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live, "EVERY", 0.0)
        study.plays(study.wire.said("Not ", "held."))
        study.office.task()
        study.works()
        with study.office.database.read() as session:
            told = [row.data for row in session.scalars(select(Event).order_by(Event.id))]
        assert [(one["offset"], one["delta"]) for one in told if "delta" in one] == [(0, "Not "), (4, "held.")]

    def test_is_marked_sentence_by_sentence(self, study: Study) -> None:
        key = study.knowledge.key(SAID)
        study.plays(study.wire.said(f"# Ovens\n\nIt is from 1920. “{SAID}” [cite:{key}] “From Milan.” [cite:{key}]\n"))
        task = study.office.task()
        study.works()
        output = study.detail(task).output
        assert output is not None
        assert output.text == (
            f"# Ovens\n\nIt is from 1920. [unsupported] “{SAID}” [cite:{key}] “From Milan.” [unsupported:{key}]\n"
        )


class TestWhatAModelGetsWrong:
    @pytest.mark.parametrize("raw", ['{"query": "ov', "[1]", '{"query": NaN}'])
    def test_in_arguments_it_is_told(self, study: Study, raw: str) -> None:
        study.plays(searching(study, raw), study.wire.said("Sorry."))
        task = study.office.task()
        study.works()
        assert study.detail(task).task.status is TaskStatus.DONE
        assert "the arguments are no JSON object" in study.wire.results(study.model.asked[1].body)["call-1"]
        assert study.knowledge.searched == []

    def test_by_a_tool_that_is_not_there_it_is_told(self, study: Study) -> None:
        study.plays(study.wire.said(calls=[("rm", "{}"), ("search", "{}")]), study.wire.said("Sorry."))
        study.office.task()
        study.works()
        results = study.wire.results(study.model.asked[1].body)
        assert "there is no tool 'rm'" in results["call-1"]
        assert "send a text that is not empty" in results["call-2"]

    def test_in_what_databases_do_not_take_is_replaced(self, study: Study) -> None:
        study.plays(searching(study, '{"query": "a\\u0000b \\ud800"}'), study.wire.said("No\x00 \ud800ne."))
        task = study.office.task()
        study.works()
        assert study.detail(task).task.status is TaskStatus.DONE
        assert study.turns()[0].calls[0]["arguments"] == {"query": "a\ufffdb ?"}

    @pytest.mark.parametrize(
        "answer",
        [
            Answer([(None, "{broken")]),
            Answer([(None, {"choices": "none", "type": 7})]),
            Answer([], body=b'{"choices": []}'),
            Answer([]),
            Answer([], breaks=True),
        ],
        ids=["no-json", "another-shape", "no-stream", "nothing", "broken-off"],
    )
    def test_on_the_wire_is_asked_again_and_not_for_ever(self, study: Study, answer: Answer) -> None:
        study.plays(answer)
        task = study.office.task()
        for _ in range(4):
            claim = study.works()
            assert study.job(claim).state == JobState.QUEUED
            study.office.clock.advance(400)
        claim = study.works()
        assert (study.job(claim).state, len(study.model.asked)) == (JobState.DEAD, 5)
        assert "big" in study.error(task)

    def test_by_an_error_in_the_middle_is_asked_again(self, study: Study) -> None:
        events = list(study.wire.said("Half").events)[:3]
        error = {"type": "error", "error": {"type": "overloaded_error", "message": f"overloaded, {KEY}"}}
        study.plays(Answer([*events, ("error", error)]), study.wire.said("Nothing."))
        task = study.office.task()
        job = study.job(study.works())
        assert (job.state, "overloaded" in (job.error or "")) == (JobState.QUEUED, True)
        assert KEY not in (job.error or "")
        study.office.clock.advance(10)
        study.works()
        assert study.detail(task).task.status is TaskStatus.DONE

    def test_by_breaking_off_leaves_no_turn(self, study: Study) -> None:
        whole = study.wire.said("Half an answer. ", "And the rest.")
        study.plays(Answer(list(whole.events)[:3], breaks=True), whole)
        task = study.office.task()
        study.works()
        assert study.turns() == []
        study.office.clock.advance(10)
        study.works()
        assert study.detail(task).task.status is TaskStatus.DONE


class TestAServer:
    def test_that_is_asked_too_much_is_asked_when_it_says(self, study: Study) -> None:
        busy = Answer(status=429, headers={"Retry-After": "90"}, body=b'{"error": {"message": "slow down"}}')
        study.plays(busy, study.wire.said("Nothing."))
        task = study.office.task()
        claim = study.works()
        job = study.job(claim)
        assert (job.state, job.attempt) == (JobState.QUEUED, 0)
        assert job.run_after == study.office.clock.now() + timedelta(seconds=90)
        assert "slow down" in (job.error or "")
        assert study.detail(task).task.status is TaskStatus.IN_PROGRESS
        study.office.clock.advance(91)
        study.works()
        assert study.detail(task).task.status is TaskStatus.DONE

    def test_whose_account_is_empty_is_not_waited_for(self, study: Study) -> None:
        study.plays(Answer(status=429, body=b'{"error": {"message": "pay", "code": "insufficient_quota"}}'))
        task = study.office.task()
        study.works()
        assert "answers 429: pay" in study.error(task)

    def test_that_fails_is_asked_again(self, study: Study) -> None:
        study.plays(Answer(status=500, body=b"oh"), study.wire.said("Nothing."))
        task = study.office.task()
        claim = study.works()
        assert (study.job(claim).state, study.job(claim).attempt) == (JobState.QUEUED, 1)
        study.office.clock.advance(10)
        study.works()
        assert study.detail(task).task.status is TaskStatus.DONE

    def test_that_refuses_the_key_ends_the_run_and_names_the_setting(self, study: Study) -> None:
        said = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}}).encode()
        study.plays(Answer(status=401, body=said))
        task = study.office.task()
        study.works()
        assert f"refuses the key: set another, as CAIRN_{study.wire.setting.upper()}_KEY" in study.error(task)

    def test_that_does_not_know_the_model_ends_the_run(self, study: Study) -> None:
        study.plays(Answer(status=404, body=b'{"error": {"message": "no model big"}}'))
        task = study.office.task()
        study.works()
        assert "answers 404: no model big" in study.error(task)

    def test_that_leads_elsewhere_is_not_followed(self, study: Study) -> None:
        study.plays(Answer(status=307, headers={"Location": "http://127.0.0.2:1/"}, body=b""))
        task = study.office.task()
        study.works()
        assert "answers 307" in study.error(task)
        assert len(study.model.asked) == 1

    def test_that_falls_silent_is_asked_again(
        self, database: Database, clock: FrozenClock, wire: Wire, model: PlayedModel
    ) -> None:
        with studying(database, clock, wire, model, model_silence=0.2) as study:
            study.plays(Answer(list(wire.said("Half").events)[:3], hangs=True))
            study.office.task()
            job = study.job(study.works())
        assert (job.state, job.attempt) == (JobState.QUEUED, 1)
        assert "said nothing for" in (job.error or "")

    def test_that_is_not_there_is_asked_again(
        self, database: Database, clock: FrozenClock, wire: Wire, model: PlayedModel
    ) -> None:
        with studying(database, clock, wire, model, **{f"{wire.setting}_url": "http://127.0.0.1:9/v1"}) as study:
            study.office.task()
            job = study.job(study.works())
        assert (job.state, "is not there" in (job.error or "")) == (JobState.QUEUED, True)


class TestABound:
    def test_of_seconds_ends_a_reply_in_the_middle(self, study: Study) -> None:
        study.agent(adapter_config={"timeoutSec": 0.3})
        study.plays(Answer(list(study.wire.said("Half").events)[:3], hangs=True))
        task = study.office.task()
        study.works()
        assert "seconds that the run had left" in study.error(task)
        assert study.detail(task).runs[-1].state is RunState.TIMEOUT

    def test_of_turns_ends_a_run(self, study: Study) -> None:
        study.plays(searching(study))
        task = study.office.task()
        study.works()
        assert study.error(task) == "no answer after 4 turns, and a run may take 4"

    def test_of_dollars_ends_a_run_between_two_turns(self, study: Study) -> None:
        study.agent(max_cost_usd=0.02)
        study.plays(searching(study, tokens=(1000, 4000)))
        task = study.office.task()
        study.works()
        assert study.error(task) == "no answer for 0.0410 US dollars, and the task may cost 0.0200"
        assert len(study.model.asked) == 1

    def test_of_dollars_holds_for_a_server_that_tells_no_tokens(self, study: Study) -> None:
        study.agent(max_cost_usd=0.02)
        study.plays(study.wire.said("x" * 9000, calls=[("search", '{"query": "oven"}')], tokens=None))
        task = study.office.task()
        study.works()
        assert "US dollars, and the task may cost 0.0200" in study.error(task)
        assert len(study.model.asked) == 1

    def test_of_dollars_counts_replies_that_break_off(self, study: Study) -> None:
        study.agent(max_cost_usd=0.02)
        whole = study.wire.said("x" * 3000, tokens=(100, 1000))
        study.plays(Answer(list(whole.events)[:4], breaks=True))
        task = study.office.task()
        while study.job(study.works()).state == JobState.QUEUED:
            study.office.clock.advance(400)
        (run,) = study.detail(task).runs
        assert (len(study.model.asked), run.output_tokens) == (2, 2000)  # the third is not paid for
        assert "US dollars" in study.error(task)
        assert study.detail(task).task.cost_usd == pytest.approx((run.input_tokens + run.output_tokens * 10) / 1e6)

    def test_of_calls_in_a_reply_leaves_the_rest_out(self, study: Study) -> None:
        many = [("search", f'{{"query": "oven {number}"}}') for number in range(MOST_CALLS + 9)]
        study.plays(study.wire.said(calls=many), study.wire.said("Nothing."))
        study.office.task()
        study.works()
        results = list(study.wire.results(study.model.asked[1].body).values())
        assert (len(study.knowledge.searched), len(results)) == (MOST_CALLS, MOST_CALLS + 1)
        assert f"made {MOST_CALLS + 9}" in results[-1]

    def test_of_dollars_bounds_the_reply_that_it_pays_for(self, study: Study) -> None:
        study.agent(max_cost_usd=0.02)
        study.plays(searching(study, tokens=(1000, 1000)), study.wire.said("Half an ans", stop=study.wire.cut))
        task = study.office.task()
        study.works()
        asked = [one.body["max_tokens"] for one in study.model.asked]
        assert asked[0] < 2000
        assert asked[1] < 900
        assert study.error(task) == (
            f"the reply was cut after {asked[1]} tokens, all that was left to pay for of the task"
        )

    def test_of_dollars_that_pays_for_nothing_more_asks_nothing(self, study: Study) -> None:
        study.agent(max_cost_usd=0.0111)
        study.plays(searching(study, tokens=(1000, 1000)))
        task = study.office.task()
        study.works()
        assert "pays for no further reply of big" in study.error(task)
        assert len(study.model.asked) == 1

    def test_of_tokens_cuts_no_answer_short(self, study: Study) -> None:
        study.plays(study.wire.said("Half an ans", stop=study.wire.cut))
        task = study.office.task()
        study.works()
        assert "CAIRN_MODEL_REPLY_TOKENS allows more" in study.error(task)

    def test_of_dollars_needs_a_price(
        self, database: Database, clock: FrozenClock, wire: Wire, model: PlayedModel
    ) -> None:
        with studying(database, clock, wire, model, model_prices=None) as study:
            study.agent(max_cost_usd=1.0)
            task = study.office.task()
            study.works()
            assert "CAIRN_MODEL_PRICES" in study.error(task)
        assert model.asked == []


class TestWithout:
    def test_key_and_url_nothing_is_asked_and_the_setting_named(
        self, database: Database, clock: FrozenClock, wire: Wire, model: PlayedModel
    ) -> None:
        nothing = {f"{wire.setting}_url": None, f"{wire.setting}_key": None}
        with studying(database, clock, wire, model, **nothing) as study:
            task = study.office.task()
            study.works()
            assert f"set CAIRN_{wire.setting.upper()}_KEY" in study.error(task)

    def test_a_model_nothing_is_asked_and_the_setting_named(
        self, database: Database, clock: FrozenClock, wire: Wire, model: PlayedModel
    ) -> None:
        with studying(database, clock, wire, model, **{f"{wire.setting}_model": None}) as study:
            task = study.office.task()
            study.works()
            assert f"CAIRN_{wire.setting.upper()}_MODEL" in study.error(task)

    def test_leave_no_server_inside_is_asked(
        self, database: Database, clock: FrozenClock, wire: Wire, model: PlayedModel
    ) -> None:
        with studying(database, clock, wire, model, model_allow=None) as study:
            task = study.office.task()
            study.works()
            assert "is not a public address, so nothing was sent to it" in study.error(task)
        assert model.asked == []


class TestAKey:
    def test_of_the_operator_never_goes_to_a_tenants_server(
        self, database: Database, clock: FrozenClock, wire: Wire, model: PlayedModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
            monkeypatch.setenv(name, f"{KEY}-of-the-environment")
        elsewhere = {f"{wire.setting}_url": "http://127.0.0.1:9/", "egress_allow": LOOPBACK}
        with studying(database, clock, wire, model, **elsewhere) as study:
            study.agent(adapter_config={"baseUrl": model.url})
            study.plays(wire.said("Nothing."))
            task = study.office.task()
            study.works()
            assert study.detail(task).task.status is TaskStatus.DONE
        assert KEY not in repr(model.asked)

    def test_of_the_agents_own_goes_before_the_operators(self, study: Study) -> None:
        with study.office.database.write() as session:
            SECRETS.put(session, key_place(study.office.people.tenant, "researcher"), OWN_KEY)
        study.plays(study.wire.said("Nothing."))
        study.office.task()
        study.works()
        assert study.wire.key_of(study.model.asked[0].headers) == OWN_KEY

    def test_of_another_tenant_is_not_found(self, study: Study) -> None:
        with study.office.database.write() as session:
            SECRETS.put(session, key_place(study.office.others.tenant, "researcher"), OWN_KEY)
        study.plays(study.wire.said("Nothing."))
        study.office.task()
        study.works()
        assert study.wire.key_of(study.model.asked[0].headers) == KEY

    def test_of_a_tenant_lets_no_server_inside_be_asked(self, study: Study) -> None:
        study.agent(adapter_config={"baseUrl": study.model.url})
        task = study.office.task()
        study.works()
        assert "is not a public address, so nothing was sent to it" in study.error(task)
        assert study.model.asked == []

    @pytest.mark.parametrize("status", [200, 400, 401, 429, 500])
    def test_is_in_no_row_and_no_log(
        self, study: Study, status: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said = json.dumps({"error": {"message": f"I got {KEY}, api_key={KEY}"}}).encode()
        study.plays(study.wire.said("Nothing.") if status == 200 else Answer(status=status, body=said))
        caplog.set_level(logging.DEBUG)
        study.office.task()
        study.works()
        printed = capsys.readouterr()
        assert study.wire.key_of(study.model.asked[0].headers) == KEY
        assert KEY not in study.rows() + caplog.text + printed.out + printed.err + repr(study.handler)
