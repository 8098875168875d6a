"""`python -m tests.leaks --calls 100000`: the leak proof at any size; exit status 1 where something was seen."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from starlette.testclient import TestClient

from api.app import create_app
from kit.logging import configure_logging
from kit.settings import load_settings
from orchestration.runtime import build_runtime
from tests.leaks.campaign import Campaign
from tests.leaks.world import build

_STEP = 2500


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.leaks", description="Call everything as everybody")
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--tenants", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    configure_logging("error")
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder) / "home")
        runtime = build_runtime(settings)
        runtime.start()
        try:
            app = create_app(settings, runtime)
            world = build(runtime, tenants=given.tenants, seed=given.seed)
            started = perf_counter()
            with TestClient(app, raise_server_exceptions=False) as client:
                campaign = Campaign(client, world, app.openapi())
                for reached in range(_STEP, given.calls + _STEP, _STEP):
                    campaign.run(min(reached, given.calls))
                    sys.stderr.write(f"{campaign.calls:,} calls, {len(campaign.findings)} findings\n")
            _tell(campaign, perf_counter() - started)
        finally:
            runtime.close()
    return 1 if campaign.findings else 0


def _tell(campaign: Campaign, seconds: float) -> None:
    lines = [
        f"{campaign.calls:,} calls checked in {seconds:.0f} s",
        f"{len(campaign.called)} operations and tools, {len(campaign.world.holders)} holders of keys",
        f"{campaign.compared:,} answers about things of others compared with answers about things that do not exist",
        f"rightly seen: {dict(campaign.seen)}",
        f"statuses: {dict(sorted(campaign.statuses.items()))}",
        f"findings: {len(campaign.findings)}",
        *campaign.findings,
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
