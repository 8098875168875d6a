"""Why a model gave no reply."""

from __future__ import annotations

from kit.errors import CairnError, RateLimited, Unprocessable


class ModelNotConfigured(Unprocessable):
    """The agent's adapter lacks a server, a key, a model or a price. Says what to set."""

    code = "MODEL_NOT_CONFIGURED"


class ModelRefused(Unprocessable):
    """The server takes neither this request nor its like: asking again changes nothing."""

    code = "MODEL_REFUSED"


class ModelIsBusy(RateLimited):
    """The server asks to come back after `retry_after` seconds."""

    code = "MODEL_BUSY"


class ModelFailed(CairnError):
    """The server is away, fails, is silent, or says what makes no sense: trying again, not for ever, may help."""

    code = "MODEL_FAILED"


class OutOfTime(CairnError):
    """The seconds of the run were over before the reply was."""

    code = "RUN_OUT_OF_TIME"


class OutOfMoney(CairnError):
    """What is left of the task's limit does not pay for the reply."""

    code = "RUN_OUT_OF_MONEY"
