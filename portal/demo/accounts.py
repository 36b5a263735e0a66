"""The demo accounts: kept beside the database in the instance folder, never in git, printed at every start."""

import json
import os

from .people import SEATS

FILE = "demo-accounts.json"


def keep(settings, passwords: dict[str, str]) -> None:
    """Write them down, readable by the owner of the process alone."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    path = settings.instance / FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(passwords, file, indent=1)


def show(settings, say) -> None:
    """Print user name, password and what each account can try."""
    path = settings.instance / FILE
    if not path.exists():
        return
    passwords = json.loads(path.read_text())
    say("\nAkun demo (kata sandi acak, dibuat sekali; tidak berlaku lagi bila Anda menggantinya):")
    for seat in SEATS:
        if seat.username in passwords:
            say(f"  {seat.username:22} {passwords[seat.username]:18} {seat.tries}")
    say("")
