"""How work moves: one table of transitions for each thing that has a state.

Pages ask `open_transitions()` for their buttons and say `advance()`; both read the same table, so page
and server cannot disagree. Who may press is in `policies.py`; the legal moves are those of `access.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import object_session

from .actors import Actor
from .consolidation_questions import unanswered_reviews, unheard_objections
from .models import Application, Assessment, Claim, Contribution, Event, Judgement, Paper, Period, Submission
from .models.judgement import JUDGED_STAGES
from .models.paper import PAPER_KINDS
from .opening_list import needed
from .policies import entitled, obstacle
from .refusal import Refused


@dataclass(frozen=True)
class Look:
    """How a state is shown: its Indonesian name, the tone of its mark and the shape beside the word."""

    label: str
    tone: str
    icon: str


@dataclass(frozen=True)
class Transition:
    """A named step: from these states to that one, what it is called, what stands in its way.

    `done` is what history calls it afterwards; `blockers` give sentences; `needs_note` asks a reason;
    `automatic` steps follow from another deed and never are a button.
    """

    name: str
    label: str
    sources: frozenset[str]
    target: str
    done: str
    blockers: tuple[Callable[[object], list[str]], ...] = ()
    needs_note: bool = False
    primary: bool = False
    automatic: bool = False


LINE = 120  # letters of one line of history, as its columns hold them


class Forbidden(Exception):
    """The actor is not one who may take this step at all."""


def _codes(items) -> str:
    return ", ".join(items)


# ---------------------------------------------------------------- what stands in the way


def unready_items(submission: Submission) -> list[str]:
    instrument = submission.assessment.period.instrument
    waiting = {c.item for c in submission.contributions if c.state != "ready"}
    numbers = [item.number for item in instrument.items if item.code in waiting]
    if not submission.contributions:
        return ["Belum ada indikator yang dibagikan kepada OPD ini."]
    return [f"{len(numbers)} indikator belum ditandai siap: {_codes(numbers)}."] if numbers else []


def missing(contribution: Contribution) -> list[tuple[str, str]]:
    """What must be there before an item is ready: (place on its page, sentence)."""
    found = []
    scale = contribution.submission.assessment.period.instrument.item(contribution.item).scale
    if contribution.value is None:
        found.append(("value", "Nilai belum diisi." if scale.kind == "decimal" else "Tingkat kematangan belum dipilih."))
    if not contribution.facts.strip():
        found.append(("facts", "Fakta belum ditulis."))
    if not contribution.analysis.strip():
        found.append(("analysis", "Analisis belum ditulis."))
    lowest = min(level.value for level in scale.levels)
    if contribution.value is not None and scale.level(contribution.value).value > lowest and not contribution.citations:
        found.append(("evidence", "Belum ada bukti dukung untuk tingkat yang dipilih."))
    return found


def missing_parts(contribution: Contribution) -> list[str]:
    return [sentence for _place, sentence in missing(contribution)]


def unchecked_items(submission: Submission) -> list[str]:
    instrument = submission.assessment.period.instrument
    open_items = {c.item for c in submission.contributions if c.mark is None}
    refused = {c.item for c in submission.contributions if c.mark is not None and c.mark.verdict == "needs_work"}
    found = []
    if open_items:
        numbers = [item.number for item in instrument.items if item.code in open_items]
        found.append(f"{len(numbers)} indikator belum diperiksa: {_codes(numbers)}.")
    if refused:
        numbers = [item.number for item in instrument.items if item.code in refused]
        found.append(f"Indikator {_codes(numbers)} masih ditandai perlu perbaikan; kembalikan isian ini.")
    return found


def claim_without_value(claim: Claim) -> list[str]:
    missing = []
    if claim.value is None:
        missing.append("Tingkat klaim belum ditetapkan.")
    if not claim.facts.strip() or not claim.analysis.strip():
        missing.append("Fakta dan Analisis klaim harus terisi.")
    return missing


def base_being_mended(claim: Claim) -> list[str]:
    """A claim that was adopted stands on an agency's words; while these are being mended it cannot go on."""
    if claim.origin == "adopted" and claim.contribution.submission.state != "accepted":
        return ["Isian OPD yang menjadi dasar klaim ini sedang diperbaiki, jadi klaimnya menunggu."]
    return []


def unapproved_items(assessment: Assessment) -> list[str]:
    approved = {claim.item for claim in assessment.claims if claim.state == "approved"}
    waiting = [item.number for item in assessment.period.instrument.items if item.code not in approved]
    return [f"{len(waiting)} indikator belum disetujui: {_codes(waiting)}."] if waiting else []


def unsigned_papers(assessment: Assessment) -> list[str]:
    """Where the round asks for them, both papers of the Koordinator are in force before anything is sent (59/2020 p.85)."""
    if not assessment.period.asks_papers:
        return []
    signed = set(
        object_session(assessment).scalars(
            select(Paper.kind).where(Paper.assessment_id == assessment.id, Paper.withdrawn_at.is_(None))
        )
    )
    missing = [title for kind, title in PAPER_KINDS.items() if kind not in signed]
    return [f"{' dan '.join(missing)} belum ditandatangani Koordinator SPBE."] if missing else []


def round_not_open(assessment: Assessment) -> list[str]:
    return [] if assessment.period.state == "open" else ["Periode ini tidak sedang dibuka."]


def not_a_local_round(assessment: Assessment) -> list[str]:
    """Only a round of agencies without an external panel is settled from what the internal team agreed to."""
    if not assessment.period.of_agencies:
        return ["Hasil instansi ditetapkan tim asesor, bukan dari pemeriksaan internal."]
    if any(assessment.period.stage(code) for code in JUDGED_STAGES):
        return ["Kalender putaran ini punya tahap tim asesor, jadi angkanya ditetapkan tim itu."]
    return []


def undecided_items(assessment: Assessment) -> list[str]:
    """A stage ends with one decision for every item; the verb that closes it has written those it can."""
    stage = assessment.state
    decided = {decision.item for decision in assessment.decisions if decision.stage == stage}
    waiting = [item.number for item in assessment.period.instrument.items if item.code not in decided]
    return [f"{len(waiting)} indikator belum bernilai: {_codes(waiting)}."] if waiting else []


def judgement_gaps(judgement: Judgement, claimed: Fraction | None) -> list[tuple[str, str]]:
    """What a judgement still needs before it is sent: (field, sentence).

    Fakta, Analisis and Justifikasi belong to every external level (Pedoman 3/2024 hlm. 213-218); where it equals the
    claim the reason may be as short as that the claim's own words hold.
    """
    gaps = []
    if judgement.value is None:
        gaps.append(("value", "Nilai belum dipilih."))
    elif judgement.value != claimed and not judgement.justification.strip():
        gaps.append(("justification", "Nilai berbeda dari klaim, jadi tulis alasannya pada Justifikasi."))
    return gaps


def unfit_to_send(judgement: Judgement) -> list[str]:
    claim = judgement.assessment.claim(judgement.item)
    return [sentence for _field, sentence in judgement_gaps(judgement, claim.value if claim else None)]


def unpublished_results(period: Period) -> list[str]:
    """An archived round is done: nothing in it still waits for the panel or for its publication."""
    waiting = object_session(period).scalars(
        select(Assessment.state).where(
            Assessment.period_id == period.id,
            Assessment.state.in_(("document", "interview", "visit", "consolidating", "reviewing", "proposed_final", "final")),
        )
    ).all()
    if period.track == "rehearsal" or not waiting:
        return []
    return [f"{len(waiting)} penilaian masih berjalan atau hasilnya belum diterbitkan."]


def incomplete_checklist(period: Period) -> list[str]:
    return [line.text for line in needed(period) if line.required and not line.done]


# ---------------------------------------------------------------- the tables


def _step(name, label, sources, target, done, *blockers, **more) -> Transition:
    return Transition(name, label, frozenset(sources), target, done, tuple(blockers), **more)


WORKFLOWS: dict[type, tuple[Transition, ...]] = {
    Submission: (
        _step("begin", "Mulai mengisi", ["empty"], "filling", "Mulai mengisi", automatic=True),
        _step(
            "mark_ready",
            "Kirim ke kepala OPD",
            ["empty", "filling", "returned"],
            "ready",
            "Dikirim ke kepala OPD",
            unready_items,
            primary=True,
        ),
        _step("attest", "Tandatangani dan kirim", ["ready"], "signed", "Dinyatakan benar dan dikirim", unready_items,
              primary=True),
        _step(
            "send_back", "Kembalikan untuk diperbaiki", ["ready"], "filling", "Dikembalikan kepala OPD", needs_note=True
        ),
        _step(
            "accept", "Terima isian OPD", ["signed"], "accepted", "Isian diterima", unchecked_items, primary=True
        ),
        _step("withdraw", "Tarik isian", ["signed"], "filling", "Ditarik kembali kepala OPD", needs_note=True),
        _step("mend_on", "Lanjutkan perbaikan", ["filling"], "returned", "Perbaikan dilanjutkan", automatic=True),
        _step(
            "return",
            "Kembalikan indikator yang perlu perbaikan",
            ["signed", "accepted"],
            "returned",
            "Dikembalikan untuk perbaikan",
            needs_note=True,
        ),
    ),
    Contribution: (
        _step("answer", "Simpan", ["empty", "needs_review", "filling", "ready", "returned"], "filling", "Diisi",
              automatic=True),
        _step("mark_ready", "Tandai siap diperiksa", ["filling"], "ready", "Ditandai siap diperiksa", missing_parts),
        _step("return", "Kembalikan", ["ready"], "returned", "Dikembalikan", needs_note=True, automatic=True),
    ),
    Claim: (
        _step("write", "Simpan klaim", ["draft", "needs_work", "proposed"], "draft", "Klaim ditulis", automatic=True),
        _step("propose", "Usulkan", ["draft"], "proposed", "Diusulkan untuk disetujui", claim_without_value,
              base_being_mended, primary=True),
        _step("approve", "Setujui", ["proposed"], "approved", "Disetujui", base_being_mended, primary=True),
        _step("return", "Perlu perbaikan", ["proposed", "approved"], "needs_work", "Perlu perbaikan", needs_note=True),
        _step("reset", "Tarik klaim", ["proposed", "approved"], "draft", "Ditarik karena isian OPD dikembalikan",
              automatic=True),
    ),
    Assessment: (
        _step("complete", "Lengkap", ["preparing"], "ready_to_sign", "Semua klaim disetujui", unapproved_items,
              automatic=True),
        _step("unsettle", "Kembali disiapkan", ["ready_to_sign", "signed"], "preparing", "Ada klaim yang dibuka lagi",
              automatic=True),
        _step("sign", "Tandatangani", ["ready_to_sign"], "signed", "Berita acara dan persetujuan publikasi ditandatangani",
              unapproved_items, round_not_open, primary=True),
        _step("withdraw", "Tarik tanda tangan", ["signed"], "ready_to_sign", "Tanda tangan Koordinator ditarik",
              needs_note=True),
        _step("send", "Kirim penilaian mandiri", ["ready_to_sign", "signed"], "sent", "Penilaian mandiri dikirim",
              unapproved_items, unsigned_papers, round_not_open, primary=True),
        _step("reopen", "Buka kembali", ["sent"], "preparing", "Dibuka kembali sesudah dikirim", round_not_open,
              needs_note=True),
        _step("settle_figure", "Tetapkan angka lokal", ["sent"], "final", "Angka lokal ditetapkan", not_a_local_round,
              automatic=True),
        _step("begin_document", "Mulai penilaian dokumen", ["sent"], "document", "Penilaian dokumen dimulai",
              automatic=True),
        _step("to_interview", "Tutup tahap", ["document"], "interview", "Tahap ditutup; interviu dimulai", undecided_items,
              automatic=True),
        _step("to_visit", "Tutup tahap", ["document", "interview"], "visit", "Tahap ditutup; visitasi dimulai",
              undecided_items, automatic=True),
        _step("consolidate", "Tutup tahap", ["document", "interview", "visit"], "consolidating",
              "Tahap ditutup; konsolidasi dimulai", undecided_items, automatic=True),
        _step("propose", "Usulkan hasil akhir", ["consolidating", "reviewing"], "proposed_final", "Hasil akhir diusulkan",
              unheard_objections, unanswered_reviews, primary=True),
        _step("reject", "Tolak usulan", ["proposed_final"], "consolidating", "Usulan hasil akhir ditolak", needs_note=True),
        _step("confirm", "Tetapkan hasil", ["proposed_final"], "final", "Hasil ditetapkan", primary=True),
        _step("publish", "Terbitkan hasil", ["final"], "published", "Hasil diterbitkan", primary=True),
    ),
    Judgement: (
        _step("write", "Simpan draf", ["draft"], "draft", "Draf disimpan", automatic=True),
        _step("send", "Kirim penilaian", ["draft"], "sent", "Penilaian dikirim", unfit_to_send, automatic=True),
        _step("recall", "Tarik kembali", ["sent"], "draft", "Penilaian ditarik kembali", automatic=True),
    ),
    Application: (
        _step("start", "Mulai dipakai", ["planned"], "active", "Mulai dipakai"),
        _step("stop", "Nyatakan tidak aktif", ["active"], "inactive", "Dinyatakan tidak aktif", needs_note=True),
        _step("resume", "Aktifkan lagi", ["inactive"], "active", "Aktif lagi"),
        _step("migrate", "Pindahkan ke aplikasi lain", ["active", "inactive"], "migrating", "Migrasi dimulai",
              needs_note=True),
        _step("merge", "Gabungkan", ["active", "inactive", "migrating"], "merged", "Digabung", needs_note=True),
        _step("unmerge", "Batalkan penggabungan", ["merged"], "active", "Penggabungan dibatalkan", needs_note=True),
        _step("abandon", "Hentikan migrasi, tetap dipakai", ["migrating"], "active", "Migrasi dihentikan",
              needs_note=True),
        _step("retire", "Hentikan", ["active", "inactive", "migrating"], "retired", "Dihentikan", needs_note=True),
        _step("revive", "Hidupkan lagi", ["retired"], "active", "Dihidupkan lagi", needs_note=True),
    ),
    Period: (
        _step("open", "Buka periode", ["draft"], "open", "Periode dibuka", incomplete_checklist, primary=True),
        _step("close", "Tutup periode", ["open"], "closed", "Periode ditutup", needs_note=True),
        _step("reopen", "Buka lagi", ["closed"], "open", "Periode dibuka lagi", needs_note=True),
        _step("archive", "Arsipkan", ["closed"], "archived", "Periode diarsipkan", unpublished_results),
    ),
}

# Which wish of the policy a step is; steps not named here ask for their own name.
WISHES = {
    ("propose", Claim): "write",
    ("open", Period): "write",
    ("close", Period): "write",
    ("reopen", Period): "write",
    ("archive", Period): "write",
    ("mark_ready", Contribution): "answer",
    ("propose", Assessment): "propose_final",
    ("confirm", Assessment): "confirm_final",
    ("reject", Assessment): "reject_final",
} | {(step.name, Application): "change_state" for step in WORKFLOWS[Application]}

LOOKS: dict[type, dict[str, Look]] = {
    Submission: {
        "empty": Look("Belum mulai", "plain", "ring"),
        "filling": Look("Sedang diisi", "work", "half"),
        "ready": Look("Menunggu kepala OPD", "work", "pen"),
        "signed": Look("Ditandatangani", "ok", "check"),
        "returned": Look("Perlu perbaikan", "bad", "back"),
        "accepted": Look("Diterima", "ok", "check"),
    },
    Contribution: {
        "empty": Look("Belum mulai", "plain", "ring"),
        "needs_review": Look("Perlu ditinjau", "warn", "eye"),
        "filling": Look("Sedang diisi", "work", "half"),
        "ready": Look("Siap diperiksa", "ok", "check"),
        "returned": Look("Perlu perbaikan", "bad", "back"),
    },
    Claim: {
        "draft": Look("Draf", "plain", "half"),
        "proposed": Look("Diusulkan", "work", "send"),
        "needs_work": Look("Perlu perbaikan", "bad", "back"),
        "approved": Look("Disetujui", "ok", "check"),
    },
    Assessment: {
        "preparing": Look("Persiapan", "work", "half"),
        "ready_to_sign": Look("Siap dikirim", "ok", "pen"),
        "signed": Look("Ditandatangani", "ok", "check"),
        "sent": Look("Terkirim", "ok", "send"),
        "document": Look("Penilaian dokumen", "work", "eye"),
        "interview": Look("Interviu", "work", "eye"),
        "visit": Look("Visitasi", "work", "eye"),
        "consolidating": Look("Konsolidasi nilai", "work", "half"),
        "reviewing": Look("Reviu", "work", "eye"),
        "proposed_final": Look("Usulan akhir", "work", "pen"),
        "final": Look("Final", "ok", "check"),
        "published": Look("Terbit", "ok", "check"),
    },
    Application: {
        "planned": Look("Dalam pembangunan", "plain", "ring"),
        "active": Look("Aktif", "ok", "check"),
        "inactive": Look("Tidak aktif", "warn", "half"),
        "migrating": Look("Migrasi", "work", "next"),
        "merged": Look("Digabung", "plain", "lock"),
        "retired": Look("Dihentikan", "plain", "lock"),
    },
    Judgement: {
        "draft": Look("Draf", "work", "half"),
        "sent": Look("Dikirim", "ok", "send"),
    },
    Period: {
        "draft": Look("Draf", "plain", "ring"),
        "open": Look("Dibuka", "ok", "half"),
        "closed": Look("Ditutup", "warn", "lock"),
        "archived": Look("Diarsipkan", "plain", "lock"),
    },
}
TO_BE_SIGNED = Look("Siap ditandatangani", "ok", "pen")
INCOMPLETE = Look("Belum lengkap", "warn", "partial")
MENDED = Look("Sudah diperbaiki", "ok", "check")


def look(thing) -> Look:
    """How a thing's state is shown; *belum lengkap*, *sudah diperbaiki* and *siap ditandatangani* are derived, never stored."""
    if isinstance(thing, Contribution):
        if thing.state == "ready" and thing.mended:
            return MENDED
        if thing.state == "filling" and missing_parts(thing):
            return INCOMPLETE if thing.value is not None or thing.facts or thing.analysis else LOOKS[Contribution]["filling"]
    if isinstance(thing, Assessment) and thing.state == "ready_to_sign" and thing.period.asks_papers:
        return TO_BE_SIGNED
    return LOOKS[type(thing)][thing.state]


def transition(kind: type, name: str) -> Transition:
    return next(step for step in WORKFLOWS[kind] if step.name == name)


def open_transitions(thing, user: Actor) -> list[Transition]:
    """The steps this actor can press now; what would be refused is left out, what is merely blocked stays."""
    return [
        step
        for step in WORKFLOWS[type(thing)]
        if not step.automatic
        and thing.state in step.sources
        and entitled(user, _wish(thing, step), thing)
        and obstacle(user, _wish(thing, step), thing) is None
    ]


def _wish(thing, step: Transition) -> str:
    return WISHES.get((step.name, type(thing)), step.name)


def blockers(thing, name: str) -> list[str]:
    """Sentences for everything that still stands in the way of a step."""
    return [sentence for check in transition(type(thing), name).blockers for sentence in check(thing)]


def advance(thing, name: str, by: Actor, note: str = "", because: bool = False) -> Event:
    """Take one step: refuse with a sentence, or set the state and leave an Event.

    `because=True` is for steps that follow from another one that was already allowed (an item returned
    with its submission); they skip the question who may, never the states and blockers.
    """
    step = transition(type(thing), name)
    if not because:
        if not entitled(by, _wish(thing, step), thing):
            raise Forbidden(name)
        sentence = obstacle(by, _wish(thing, step), thing)
        if sentence:
            raise Refused(sentence)
    if thing.state not in step.sources:
        raise Refused(f"Langkah “{step.label}” tidak dapat dilakukan saat statusnya {look(thing).label.lower()}.")
    if step.needs_note and not note.strip():
        raise Refused("Tulis alasannya.", field="note")
    complaints = blockers(thing, name)
    if complaints:
        raise Refused(*complaints)
    before, thing.state = thing.state, step.target
    event = happened(thing, name, step.done, by, note, before, step.target)
    return event


def happened(thing, verb: str, label: str, by: Actor, note: str = "", before=None, after=None) -> Event:
    """Leave a line in the history of a thing."""
    session = object_session(thing)
    if thing.id is None:
        session.flush()
    event = Event(
        thing=thing.__tablename__,
        thing_id=thing.id,
        verb=verb,
        label=label[:LINE],
        by_id=by.person_id,
        by_label=by.label[:LINE],
        from_state=before,
        to_state=after,
        note=note.strip(),
    )
    session.add(event)
    return event
