"""Agents as the dashboard shows and changes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Field, StrictInt

from api.dashboard.work.schemas.people import is_absent
from api.fields import NO_COERCION, STORABLE, RequestBody, ResponseBody
from kit.redaction import REDACTED
from orchestration.agents.types import AdapterType, AgentChange, AgentStatus, AgentTest, AgentView

_Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=64), STORABLE]


class AgentSummary(ResponseBody):
    model_config = ConfigDict(title="AgentConfig")

    id: str
    role: str
    status: AgentStatus = Field(description="`active` where a program elsewhere does its tasks")
    running_count: int
    model: str
    adapter_type: AdapterType = Field(description="`outside`: nothing here does its tasks, a program elsewhere does")
    tool_names: list[str]
    skill_ids: list[str]
    max_cost_usd_per_activity: float | None = Field(None, exclude_if=is_absent)
    concurrency: int
    is_global_default: bool
    last_error_at: datetime | None = Field(None, exclude_if=is_absent)
    last_error_message: str | None = Field(None, exclude_if=is_absent)
    name: str
    about: str

    @classmethod
    def of(cls, view: AgentView) -> AgentSummary:
        return cls(**_fields(view))


class AdapterSettings(ResponseBody):
    model: str
    prompt_template: str | None
    timeout_sec: float | None = Field(description="Null: as the installation has it, `CAIRN_AGENT_RUN_SECONDS`")
    max_turns_per_run: int | None = Field(description="Null: as the installation has it, `CAIRN_AGENT_RUN_TURNS`")
    base_url: str | None = Field(description="Null: the installation's server for that adapter")
    env: dict[str, str] = Field(description="Names of keys that the agent has of its own, values redacted")


class AgentDetail(AgentSummary):
    model_config = ConfigDict(title="AgentConfigDetail")

    adapter_config: AdapterSettings

    @classmethod
    def of(cls, view: AgentView) -> AgentDetail:
        config = view.config
        settings = AdapterSettings(
            model=_model(view), prompt_template=config.prompt, timeout_sec=config.timeout_seconds,
            max_turns_per_run=config.max_turns, base_url=config.base_url,
            env={"apiKey": REDACTED} if view.has_key else {},
        )  # fmt: skip
        return cls(**_fields(view), adapter_config=settings)


class AdapterPatch(RequestBody):
    """Null goes back to the installation's."""

    prompt_template: Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S"), STORABLE] | None = Field(
        None, description="What an agent with a model is told first; the built-in extractive one has no use for it"
    )
    timeout_sec: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False), NO_COERCION] | None = Field(
        None, description="No more than `CAIRN_AGENT_RUN_SECONDS` takes effect"
    )
    max_turns_per_run: Annotated[StrictInt, Field(ge=1, le=1000)] | None = Field(
        None, description="No more than `CAIRN_AGENT_RUN_TURNS` takes effect"
    )
    base_url: Annotated[str, Field(min_length=1, max_length=500), STORABLE] | None = Field(
        None,
        description="Server of the tenant's own for this agent's model; it gets `apiKey` and never the installation's",
    )
    api_key: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[!-~]+$")] | None = Field(
        None, description="Key of the agent's own for its model's server. Kept sealed, and never shown again"
    )


class AgentPatch(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"concurrency": 2, "adapterConfig": {"maxTurnsPerRun": 6}}})

    adapter_type: AdapterType | None = Field(None, description="Who does its tasks from now on")
    model: _Name | None = None
    max_cost_usd_per_activity: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False), NO_COERCION] | None = (
        None
    )
    tool_names: Annotated[list[_Name], Field(max_length=50)] | None = Field(None, description="All that it may use")
    concurrency: Annotated[StrictInt, Field(ge=1, le=10)] | None = None
    adapter_config: AdapterPatch | None = None

    def to_change(self) -> AgentChange:
        named = {} if self.adapter_config is None else self.adapter_config.model_dump(by_alias=True, exclude_unset=True)
        key = named.pop("apiKey") or "" if "apiKey" in named else None
        return AgentChange(
            adapter=self.adapter_type,
            model=self.model,
            tools=self.tool_names,
            concurrency=self.concurrency,
            max_cost_usd=self.max_cost_usd_per_activity,
            key=key,
            adapter_config=named,
        )


class AgentList(ResponseBody):
    data: list[AgentSummary]


class AgentCheck(ResponseBody):
    name: str
    ok: bool
    detail: str | None = Field(None, exclude_if=is_absent)


class AgentTested(ResponseBody):
    ok: bool
    message: str
    checks: list[AgentCheck]

    @classmethod
    def of(cls, test: AgentTest) -> AgentTested:
        failed = [one for one in test.checks if not one.is_ok]
        return cls(
            ok=test.is_ok,
            message=failed[0].detail if failed else "ready",
            checks=[AgentCheck(name=one.name, ok=one.is_ok, detail=one.detail) for one in test.checks],
        )


def _model(view: AgentView) -> str:
    is_extractive = view.config.adapter is AdapterType.EXTRACTIVE
    return view.config.model or (AdapterType.EXTRACTIVE.value if is_extractive else "")


def _fields(view: AgentView) -> dict[str, object]:
    config = view.config
    return {
        "id": config.id,
        "role": config.role,
        "status": view.status,
        "running_count": view.running,
        "model": _model(view),
        "adapter_type": config.adapter,
        "tool_names": list(view.tools),
        "skill_ids": [],
        "max_cost_usd_per_activity": config.max_cost_usd,
        "concurrency": config.concurrency,
        "is_global_default": config.is_default,
        "last_error_at": config.last_error_at,
        "last_error_message": config.last_error,
        "name": config.name,
        "about": config.about,
    }
