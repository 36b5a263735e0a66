"""`python -m portal.serve`: prepare the portal, then keep web and worker running until Ctrl-C or SIGTERM.

A small supervisor for one machine. Each child leads a process group of its own, so that nothing is left behind:
a child that dies is started again, and one that keeps dying ends everything with a loud sentence.
"""

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from portal.config import ROOT, Settings, load_or_exit

QUICK_DEATH_S = 10
MOST_QUICK_DEATHS = 5
GRACE_S = 9
LOOK_EVERY_S = 0.2
MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - a worker's sign of life must not wait for a disk
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
PR_SET_PDEATHSIG = 1


class Child:
    """One program in a process group of its own, started again after it died."""

    def __init__(self, name: str, command: list[str]):
        self.name = name
        self.command = command
        self.quick_deaths = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.starts_at = 0.0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )

    def look_after(self) -> None:
        """Notice a death, wait a growing while, start again."""
        now = time.monotonic()
        if self.process is not None and (status := self.process.poll()) is not None:
            self._kill_group()  # what the dead one started must not keep its socket
            self.quick_deaths = self.quick_deaths + 1 if now - self.started < QUICK_DEATH_S else 1
            self.process = None
            self.starts_at = now + 0.25 * 2**self.quick_deaths
            if not self.is_hopeless:
                say(f"Proses {self.name} berhenti ({_cause(status)}) dan dihidupkan lagi.")
        if self.process is None and not self.is_hopeless and now >= self.starts_at:
            self.start()

    @property
    def is_hopeless(self) -> bool:
        return self.quick_deaths >= MOST_QUICK_DEATHS

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait until the deadline (monotonic seconds), then leave nothing of the group alive."""
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.0, deadline - time.monotonic()))
            self._kill_group()
            self.process.wait()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # type: ignore[union-attr]


class Stop:
    """Set by the first SIGINT or SIGTERM; the second one shortens the wait."""

    def __init__(self) -> None:
        self.count = 0
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, self._asked)

    def _asked(self, signum: int, frame: object) -> None:
        self.count += 1

    def __bool__(self) -> bool:
        return self.count > 0


def main() -> int:
    settings = load_or_exit()
    if refusal := _port_refusal(settings):
        print(refusal, file=sys.stderr)
        return 1
    stop = Stop()
    if (status := prepare(stop)) != 0 or stop:
        return status
    return keep_running([Child("web", web_command(settings)), Child("worker", worker_command())], settings, stop)


def prepare(stop: Stop) -> int:
    """Bring the database up to date, with the demo when it is empty; in a process of its own, ended by a stop."""
    preparing = Child("persiapan", [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"])
    preparing.start()
    assert preparing.process is not None
    while (status := preparing.process.poll()) is None:
        if stop:
            preparing.ask_to_end()
            preparing.end(time.monotonic() + GRACE_S)
            return 0
        time.sleep(LOOK_EVERY_S / 4)
    if status:
        print(f"Persiapan basis data gagal ({_cause(status)}); portal tidak dijalankan.", file=sys.stderr)
    return 1 if status < 0 else status


def keep_running(children: list[Child], settings: Settings, stop: Stop) -> int:
    status = 0
    told = False
    for child in children:
        child.start()
    while not stop:
        for child in children:
            child.look_after()
        if hopeless := [child.name for child in children if child.is_hopeless]:
            print(
                f"Proses {' dan '.join(hopeless)} mati {MOST_QUICK_DEATHS} kali berturut-turut; portal dihentikan. "
                "Sebabnya ada pada catatan di atas.",
                file=sys.stderr,
            )
            status = 1
            break
        if not told and is_ready(settings):
            told = True
            say(f"Portal siap di {settings.address} (Ctrl-C untuk berhenti).")
        time.sleep(LOOK_EVERY_S)
    end_all(children, stop)
    return status


def end_all(children: list[Child], stop: Stop) -> None:
    say("Menghentikan portal ...")
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + GRACE_S
    asked = stop.count
    while time.monotonic() < deadline and stop.count == asked:
        if all(child.process is None or child.process.poll() is not None for child in children):
            break
        time.sleep(LOOK_EVERY_S / 4)
    for child in children:
        child.end(time.monotonic())


def web_command(settings: Settings) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", _bind(settings)]
    command += ["--worker-class", "gthread", "--workers", str(settings.web_processes)]
    command += ["--threads", str(settings.web_threads), "--keep-alive", "5", "--timeout", "60"]
    command += ["--graceful-timeout", str(GRACE_S - 1), "--no-control-socket", "--log-level", "warning"]
    # The most gunicorn takes: an address longer than portal/errors.py allows is answered there, in our words.
    command += ["--limit-request-line", "8190"]
    # Forwarded headers are judged in portal/proxy.py, by the named proxies alone.
    command += ["--forwarded-allow-ips", ""]
    if MEMORY_FOLDER.is_dir():
        command += ["--worker-tmp-dir", str(MEMORY_FOLDER)]
    return command


def worker_command() -> list[str]:
    return [sys.executable, "-m", "portal.worker"]


def environment() -> dict[str, str]:
    """Ours, with bytecode allowed: without it every start reads all sources again."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def is_ready(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    connection = http.client.HTTPConnection(host, settings.port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": urlsplit(settings.address).netloc})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def say(sentence: str) -> None:
    print(sentence, flush=True)


def _bind(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"


def _port_refusal(settings: Settings) -> str | None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except PermissionError:
            return f"Port {settings.port} tidak boleh dipakai oleh pengguna ini; pilih port di atas 1023 lewat PORT."
        except OSError:
            return (
                f"Alamat {_bind(settings)} sudah dipakai program lain atau tidak ada di mesin ini; "
                f"pilih port lain, misalnya: PORT={settings.port % 65535 + 1} make run."
            )
    return None


def _cause(status: int) -> str:
    return f"sinyal {-status}" if status < 0 else f"kode {status}"


def _die_with_parent() -> None:
    """A killed supervisor takes its children along (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
