"""The life of an application: each step asks what it must, and the database holds the same promises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..actors import Actor
from ..clock import now, today
from ..models import Application
from ..refusal import Refused, Together
from ..texts import clean, clean_line
from ..workflow import advance, look
from .keeping import allow

# step -> what it asks for besides its date; `?` marks what may stay empty
ASKS: dict[str, tuple[str, ...]] = {
    "start": ("reason?",),
    "stop": ("reason",),
    "resume": ("reason?",),
    "migrate": ("successor", "reason", "decision_no?"),
    "merge": ("successor", "reason", "decision_no?", "data_fate", "account_fate", "yearly_saving?"),
    "retire": ("reason", "decision_no", "data_fate", "account_fate", "yearly_saving?", "successor?"),
    "revive": ("reason", "decision_no"),
    "unmerge": ("reason", "decision_no?"),
    "abandon": ("reason", "decision_no?"),
}
UNDOES = ("revive", "unmerge", "abandon")  # steps that take an earlier one back
LABELS = {
    "reason": ("Alasan", 1000), "decision_no": ("Nomor keputusan", 80), "data_fate": ("Nasib data", 500),
    "account_fate": ("Nasib akun", 500),
}


@dataclass(frozen=True)
class Given:
    """What was typed for a step."""

    texts: Mapping[str, str]
    day: date | None = None
    successor: Application | None = None
    yearly_saving: int | None = None


def change_state(application: Application, step: str, by: Actor, given: Given, seen_version: int) -> None:
    """Take one step of the life cycle, with everything it asks for, or nothing happens."""
    allow(by, "change_state", application)
    if step not in ASKS:
        raise Refused("Pilih langkahnya.", field="step")
    if seen_version != application.version:
        raise Refused("Aplikasi ini diubah orang lain sesudah Anda membukanya. Muat ulang dan periksa lagi.")
    asked = {name.rstrip("?"): not name.endswith("?") for name in ASKS[step]}
    day = given.day or today(application.instansi.clock_zone)
    successor = given.successor if "successor" in asked else None
    texts: dict[str, str] = {}
    with Together() as faults:
        for name, (label, limit) in LABELS.items():
            if name in asked:
                read = clean_line if name == "decision_no" else clean
                with faults.noted():
                    texts[name] = read(given.texts.get(name, ""), limit, label, name, required=asked[name])
        with faults.noted():
            if asked.get("successor") and successor is None:
                raise Refused("Pilih aplikasi penggantinya.", field="successor")
            if successor is not None:
                _fits(application, successor)
        with faults.noted():
            if given.yearly_saving is not None and given.yearly_saving < 0:
                raise Refused("Penghematan tidak boleh negatif.", field="yearly_saving")
        with faults.noted():
            if day > today(application.instansi.clock_zone):
                raise Refused("Tanggal tidak boleh di masa depan.", field="day")
    note = "\n".join(filter(None, (texts.get("reason", ""), _undone(application) if step in UNDOES else "")))
    if step in ("start", "resume", "stop", *UNDOES):
        application.successor = None
    if step in UNDOES:
        application.data_fate = application.account_fate = ""
    if "successor" in asked and (successor is not None or step != "retire"):
        application.successor = successor
    for name, text in texts.items():
        setattr(application, name, text)
    application.decided_on = day if step in ("migrate", "merge", "retire", *UNDOES) else None
    application.yearly_saving = given.yearly_saving if "yearly_saving" in asked else None
    application.state_since, application.changed_at = day, now()
    advance(application, step, by, note)


def _undone(application: Application) -> str:
    """What is taken back, so that the history keeps what the record no longer says."""
    said = (
        ("pengganti", application.successor.name if application.successor else ""),
        ("sejak", application.state_since.strftime("%d-%m-%Y") if application.state_since else ""),
        ("nomor keputusan", application.decision_no),
        ("nasib data", application.data_fate),
        ("nasib akun", application.account_fate),
    )
    told = "; ".join(f"{label} {text}" for label, text in said if text)
    return f"Sebelumnya {look(application).label.lower()}: {told}." if told else ""


def _fits(application: Application, successor: Application) -> None:
    if successor.instansi_id != application.instansi_id:
        raise Refused("Pengganti harus dari inventaris yang sama.", field="successor")
    if not successor.counts:
        raise Refused("Pengganti itu sendiri sudah dihentikan atau digabung.", field="successor")
    step, seen = successor, {application.id}
    while step is not None:
        if step.id in seen:
            raise Refused("Pengganti ini pada akhirnya menunjuk kembali ke aplikasi ini.", field="successor")
        seen.add(step.id)
        step = step.successor
