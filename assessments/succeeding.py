"""Organizations are merged, split, renamed, or give away a part of their work: one verb moves what is open.

First `preview()` (succession_plan.py) says what would move, what stays and what stands in the way; then `succeed()` does it
in one transaction. Nothing of a closed round changes: its parts keep the agency and the name they had.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from . import moving_parts, moving_things
from .actors import Actor
from .clock import today
from .models import Application, Document, Organization, Recommendation, Share, Submission, Succession
from .models.succession import SUCCESSIONS
from .moving_parts import VOUCHED, Part
from .refusal import Faults, Refused
from .succession_plan import END, STAY, Choices, Preview, Wish, check, preview
from .texts import written_day
from .workflow import happened


def succeed(session: Session, wish: Wish, by: Actor, choices: Choices | None = None) -> Preview:
    """Carry it out: work moves with a trace, people as chosen, and an organization that is no more ends on the day.

    Gives what was there before. One transaction; the caller commits.
    """
    wish = check(session, wish, by)
    # Two changes of the same organizations take turns.
    session.execute(
        select(Organization.id).where(Organization.id.in_([each.id for each in (*wish.predecessors, *wish.successors)]))
        .order_by(Organization.id).with_for_update()
    )
    shown = preview(session, wish, by, hold=True)
    if shown.obstacles:
        raise Refused(*shown.obstacles)
    choices = choices or Choices()
    ends = wish.whole or choices.ends
    plan = _Plan(session, wish, shown, choices, by)
    if ends and not wish.whole:
        plan.refuse_leftovers()
    plan.carry_out()
    for old in wish.predecessors:
        for new in wish.successors:
            session.add(Succession(
                predecessor_id=old.id, successor_id=new.id, effective_on=wish.effective_on, kind=wish.kind,
                decision_no=wish.decision_no, decision_on=wish.decision_on, note=wish.note, by_id=by.person_id,
            ))
            happened(old, "succeed", f"{SUCCESSIONS[wish.kind]} {new.short_name}", by, wish.words)
            happened(new, "succeed", f"Meneruskan {old.short_name}", by, wish.words)
        if ends:
            old.states[-1].valid_to = wish.effective_on
    session.flush()
    return shown


@dataclass
class _Plan:
    session: Session
    wish: Wish
    shown: Preview
    choices: Choices
    by: Actor

    def target(self, kind: str, key) -> Organization | None:
        """Where one thing goes; None where it stays."""
        if self.wish.whole:
            return self.wish.heir
        chosen = getattr(self.choices, kind).get(key, self.choices.rest.get(kind))
        if chosen is None:
            return None
        found = next((each for each in self.wish.successors if each.id == chosen), None)
        if found is None:
            raise Refused("Pilih tujuan dari organisasi penerus.", field=kind)
        return found

    def refuse_leftovers(self) -> None:
        """An organization that ends leaves nothing behind that somebody must still do."""
        left = []
        for part in self.shown.staying:
            if part.why_stays == moving_parts.SIGNED:
                left.append(f"Isian {part.period.title} sudah ditandatangani. Kembalikan dulu, atau biarkan organisasi lama tetap ada.")
            elif part.why_stays == moving_parts.RATED:
                left.append(f"Organisasi lama dinilai sendiri pada {part.period.title}, dan penilaian itu tidak dapat dibagi. "
                            "Tunggu sampai penilaiannya dikirim, atau biarkan organisasi lama tetap ada.")
        items = sum(self.target("items", (part.submission.id, item)) is None for part in self.shown.moving for item in part.items)
        counts = {"indikator": items} | {
            word: sum(self.target(kind, thing.id) is None for thing in getattr(self.shown, kind))
            for kind, word in (("documents", "dokumen"), ("applications", "aplikasi"), ("recommendations", "rekomendasi"),
                               ("units", "unit di bawahnya"))
        }
        missing = [f"{count} {word}" for word, count in counts.items() if count]
        if missing:
            left.append(f"Organisasi lama berakhir, tetapi belum ada tujuan untuk {', '.join(missing)}. Pilih penerus untuk sisanya.")
        if left:
            raise Faults([Refused(sentence, field="ends") for sentence in left])

    def carry_out(self) -> None:
        note, by, day, session = self.wish.words, self.by, self.wish.effective_on, self.session
        assert day is not None
        for part in self.shown.moving:
            wanted = {item: target for item in part.items if (target := self.target("items", (part.submission.id, item)))}
            self._spare_meeting(part, wanted)
            if wanted:
                moving_parts.move_part(session, part, wanted, by, note)
        olds = [each.id for each in self.wish.predecessors]
        apps = {each.id: target for each in self.shown.applications if (target := self.target("applications", each.id))}
        for application in self.shown.applications:
            if application.id in apps:
                moving_things.move_application(session, application, apps[application.id], day, by, note)
        self._documents(apps, note)
        for recommendation in self.shown.recommendations:
            target = self.target("recommendations", recommendation.id)
            if target is not None:
                moving_things.move_recommendation(recommendation, set(olds), target, day, by, note)
        if self.wish.whole or self.choices.ends:
            for heir in self.wish.successors:
                moving_things.lift(session, heir, set(olds), day, by, note)
        if self.wish.whole:
            moving_things.use_instead(session, olds, self.wish.heir)
        for unit in self.shown.units:
            target = self.target("units", unit.id)
            if target is not None:
                moving_things.move_unit(session, unit, target, day, by, note)
        session.flush()
        self._uploads()
        self._people(note)

    def _spare_meeting(self, part: Part, wanted: dict[str, Organization]) -> None:
        """While both go on, an item both answer stays with both: each keeps its own words."""
        if self.wish.whole:
            return
        both = set(self.session.scalars(
            select(Share.item).where(
                Share.assessment_id == part.submission.assessment_id,
                Share.organization_id.in_([each.id for each in self.wish.successors]),
            )
        ))
        for item in both & wanted.keys():
            if self.choices.ends:
                continue
            del wanted[item]

    def _documents(self, apps: dict[int, Organization], note: str) -> None:
        if self.wish.whole:
            for document in self.shown.documents:
                moving_things.move_document(document, self.wish.heir, self.by, note)
            return
        belongs = moving_things.documents_with(self.session, apps)
        wanted = {
            document.id: target for document in self.shown.documents
            if (target := apps.get(belongs.get(document.id, 0)) or self.target("documents", document.id))
        }
        moving_things.share_documents(self.session, self.shown.documents, wanted, self.wish.successors, self.by, note)

    def _uploads(self) -> None:
        """A file on its way goes where its answer or its document went; into the library with everything else."""
        for upload in self.shown.uploads:
            if self.wish.whole:
                upload.organization = self.wish.heir
            elif upload.contribution is not None:
                upload.organization = upload.contribution.submission.organization
            elif upload.replaces is not None:
                upload.organization = upload.replaces.owner_org

    def _people(self, note: str) -> None:
        for office in self.shown.offices:
            chosen = self.choices.people.get(office.id, self.shown.people[office.id])
            if chosen == STAY:
                continue
            target = None if chosen == END else next((each for each in self.wish.successors if each.id == chosen), None)
            if target is None and chosen != END:
                raise Refused("Pilih tujuan dari organisasi penerus.", field="people")
            moving_things.move_person(self.session, office, target, self.by, note)


# ---------------------------------------------------------------- afterwards


def history_of(session: Session, organizations: Iterable[int]) -> list[Succession]:
    """What these organizations came from and became, the newest first."""
    ids = list(organizations)
    return list(session.scalars(
        select(Succession)
        .where(or_(Succession.predecessor_id.in_(ids), Succession.successor_id.in_(ids)))
        .options(joinedload(Succession.predecessor), joinedload(Succession.successor))
        .order_by(Succession.effective_on.desc(), Succession.predecessor_id, Succession.successor_id)
    ).unique())


def follow(session: Session, submission: Submission, by: Actor) -> bool:
    """A part that had stayed because it was signed is returned: it goes on with the one successor of its agency that lives."""
    old = heir = submission.organization
    if old.ended_on is None:
        return False
    decisions = []
    while heir.ended_on is not None:
        rows = session.scalars(
            select(Succession).where(Succession.predecessor_id == heir.id, Succession.effective_on == heir.ended_on)
        ).all()
        if len(rows) != 1:
            raise Refused(f"{heir.short_name} sudah berakhir tanpa satu penerus, jadi tidak ada yang dapat memperbaiki isian ini.")
        decisions.append(f"Keputusan {rows[0].decision_no} tanggal {written_day(rows[0].decision_on)}.")
        heir = rows[0].successor
    theirs = moving_parts.open_parts(session, [heir], hold=True)
    part = moving_parts.part_of(submission, theirs, moving_parts.shares_of(session, [submission]))
    if part.why_stays == moving_parts.JUDGED_ALREADY:
        raise Refused(f"{heir.short_name} dinilai sendiri pada putaran ini dan meneruskan {old.short_name}, jadi isian ini tidak dapat "
                      "dikembalikan: tidak ada yang dapat memperbaikinya. Isian ini tetap atas nama lama.")
    if any(other.assessment_id == submission.assessment_id and other.state in VOUCHED for other in theirs):
        raise Refused(f"Penerusnya, {heir.short_name}, sudah menandatangani isiannya sendiri. Kembalikan dulu isian itu.")
    moving_parts.move_part(session, part, dict.fromkeys(part.items, heir), by, " ".join(decisions))
    return True


def owner_of(thing, day: date | None = None) -> Organization | None:
    """The agency that answers for a thing on a day (today): an application or a recommendation has dated owners, a
    document and a part have the one they have now."""
    match thing:
        case Application():
            return _on(thing.owners, day or today(thing.instansi.clock_zone)) or thing.current_owner
        case Recommendation():
            leads = [owner for owner in thing.owners if owner.part == "lead"]
            return _on(leads or thing.owners, day or today(thing.instansi.clock_zone))
        case Document():
            return thing.owner_org
        case Submission():
            return thing.organization
    return None


def _on(rows, day: date) -> Organization | None:
    held = [row for row in rows if row.from_day <= day and (row.to_day is None or day < row.to_day)]
    return held[-1].organization if held else None
