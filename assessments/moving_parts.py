"""What an agency answers in rounds that are not closed goes to its successor: whole, item by item, or beside what is there.

What was signed stays under the name it was signed with (docs/decisions/021): a signature says who vouched, and nobody can
vouch afterwards for somebody else. It follows on its own when it is returned. What was sent is the team's and stays too.
"""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from .actors import Actor
from .answering import next_letter
from .models import (
    Assessment,
    Claim,
    Contribution,
    Extension,
    Organization,
    Period,
    Person,
    Question,
    Share,
    Subject,
    Submission,
    Upload,
)
from .sharing import begun
from .subjects import subject_for
from .workflow import LOOKS, advance, happened

OPEN = ("draft", "open")
VOUCHED = ("signed", "accepted")
SENT = "Sudah dikirim; tetap atas nama yang mengirim."
SIGNED = "Sudah ditandatangani; tetap atas nama saat ditandatangani, dan ikut pindah bila dikembalikan."
JUDGED_ALREADY = "Penerusnya dinilai sendiri pada putaran ini; penilaian ini tetap atas nama lama."
RATED = ("Organisasi ini dinilai sendiri pada putaran ini; penilaiannya tetap utuh atas namanya, dan hanya pindah pada "
         "penggabungan atau ganti nama.")


@dataclass
class Part:
    """One agency's part of one open round, and why it stays where it does."""

    submission: Submission
    items: list[str]
    why_stays: str = ""

    @property
    def period(self) -> Period:
        return self.submission.assessment.period

    @property
    def look(self):
        return LOOKS[Submission][self.submission.state]

    @property
    def begun(self) -> int:
        return sum(contribution.state != "empty" for contribution in self.submission.contributions)


@dataclass
class Said:
    """What was done, to be told: items moved, texts put side by side."""

    items: int = 0
    together: list[str] = field(default_factory=list)


def open_parts(session: Session, organizations: list[Organization], hold: bool = False) -> list[Submission]:
    """Their parts of rounds that are not closed; held against other writers where they are going to be moved."""
    ids = [organization.id for organization in organizations]
    of_open = select(Submission).join(Submission.assessment).join(Assessment.period).where(
        Submission.organization_id.in_(ids), Period.state.in_(OPEN)
    )
    if hold:
        # Whoever shares items out holds the assessment first, then the parts; so does this.
        session.execute(
            select(Assessment.id).where(Assessment.id.in_(of_open.with_only_columns(Submission.assessment_id)))
            .order_by(Assessment.id).with_for_update()
        )
        session.execute(of_open.with_only_columns(Submission.id).order_by(Submission.id).with_for_update(of=Submission))
    found = of_open.options(
        joinedload(Submission.assessment).options(
            joinedload(Assessment.period).joinedload(Period.instrument_copy),
            joinedload(Assessment.subject).joinedload(Subject.organization),
        ),
        joinedload(Submission.organization),
        selectinload(Submission.contributions).selectinload(Contribution.citations),
    ).order_by(Period.year, Period.id, Submission.id)
    if hold:
        found = found.execution_options(populate_existing=True)
    return list(session.scalars(found).unique())


def parts_of(mine: list[Submission], theirs: list[Submission], shared: set[tuple[int, int, str]], whole: bool) -> list[Part]:
    """What would become of several parts. A successor is rated once in a round: it takes over the first rated part alone."""
    parts = [part for part in (part_of(each, theirs, shared, whole) for each in mine) if part.items]
    first: dict[int, Part] = {}
    for part in parts:
        if part.why_stays or not _is_rated(part.submission):
            continue
        goes = first.setdefault(part.submission.assessment.period_id, part)
        if goes is not part:
            part.why_stays = (
                f"Satu organisasi dinilai satu kali pada satu putaran: penerusnya melanjutkan penilaian "
                f"{goes.submission.organization.short_name}, jadi penilaian ini tetap atas nama lama dan tidak diisi lagi."
            )
    return parts


def part_of(submission: Submission, theirs: list[Submission], shared: set[tuple[int, int, str]], whole: bool = True) -> Part:
    """What would become of one part; `theirs` are the parts of the successors, `shared` the shares there are.

    `whole`: all work goes to one successor. An agency that is rated by itself moves only then.
    """
    key = (submission.assessment_id, submission.organization_id)
    items = [c.item for c in submission.contributions if (*key, c.item) in shared]
    order = {item.code: place for place, item in enumerate(submission.assessment.period.instrument.items)}
    part = Part(submission, sorted(items, key=lambda code: order.get(code, 0)))
    if submission.assessment.sent:
        part.why_stays = SENT
    elif not whole and _is_rated(submission):
        part.why_stays = RATED
    elif submission.state in VOUCHED:
        part.why_stays = SIGNED
    elif _is_rated(submission) and any(_is_rated(other, submission.assessment.period_id) for other in theirs):
        part.why_stays = JUDGED_ALREADY
    return part


def _is_rated(submission: Submission, period_id: int | None = None) -> bool:
    """Whether the agency itself is the subject of the assessment (a round of every OPD)."""
    assessment = submission.assessment
    return (assessment.subject.organization_id == submission.organization_id
            and assessment.period.subjects == "agencies" and period_id in (None, assessment.period_id))


def shares_of(session: Session, submissions: list[Submission]) -> set[tuple[int, int, str]]:
    """{(assessment, organization, item)} of these parts."""
    return {
        (share.assessment_id, share.organization_id, share.item)
        for share in session.scalars(
            select(Share).where(
                Share.assessment_id.in_({part.assessment_id for part in submissions}),
                Share.organization_id.in_({part.organization_id for part in submissions}),
            )
        )
    }


def move_part(session: Session, part: Part, wanted: dict[str, Organization], by: Actor, note: str) -> Said:
    """Give items of a part to their new agencies: {item: agency}. What is not named stays."""
    said, submission = Said(), part.submission
    if _is_rated(submission):
        return _move_subject(session, part, wanted, by, note)
    for target in {organization.id: organization for organization in wanted.values()}.values():
        items = [item for item in part.items if wanted.get(item) is target]
        theirs = session.scalar(
            select(Submission).where(
                Submission.assessment_id == submission.assessment_id, Submission.organization_id == target.id
            ).options(selectinload(Submission.contributions).selectinload(Contribution.citations))
        )
        whole = theirs is None and len(items) == len(part.items) == len(submission.contributions)
        _move_shares(session, submission, items, target)
        label = f"{len(items)} indikator {submission.organization.short_name} diteruskan {target.short_name}"
        happened(submission.assessment, "succeed", label, by, note)
        if whole:
            _tell(submission, target, by, note)
            submission.organization = target
        else:
            _into(session, submission, items, target, theirs, by, note, said)
        said.items += len(items)
    return said


def _tell(thing, target: Organization, by: Actor, note: str, label: str = "") -> None:
    happened(thing, "succeed", label or f"Diteruskan oleh {target.short_name}", by, note)


def _move_subject(session: Session, part: Part, wanted: dict[str, Organization], by: Actor, note: str) -> Said:
    """An OPD that is rated by itself goes on as its one successor, all items together (`part_of` lets no piece of it go)."""
    submission = part.submission
    (target,) = {organization.id: organization for organization in wanted.values()}.values()
    _move_shares(session, submission, part.items, target)
    _tell(submission.assessment, target, by, note)
    _tell(submission, target, by, note)
    submission.assessment.subject = subject_for(session, target)
    submission.organization = target
    return Said(len(part.items))


def _move_shares(session: Session, submission: Submission, items: list[str], target: Organization) -> None:
    """The lead stays a lead: whoever leads after the change is whoever led before, under the new name."""
    rows = session.scalars(
        select(Share).where(
            Share.assessment_id == submission.assessment_id, Share.item.in_(items),
            Share.organization_id.in_((submission.organization_id, target.id)),
        )
    ).all()
    present = {share.item: share for share in rows if share.organization_id == target.id}
    leads = {share.item for share in rows if share.part == "lead"}
    pics = {share.item: share.pic_id for share in rows if share.organization_id == submission.organization_id}
    for share in rows:
        if share.organization_id == submission.organization_id:
            session.delete(share)
    session.flush()  # one lead at every statement: leave before the other steps up
    for item in items:
        if item not in present:
            session.add(Share(assessment_id=submission.assessment_id, item=item, organization_id=target.id,
                              part="lead" if item in leads else "supporting", pic_id=pics.get(item)))
        elif item in leads:
            present[item].part = "lead"
    session.flush()


def _into(session, submission: Submission, items, target, theirs: Submission | None, by: Actor, note: str, said: Said) -> None:
    """Put items of one part into another one, which is made where there is none."""
    if theirs is None:
        theirs = Submission(assessment=submission.assessment, organization=target)
        session.add(theirs)
        session.flush()
    beside = {contribution.item: contribution for contribution in theirs.contributions}
    moved = [contribution for contribution in submission.contributions if contribution.item in items]
    some_begun = any(begun(contribution) for contribution in moved)
    pairs: list[tuple[Contribution, Contribution]] = []
    for contribution in moved:
        if contribution.item in beside:
            pairs.append((contribution, beside[contribution.item]))
        else:
            if theirs.state == "returned" and contribution.returned_n is None:
                contribution.returned_n = contribution.revision_n  # what came in is open for mending too
            contribution.submission = theirs
            _tell(contribution, target, by, note)
    for left, kept in pairs:
        _side_by_side(session, left, kept, by, note, said)
    _lengthen(session, submission, theirs, by, note)
    _carry_along(session, submission, theirs, pairs, by)
    _tell(submission, target, by, note, f"{len(items)} indikator diteruskan {target.short_name}")
    _tell(theirs, target, by, note, f"{len(items)} indikator diterima dari {submission.organization.short_name}")
    if theirs.state == "ready":
        theirs.state = "filling"
        happened(theirs, "share", "Mendapat indikator tambahan", by, note, before="ready", after="filling")
    elif theirs.state == "empty" and some_begun:
        advance(theirs, "begin", by, because=True)
    session.flush()


def _side_by_side(session: Session, left: Contribution, kept: Contribution, by: Actor, note: str, said: Said) -> None:
    """Two agencies answered the same item: one answer holds both texts, every revision and every author."""
    names = kept.submission.organization.short_name, left.submission.organization.short_name
    if not begun(left):
        return
    fresh, differ = not begun(kept), ""
    if kept.value is not None and left.value is not None and kept.value != left.value:
        differ = f"Tingkat berbeda: {names[0]} {kept.value}, {names[1]} {left.value}."
    kept.value = kept.value if kept.value is not None else left.value
    kept.raw = kept.raw if kept.raw is not None else left.raw
    kept.facts = _both(kept.facts, left.facts, names)
    kept.analysis = _both(kept.analysis, left.analysis, names)
    kept.coverage = kept.coverage or left.coverage
    kept.slots = kept.slots or left.slots
    kept.saved_at = max(filter(None, (kept.saved_at, left.saved_at)), default=None)
    cited = {(citation.document_id, citation.n): citation for citation in kept.citations}
    for citation in list(left.citations):
        same = cited.get((citation.document_id, citation.n))
        if same is not None:
            same.levels = sorted({*same.levels, *citation.levels})
            continue
        citation.letter = next_letter(kept)
        citation.contribution = kept
    author = None
    for revision in left.revisions:  # whoever wrote a word of it wrote a word of this one
        kept.revisions.append(type(revision)(
            n=kept.revision_n + 1, author_id=revision.author_id, at=revision.at, value=revision.value,
            facts=revision.facts, analysis=revision.analysis,
        ))
        author = revision.author_id
    author = by.person_id or author or (kept.revisions[-1].author_id if kept.revisions else None)
    if author is not None:
        kept.remember(session.get_one(Person, author))
    kept.state = left.state if fresh and left.state != "needs_review" else "filling"
    if kept.submission.state == "returned" and kept.returned_n is None:
        kept.returned_n = kept.revision_n
    kept.mend_by = min(filter(None, (kept.mend_by, left.mend_by)), default=None)
    _tell(kept, kept.submission.organization, by, f"{differ} {note}", f"Isian {names[1]} digabung berdampingan")
    _tell(left, kept.submission.organization, by, note)
    said.together.append(left.item)


def _both(mine: str, theirs: str, names: tuple[str, str]) -> str:
    if not theirs.strip() or theirs.strip() == mine.strip():
        return mine
    if not mine.strip():
        return theirs
    return f"{names[0]}:\n{mine}\n\n{names[1]}:\n{theirs}"


def _lengthen(session: Session, submission: Submission, theirs: Submission, by: Actor, note: str) -> None:
    """More time that one agency was given is not lost with its name."""
    period = submission.assessment.period
    for extension in list(period.extensions):
        if extension.submission_id != submission.id:
            continue
        ends = period.closes_at(extension.stage, theirs.assessment, theirs)
        if ends is not None and extension.until > ends:
            period.extensions.append(Extension(
                stage=extension.stage, submission_id=theirs.id, until=extension.until, by_id=by.person_id or extension.by_id,
                at=extension.at, reason=f"Terbawa dari {submission.organization.short_name}: {extension.reason}"[:500],
            ))


def _carry_along(session: Session, submission: Submission, theirs: Submission, pairs, by: Actor) -> None:
    """Questions, files on their way and claims that hang on an answer which was put beside another one."""
    into = {left.id: kept for left, kept in pairs}
    if not into:
        return
    for question in session.scalars(select(Question).where(Question.contribution_id.in_(into))):
        question.contribution = into[question.contribution_id]
    for upload in session.scalars(select(Upload).where(Upload.contribution_id.in_(into))):
        upload.contribution = into[upload.contribution_id]
    for claim in session.scalars(select(Claim).where(Claim.contribution_id.in_(into))):
        claim.contribution = into[claim.contribution_id]
        happened(claim, "succeed", f"Dasarnya kini isian {theirs.organization.short_name}", by)
