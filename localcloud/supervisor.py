"""Starts, checks and stops the processes of the services, and records which ones it started."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from signal import Signals
from typing import Any

from localcloud.errors import LocalCloudError
from localcloud.ports import Ports, is_free
from localcloud.process import BackgroundProcess
from localcloud.service import Health, Report, Service, ServiceStatus
from localcloud.state_directory import StateDirectory

FILE = "parts.json"
START_TIMEOUT_SECONDS = 60.0
HEALTH_TIMEOUT_SECONDS = 5.0
STOP_TIMEOUT_SECONDS = 15.0
PORT_ATTEMPTS = 4
LAST_LINES = 8


@dataclass(frozen=True)
class Record:
    """The record of one start in `parts.json`."""

    command: list[str]
    fingerprint: str
    ports: dict[str, int]
    stop_signal: str
    pid: int | None = None
    """None after an interrupted start, whose process may or may not run."""
    started_at: float = 0.0

    def process(self) -> BackgroundProcess | None:
        if self.pid is None:
            return BackgroundProcess.find(self.command)
        return BackgroundProcess(self.pid, self.started_at)


@dataclass(frozen=True)
class Supervisor:
    """The processes of one local cloud."""

    state_directory: StateDirectory

    def ensure(self, service: Service, report: Report) -> None:
        """Starts the service unless it is already running and healthy, and waits until it is healthy.

        Raises ``LocalCloudError`` with the end of its log if it does not become healthy.
        """
        record = self._records().get(service.name)
        if record and self._can_keep(service, record, report):
            service.finish_start(record.ports)
            report(f"{service.name}: already running at {_address(service, record.ports)}")
            return
        if record:
            self.stop(service.name, report)
        service.prepare(report)
        for _ in range(PORT_ATTEMPTS):
            ports = Ports(self.state_directory).choose(service.ports, report)
            already_logged = _size(self.state_directory.log(service.name))
            process = self._start(service, ports)
            if self._wait_until_healthy(service, ports, process, START_TIMEOUT_SECONDS):
                service.finish_start(ports)
                report(f"{service.name}: running at {_address(service, ports)}")
                return
            has_exited = not process.is_alive()
            self.stop(service.name, lambda _: None)
            if not has_exited or all(is_free(port) for port in ports.values()):
                break
        raise self._start_error(service, "exited" if has_exited else "did not respond", already_logged)

    def stop(self, name: str, report: Report) -> None:
        """Stops the process that was started under this name, and no other."""
        record = self._records().get(name)
        if record is None:
            return
        process = record.process()
        if process is not None:
            was_alive = process.is_alive()
            killed = process.stop(Signals[record.stop_signal], STOP_TIMEOUT_SECONDS)
            if was_alive:
                report(f"{name}: " + ("killed, because it did not stop in time" if killed else "stopped"))
        self._delete_record(name)

    def names(self) -> list[str]:
        """Returns the names of the started services, oldest first."""
        return list(self._records())

    def status(self, service: Service) -> ServiceStatus:
        record = self._records().get(service.name)
        process = record.process() if record else None
        ports = (
            record.ports
            if record
            else {name: Ports(self.state_directory).known().get(name, 0) for name in service.ports}
        )
        alive = process is not None and process.is_alive()
        return ServiceStatus(
            name=service.name,
            address=_address(service, ports) if ports[service.ports[0]] else "",
            pid=process.pid if process and alive else None,
            health=_health(service, ports, alive=alive),
            log=self.state_directory.log(service.name) if self.state_directory.log(service.name).exists() else None,
        )

    def _can_keep(self, service: Service, record: Record, report: Report) -> bool:
        process = record.process()
        if process is None or not process.is_alive():
            return False
        if set(record.ports) != set(service.ports) or self._fingerprint(service, record.ports) != record.fingerprint:
            report(f"{service.name}: restarting, because its settings, its code or a dependency changed")
            return False
        if not self._wait_until_healthy(service, record.ports, process, HEALTH_TIMEOUT_SECONDS):
            report(f"{service.name}: restarting, because it does not respond")
            return False
        return True

    def _fingerprint(self, service: Service, ports: Mapping[str, int]) -> str:
        """Returns a string that changes when a running process has to be restarted."""
        records = self._records()
        needed = [records[name] for name in service.restarts_with if name in records]
        starts = [f"{record.pid} {record.started_at}" for record in needed]
        return " ".join([service.launch(ports).fingerprint(), *starts])

    def _start(self, service: Service, ports: dict[str, int]) -> BackgroundProcess:
        launch = service.launch(ports)
        record = Record(list(launch.command), self._fingerprint(service, ports), ports, service.stop_signal.name)
        self._save_record(service.name, record)
        process = BackgroundProcess.start(
            launch.command,
            environment=launch.environment,
            directory=launch.directory,
            log=self.state_directory.log(service.name),
            account=launch.account,
        )
        self._save_record(service.name, replace(record, pid=process.pid, started_at=process.started_at))
        return process

    def _wait_until_healthy(
        self, service: Service, ports: Mapping[str, int], process: BackgroundProcess, timeout_seconds: float
    ) -> bool:
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            if not process.is_alive():
                return False
            if service.is_healthy(ports):
                return process.is_alive()
            time.sleep(0.05)
        return False

    def _start_error(self, service: Service, outcome: str, already_logged: int) -> LocalCloudError:
        log = self.state_directory.log(service.name)
        lines = last_lines(log, LAST_LINES, after=already_logged)
        tail = "\n".join(["Its last log lines:", *(f"  {line}" for line in lines)]) if lines else "It logged nothing."
        return LocalCloudError(
            f"The service `{service.name}` of the local cloud {outcome} within {START_TIMEOUT_SECONDS:.0f} seconds "
            f"after its start. {tail}\n"
            f"See `{log}`, fix the cause, and run `up` again. `down --remove` deletes all state first."
        )

    def _records(self) -> dict[str, Record]:
        return {name: Record(**content) for name, content in self.state_directory.read(FILE).items()}

    def _save_record(self, name: str, record: Record) -> None:
        records: dict[str, Any] = self.state_directory.read(FILE)
        records.pop(name, None)
        self.state_directory.write(FILE, {**records, name: asdict(record)})

    def _delete_record(self, name: str) -> None:
        self.state_directory.write(
            FILE, {records: content for records, content in self.state_directory.read(FILE).items() if records != name}
        )


def last_lines(log: Path, count: int, *, after: int = 0) -> list[str]:
    """Returns the last ``count`` lines of a log, without the first ``after`` bytes of the file."""
    try:
        with log.open("rb") as file:
            file.seek(after)
            return file.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return []


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _address(service: Service, ports: Mapping[str, int]) -> str:
    return f"127.0.0.1:{ports[service.ports[0]]}"


def _health(service: Service, ports: Mapping[str, int], *, alive: bool) -> Health:
    if alive:
        try:
            return Health.HEALTHY if service.is_healthy(ports) else Health.NOT_RESPONDING
        except LocalCloudError:
            return Health.NOT_RESPONDING
    if any(port and not is_free(port) for port in ports.values()):
        return Health.PORT_TAKEN
    return Health.STOPPED
