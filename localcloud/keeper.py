"""Keeps the processes of the parts: starts, watches and ends them, and remembers which ones it started."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from signal import Signals
from typing import Any

from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.part import Health, Part, PartStatus, Report
from localcloud.ports import Ports, is_free
from localcloud.process import BackgroundProcess

FILE = "parts.json"
START_PATIENCE_SECONDS = 60.0
ANSWER_PATIENCE_SECONDS = 5.0
STOP_PATIENCE_SECONDS = 15.0
PORT_TRIES = 4
LAST_LINES = 8


@dataclass(frozen=True)
class Record:
    """One start, as `parts.json` keeps it."""

    command: list[str]
    fingerprint: str
    ports: dict[str, int]
    stop_signal: str
    pid: int | None = None
    """None: an interrupted start, whose process may run or not."""
    started_at: float = 0.0

    def process(self) -> BackgroundProcess | None:
        if self.pid is None:
            return BackgroundProcess.find(self.command)
        return BackgroundProcess(self.pid, self.started_at)


@dataclass(frozen=True)
class Keeper:
    home: Home

    def ensure(self, part: Part, report: Report) -> None:
        """Has the part running and healthy; one that does already is kept."""
        record = self._records().get(part.name)
        if record and self._still_good(part, record, report):
            part.settle(record.ports)
            report(f"{part.name}: runs already at {_address(part, record.ports)}")
            return
        if record:
            self.stop(part.name, report)
        part.prepare(report)
        for _ in range(PORT_TRIES):
            ports = Ports(self.home).choose(part.ports, report)
            already_logged = _size(self.home.log(part.name))
            process = self._start(part, ports)
            if self._becomes_healthy(part, ports, process, START_PATIENCE_SECONDS):
                part.settle(ports)
                report(f"{part.name}: running at {_address(part, ports)}")
                return
            has_ended = not process.is_alive()
            self.stop(part.name, lambda _: None)
            if not has_ended or all(is_free(port) for port in ports.values()):
                break
        raise self._failure(part, "ended" if has_ended else "did not answer", already_logged)

    def stop(self, name: str, report: Report) -> None:
        """Ends what was started under this name, and nothing else."""
        record = self._records().get(name)
        if record is None:
            return
        process = record.process()
        if process is not None:
            was_alive = process.is_alive()
            killed = process.stop(Signals[record.stop_signal], STOP_PATIENCE_SECONDS)
            if was_alive:
                report(f"{name}: " + ("killed: it did not end when asked to" if killed else "stopped"))
        self._forget(name)

    def names(self) -> list[str]:
        """What was started, oldest first."""
        return list(self._records())

    def status(self, part: Part) -> PartStatus:
        record = self._records().get(part.name)
        process = record.process() if record else None
        ports = record.ports if record else {name: Ports(self.home).known().get(name, 0) for name in part.ports}
        alive = process is not None and process.is_alive()
        return PartStatus(
            name=part.name,
            address=_address(part, ports) if ports[part.ports[0]] else "",
            pid=process.pid if process and alive else None,
            health=_health(part, ports, alive=alive),
            log=self.home.log(part.name) if self.home.log(part.name).exists() else None,
        )

    def _still_good(self, part: Part, record: Record, report: Report) -> bool:
        process = record.process()
        if process is None or not process.is_alive():
            return False
        if set(record.ports) != set(part.ports) or self._fingerprint(part, record.ports) != record.fingerprint:
            report(f"{part.name}: its settings, its code or what it depends on changed: starting it anew")
            return False
        if not self._becomes_healthy(part, record.ports, process, ANSWER_PATIENCE_SECONDS):
            report(f"{part.name}: does not answer: starting it anew")
            return False
        return True

    def _fingerprint(self, part: Part, ports: Mapping[str, int]) -> str:
        """Changes when a process that runs already should be started anew."""
        records = self._records()
        needed = [records[name] for name in part.restarts_with if name in records]
        starts = [f"{record.pid} {record.started_at}" for record in needed]
        return " ".join([part.launch(ports).fingerprint(), *starts])

    def _start(self, part: Part, ports: dict[str, int]) -> BackgroundProcess:
        launch = part.launch(ports)
        record = Record(list(launch.command), self._fingerprint(part, ports), ports, part.stop_signal.name)
        self._remember(part.name, record)
        process = BackgroundProcess.start(
            launch.command,
            environment=launch.environment,
            directory=launch.directory,
            log=self.home.log(part.name),
            account=launch.account,
        )
        self._remember(part.name, replace(record, pid=process.pid, started_at=process.started_at))
        return process

    def _becomes_healthy(
        self, part: Part, ports: Mapping[str, int], process: BackgroundProcess, patience: float
    ) -> bool:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not process.is_alive():
                return False
            if part.is_healthy(ports):
                return process.is_alive()
            time.sleep(0.05)
        return False

    def _failure(self, part: Part, what: str, already_logged: int) -> LocalCloudError:
        log = self.home.log(part.name)
        lines = last_lines(log, LAST_LINES, after=already_logged)
        said = "\n".join(["It logged last:", *(f"  {line}" for line in lines)]) if lines else "It logged nothing."
        return LocalCloudError(
            f"The local cloud's part `{part.name}` was started and {what} within {START_PATIENCE_SECONDS:.0f} seconds. "
            f"{said}\nSee `{log}`, mend the cause, and run `up` again; `down --remove` starts from nothing."
        )

    def _records(self) -> dict[str, Record]:
        return {name: Record(**content) for name, content in self.home.read(FILE).items()}

    def _remember(self, name: str, record: Record) -> None:
        kept: dict[str, Any] = self.home.read(FILE)
        kept.pop(name, None)
        self.home.write(FILE, {**kept, name: asdict(record)})

    def _forget(self, name: str) -> None:
        self.home.write(FILE, {kept: content for kept, content in self.home.read(FILE).items() if kept != name})


def last_lines(log: Path, count: int, *, after: int = 0) -> list[str]:
    """The last lines that were written after the first so many bytes."""
    try:
        with log.open("rb") as file:
            file.seek(after)
            return file.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return []


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _address(part: Part, ports: Mapping[str, int]) -> str:
    return f"127.0.0.1:{ports[part.ports[0]]}"


def _health(part: Part, ports: Mapping[str, int], *, alive: bool) -> Health:
    if alive:
        try:
            return Health.HEALTHY if part.is_healthy(ports) else Health.NOT_ANSWERING
        except LocalCloudError:
            return Health.NOT_ANSWERING
    if any(port and not is_free(port) for port in ports.values()):
        return Health.PORT_TAKEN
    return Health.STOPPED
