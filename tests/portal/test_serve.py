"""The supervisor as `make run` starts it: ready, mended after a crash, and gone without a trace."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.config import ROOT

PATIENCE_S = 120


class Supervisor:
    def __init__(self, port: int, folder: Path):
        self.port = port
        # An empty portal is enough here; building the demo would take most of the time.
        own = {"PORTAL_INSTANCE": str(folder / "instance"), "PORT": str(port), "PORTAL_DEMO_ACCOUNTS": "false"}
        self._out = open(folder / "out.txt", "w+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "portal.serve"],
            cwd=ROOT,
            env={**os.environ, **own},
            stdout=self._out,
            stderr=subprocess.STDOUT,
        )
        self.pid = self._process.pid

    @property
    def said(self) -> str:
        return Path(self._out.name).read_text()

    def answers(self) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def wait_until(self, holds, what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert self._process.poll() is None, f"ended while waiting for {what}:\n{self.said}"
            assert time.monotonic() < deadline, f"waited in vain for {what}:\n{self.said}"
            time.sleep(0.1)

    def children(self) -> dict[str, int]:
        """{web, worker: process id}"""
        pids = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_text() for pid in pids}
        return {"worker" if "portal.worker" in command else "web": pid for pid, command in commands.items()}

    def end(self, signum: int) -> int:
        self._process.send_signal(signum)
        return self._process.wait(15)

    def clean_up(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()


def group_lives(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def supervisor(free_port, tmp_path):
    supervisor = Supervisor(free_port, tmp_path)
    yield supervisor
    supervisor.clean_up()


def test_web_and_worker_run_are_mended_and_leave_nothing_behind(supervisor):
    supervisor.wait_until(lambda: "Portal siap di" in supervisor.said, "the address")
    assert f"http://127.0.0.1:{supervisor.port}" in supervisor.said
    assert supervisor.answers() == 200

    refused = subprocess.run(
        [sys.executable, "-m", "portal.serve"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(supervisor.port)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "sudah dipakai program lain" in refused.stderr

    first = supervisor.children()
    os.kill(first["worker"], signal.SIGKILL)
    supervisor.wait_until(lambda: supervisor.children().get("worker", first["worker"]) != first["worker"], "a new worker")
    os.kill(first["web"], signal.SIGKILL)
    supervisor.wait_until(lambda: supervisor.children().get("web", first["web"]) != first["web"], "a new web")
    supervisor.wait_until(lambda: supervisor.answers() == 200, "the portal to answer again")
    assert supervisor.said.count("dihidupkan lagi") == 2

    leaders = {*first.values(), *supervisor.children().values()}
    assert len(leaders) == 4
    assert supervisor.end(signal.SIGINT) == 0
    assert [leader for leader in leaders if group_lives(leader)] == []
    assert supervisor.answers() is None


def test_a_killed_supervisor_takes_its_children_along(supervisor):
    supervisor.wait_until(lambda: "Portal siap di" in supervisor.said, "the address")
    leaders = supervisor.children().values()
    supervisor.end(signal.SIGKILL)
    deadline = time.monotonic() + 15
    while any(group_lives(leader) for leader in leaders) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [leader for leader in leaders if group_lives(leader)] == []
