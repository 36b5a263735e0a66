"""Programs that are measured: started on free loopback ports, looked at through /proc, ended by their own pid."""

import http.client
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from portal.config import ROOT, Settings
from portal.serve import web_command

TICK = os.sysconf("SC_CLK_TCK")
START_S = 60
END_S = 12


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A child in a process group of its own; its journal goes to a file."""

    def __init__(self, command: list[str], environment: dict[str, str], journal: Path):
        self.journal = journal
        self._out = open(journal, "wb")
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=self._out, stderr=self._out,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def cpu_ms(self) -> float:
        """User and system time used so far."""
        return _cpu_ms(self.pid)

    def end(self) -> None:
        if self.alive:
            self._process.terminate()
            try:
                self._process.wait(END_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self._process.wait()
        self._out.close()

    def last_words(self) -> str:
        return self.journal.read_text(errors="replace")[-2000:]


class Server(Program):
    """A WSGI app under the very command line that serves the portal."""

    def __init__(self, target: str, settings: Settings, environment: dict[str, str], journal: Path):
        self.port = settings.port
        command = [target if word == "wsgi:app" else word for word in web_command(settings)]
        super().__init__(command, environment, journal)

    def wait_until_it_answers(self) -> float:
        """Seconds from now until the first answer."""
        began = time.monotonic()
        while self.alive and time.monotonic() - began < START_S:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return time.monotonic() - began
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                connection.close()
        raise SystemExit(f"the server on port {self.port} does not answer:\n{self.last_words()}")

    @property
    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [int(child) for child in children]

    def cpu_ms(self) -> float:
        """User and system time its workers have used so far."""
        return sum(_cpu_ms(worker) for worker in self.workers)

    def memory_mib(self) -> list[float]:
        """Proportional set size of each worker."""
        return sorted(_kib(worker, "Pss:") / 1024 for worker in self.workers)


def _cpu_ms(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICK


def _kib(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
