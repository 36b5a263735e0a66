"""What the tests need besides Python: a throw-away PostgreSQL, Debian's Chromium, axe. Found here, started here."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / ".test-services/node_modules/axe-core/axe.min.js"
TUS_CLIENT = ROOT / ".test-services/node_modules/tus-js-client/dist/tus.min.js"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
FAST = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "jit=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "listen_addresses=",
    "max_connections=200",
]
PR_SET_PDEATHSIG = 1
ROOM = 4 * 2**30  # bytes


def postgresql_programs() -> Path | None:
    """The folder with initdb and postgres of the newest PostgreSQL on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def quick_folder() -> str | None:
    """A folder in memory for what the tests throw away, where this machine has one with room; else None, the usual one."""
    memory = Path("/dev/shm")
    return str(memory) if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ROOM else None


def chromium() -> str | None:
    return shutil.which("chromium")


def what_is_missing() -> dict[str, str]:
    """{service: the sentence that says what is left out without it}"""
    missing = {}
    if postgresql_programs() is None:
        missing["postgresql"] = "PostgreSQL is not installed: the suite runs on SQLite only"
    if chromium() is None:
        missing["chromium"] = "Chromium is not installed: what needs a browser is left out"
    if not AXE.exists():
        missing["axe"] = "axe-core is not installed: accessibility is not checked"
    if not TUS_CLIENT.exists():
        missing["tus"] = "tus-js-client is not installed: uploads are tried with our own client only"
    return missing


class Postgres:
    """A cluster in a temporary folder, reached over its own socket, gone when the tests are."""

    def __init__(self) -> None:
        programs = postgresql_programs()
        assert programs is not None, what_is_missing()["postgresql"]
        self.folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir=quick_folder()))
        # PostgreSQL refuses to run as root.
        self._as_whom: dict = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._as_whom = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        cluster = self.folder / "cluster"
        subprocess.run(
            [programs / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            **self._as_whom,
        )
        options = [word for setting in FAST for word in ("-c", setting)]
        self._log = open(self.folder / "log", "wb")
        self._process = subprocess.Popen(
            [programs / "postgres", "-D", cluster, "-k", self.folder, *options],
            stdout=self._log,
            stderr=self._log,
            cwd=self.folder,
            preexec_fn=_end_with_parent,
            **self._as_whom,
        )
        self._wait_until_it_answers()

    def url(self, database: str) -> str:
        return postgres_url(self.folder, database)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(f"host={self.folder} user=postgres dbname=postgres").close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.05)


def postgres_url(folder: Path | str, database: str) -> str:
    return f"postgresql+psycopg://postgres@/{database}?host={folder}"


def in_postgres(folder: Path | str, *statements: str) -> None:
    """Carry out statements about databases themselves."""
    with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
