"""Runs scenarios in an account, and sweeps the resources of runs that ended early."""

from collections.abc import Sequence
from pathlib import Path

from localcloud.engines import stop_engines
from localcloud.errors import LocalCloudError
from localcloud.service import Report
from tools.acceptance.inventory import delete_resources
from tools.acceptance.run import Run, new_run, unfinished_runs
from tools.acceptance.scenarios import SCENARIOS, Scenario
from tools.acceptance.target import Target
from tools.acceptance.trial import PROJECT, Trial


def run_scenarios(target: Target, home: Path, names: Sequence[str], say: Report, zone: str = "") -> list[str]:
    """Runs the scenarios in their order, and returns the names of those that passed.

    A failed scenario does not stop the others. Everything that the run created is deleted, also if the run is
    interrupted. Raises ``LocalCloudError`` if a resource is left.
    """
    passed = []
    with new_run(home, target) as run:
        say(f"run {run.run_id}: every created name begins with `{run.name('')}`")
        try:
            for name in names:
                say(f"{name}:")
                if _passes(SCENARIOS[name], Trial(run, target, run.folder / name, say, zone)):
                    passed.append(name)
        finally:
            _sweep(run, target, say)
    return passed


def sweep(target: Target, home: Path, run_ids: Sequence[str], say: Report) -> None:
    """Deletes what unfinished runs left: those that this folder remembers, and those of ``run_ids``.

    Raises ``LocalCloudError`` if a resource is left.
    """
    remembered = unfinished_runs(home, target)
    for run in remembered:
        say(f"run {run.run_id} ended early:")
        stop_engines(run.passphrase, say)
        for project in sorted(run.folder.glob(f"*/{PROJECT}")):
            _destroy(Trial(run, target, project.parent, say))
        _sweep(run, target, say)
    for run_id in run_ids:
        if run_id not in {run.run_id for run in remembered}:
            say(f"run {run_id}:")
            _sweep(Run(run_id, home / run_id), target, say)
    if not remembered and not run_ids:
        say("no unfinished run is left")


def _passes(scenario: Scenario, trial: Trial) -> bool:
    try:
        try:
            scenario.check(trial)
        finally:
            trial.destroy()
    except LocalCloudError as error:
        trial.say(f"  FAILED: {error}")
        return False
    except LookupError as error:
        trial.say(f"  FAILED: a response has no {error}.")
        return False
    trial.say("  passed")
    return True


def _destroy(trial: Trial) -> None:
    try:
        trial.destroy()
    except LocalCloudError as error:
        trial.say(f"  {error}")


def _sweep(run: Run, target: Target, say: Report) -> None:
    left = delete_resources(run, target, lambda line: say(f"  {line}"))
    if left:
        raise LocalCloudError(
            f"Run {run.run_id} left resources at Cloudflare: {', '.join(map(str, left))}. "
            "Delete them in the dashboard, or run the sweep again."
        )
    run.remove()
