"""S21 as one page: everything the template of an item shows, whatever form was just refused on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask import render_template, request, url_for
from sqlalchemy import func, literal, select, union_all

from assessments import answering, covering, history, lint, waiving
from assessments.asking import talk_of
from assessments.instruments import Item
from assessments.models import Application, Citation, Contribution, Document, DocumentVersion, Event
from assessments.policies import entitled, obstacle
from assessments.refusal import Refused, Stale
from assessments.workflow import Look, look, transition

from ... import evidence
from ...access import actor, listing, may
from ...extensions import db
from ...forms import Form
from ...offering import offer
from ...once import new_key
from ...talk import way_of
from .answers import address
from .changes import changes
from .forms import AnswerForm, CitationForm, LinkForm
from .ladder import chosen_value, ladder, shown_value
from .remarks import shown_remarks
from .slots import sheet

PICKED_AT_MOST = 300


@dataclass(frozen=True)
class Cited:
    """One citation with its form and what can be said about its bytes."""

    citation: Citation
    code: str
    form: CitationForm
    newest: int
    state: Look | None = None
    ended: str = ""
    live: str = ""

    @property
    def version(self) -> DocumentVersion:
        return self.citation.cited

    @property
    def mark(self) -> str:
        return stored_mark(self.citation)

    @property
    def outdated(self) -> bool:
        return self.newest > self.citation.n


def item_page(contribution: Contribution, *, failed: Form | None = None, problems: tuple[str, ...] = (),
              conflict: Stale | None = None, remark: Refused | None = None, failed_talk: object = None) -> str:
    """The page; `failed` is the form that was refused. After a sending all forms show what was typed; `remark` is why
    the reason for a remark was refused."""
    item = contribution.submission.period.instrument.item(contribution.item)
    submission, period = contribution.submission, contribution.submission.period
    form = failed if isinstance(failed, AnswerForm) else AnswerForm() if _sent("facts") else _filled(contribution, item)
    editable = may("answer", contribution)
    library, applications = _shelf(submission.organization_id) if editable else ([], [])
    newest = {document_id: n for document_id, _title, n in library}
    events = history.events_of(db.session, contribution, submission)
    records = evidence.records(contribution.citations)
    ended = evidence.ended(records)
    around = waiving.beside(contribution)
    part = around.values
    remarks = waiving.remarks_on([contribution], ended, part)[item.code]
    before = history.before(db.session, submission.assessment, item.code)
    return render_template(
        "agency/item.html",
        contribution=contribution,
        submission=submission,
        period=period,
        item=item,
        title=_title(item, period.instrument.items),
        state=look(contribution),
        editable=editable,
        why_locked=None if editable else _why_locked(contribution, events),
        returned=_returned(contribution, events),
        pic=around.pic,
        form=failed or form,
        answer=form,
        ladder=ladder(contribution, item, _chosen(item, form, contribution)),
        room=answering.room_for(contribution),
        covers=covering.is_asked(contribution, around.holders),
        sheet=sheet(contribution, failed) if editable else None,
        conflict=_differences(conflict, form, contribution, item) if conflict else None,
        problems=problems,
        cited=[
            Cited(
                citation, lint.code_of(citation), _citation_form(citation, failed), newest.get(citation.document_id, 0),
                evidence.standing(citation, records), ended.get(citation.document_id, ""), evidence.live(citation, records),
            )
            for citation in contribution.citations
        ],
        levels=[level.value for level in item.scale.levels],
        chooser=offer(failed),
        link=failed if isinstance(failed, LinkForm) else LinkForm() if _sent("url") else LinkForm(formdata=None),
        applications=applications,
        library=[row for row in library if row[0] not in {c.document_id for c in contribution.citations}],
        guide_url=url_for(
            "public.guide_item", pack=period.instrument.key, item=item.code, edisi=period.instrument.guidance
        ),
        remarks=shown_remarks(remarks, item.scale.kind == "decimal", remark),
        waived=remarks.waived,
        before=before,
        was=(before.claims.get(item.code), before.results.get(item.code)) if before else None,
        changes=changes(contribution, item, events),
        neighbours=_around(contribution, part),
        key=new_key(),
        talk=talk_of(db.session, contribution),
        way=way_of(contribution, failed_talk),
        carry_url=address("carry_over", submission, indikator=item.code),
        mark_ready=transition(Contribution, "mark_ready"),
        evidence=evidence,
        address_of=lambda code: address("item", submission, item=code),
        to=lambda endpoint, **more: address(endpoint, submission, item=contribution.item, **more),
        home=address("tasks", submission),
    )


def _title(item: Item, items: Sequence[Item]) -> str:
    """The name; where one indicator is answered several times also which of the times this is."""
    times = [each for each in items if each.indicator == item.indicator]
    return item.name if len(times) == 1 else f"{item.name} ({times.index(item) + 1} dari {len(times)})"


def _filled(contribution: Contribution, item: Item) -> AnswerForm:
    return AnswerForm(
        formdata=None,
        data={
            "value": shown_value(item, contribution.value),
            "facts": contribution.facts,
            "analysis": contribution.analysis,
            "coverage": contribution.coverage or "",
        },
    )


def _chosen(item: Item, form: AnswerForm, contribution: Contribution):
    """The value on the page, as far as it is one."""
    try:
        return chosen_value(item, form.value.data, None)
    except Refused:
        return contribution.value


def _sent(field: str) -> bool:
    """Whether this request brought the field, so that its form is shown as it was typed."""
    return request.method == "POST" and field in request.form


def _citation_form(citation: Citation, failed: Form | None) -> CitationForm:
    prefix = citation_prefix(citation)
    if isinstance(failed, CitationForm) and failed._prefix == prefix:
        return failed
    if _sent(f"{prefix}locator"):
        return CitationForm(prefix=prefix)
    return CitationForm(formdata=None, prefix=prefix, data=_described(citation))


def _described(citation: Citation) -> dict:
    version = citation.cited
    return {
        "article": citation.article,
        "locator": citation.locator,
        "gist": citation.gist,
        "levels": sorted(str(level) for level in citation.levels),
        "number": version.number or "",
        "dated": version.dated.isoformat() if version.dated else "",
        "effective_on": version.effective_on.isoformat() if version.effective_on else "",
    }


def citation_prefix(citation: Citation) -> str:
    """Several of these forms stand on one page, so each has names of its own."""
    return f"r{citation.id}-"


def stored_mark(citation: Citation) -> str:
    """A short mark of a citation's fields as the page shows them; it comes back beside what was typed."""
    return _mark(_described(citation))


def shown_mark(citation: Citation) -> str:
    return request.form.get(f"{citation_prefix(citation)}was", "")


def typed_mark(citation: Citation) -> str | None:
    """The mark of what was typed; None where the fields did not come along."""
    prefix = citation_prefix(citation)
    if f"{prefix}was" not in request.form or f"{prefix}locator" not in request.form:
        return None
    typed = {name: request.form.get(f"{prefix}{name}", "") for name in _described(citation)}
    return _mark(typed | {"levels": sorted(request.form.getlist(f"{prefix}levels"))})


def _mark(fields: dict) -> str:
    return sha256(repr(sorted(fields.items())).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _shelf(organization_id: int) -> tuple[list[tuple[int, str, int]], list[tuple[int, str, str]]]:
    """What can be attached, in one statement: (id, title, newest version) of the agency's documents, the newest first, and
    (id, name, code) of its applications that count."""
    documents = (
        listing(Document)
        .with_only_columns(
            literal("document").label("kind"), Document.id.label("id"), Document.title.label("name"),
            func.max(DocumentVersion.n).label("n"), literal("").label("code"),
        )
        .join(DocumentVersion)
        .where(Document.owner_org_id == organization_id, Document.removed_at.is_(None))
        .group_by(Document.id, Document.title)
        .order_by(Document.id.desc())
        .limit(PICKED_AT_MOST)
        .subquery()
    )
    applications = (
        listing(Application)
        .with_only_columns(
            literal("application").label("kind"), Application.id.label("id"), Application.name.label("name"),
            literal(0).label("n"), Application.code.label("code"),
        )
        .where(Application.current_owner_id == organization_id, Application.state.not_in(("retired", "merged")))
        .order_by(Application.name, Application.id)
        .limit(PICKED_AT_MOST)
        .subquery()
    )
    rows = db.session.execute(union_all(select(documents), select(applications))).all()
    return (
        sorted(((row.id, row.name, row.n) for row in rows if row.kind == "document"), reverse=True),
        sorted(((row.id, row.name, row.code) for row in rows if row.kind == "application"), key=lambda each: (each[1], each[0])),
    )


def neighbours(contribution: Contribution) -> tuple[str | None, str | None]:
    """Codes of the items before and after this one in the same part, in the order of the instrument."""
    own = db.session.scalars(select(Contribution.item).where(Contribution.submission_id == contribution.submission_id))
    return _around(contribution, set(own))


def _around(contribution: Contribution, own: Collection[str]) -> tuple[str | None, str | None]:
    codes = [item.code for item in contribution.submission.period.instrument.items if item.code in own]
    at = codes.index(contribution.item)
    return (codes[at - 1] if at else None, codes[at + 1] if at + 1 < len(codes) else None)


def _why_locked(contribution: Contribution, events: list[Event]) -> tuple[str, Event | None]:
    """Why this reader cannot write here: the reason, and the step that locked it."""
    user = actor()
    if not entitled(user, "answer", contribution):
        agency = contribution.submission.organization.short_name
        return (f"Anda melihat isian ini tanpa dapat mengubahnya. Yang mengisi adalah operator {agency}.", None)
    steps = [e for e in events if e.thing == "submission" and e.to_state in ("ready", "signed", "accepted", "returned")]
    return (obstacle(user, "answer", contribution) or "", steps[0] if steps else None)


def _returned(contribution: Contribution, events: list[Event]) -> Event | None:
    """The step that sent this item back, while it is being mended."""
    if contribution.returned_n is None:
        return None
    return next((e for e in events if e.thing == "contribution" and e.verb == "return"), None)


def _differences(conflict: Stale, form: AnswerForm, contribution: Contribution, item: Item) -> dict:
    """Both texts beside each other, part by part, and who wrote the stored one."""
    theirs = {
        "Tingkat": shown_value(item, contribution.value),
        "Fakta": contribution.facts,
        "Analisis": contribution.analysis,
    }
    mine = {
        "Tingkat": request.form.get("value") or "",
        "Fakta": form.facts.data or "",
        "Analisis": form.analysis.data or "",
    }
    if "coverage" in request.form:
        theirs["Cakupan"], mine["Cakupan"] = contribution.coverage or "", request.form["coverage"]
    for each in sheet(contribution, form).fields:
        theirs[each.slot.label], mine[each.slot.label] = (contribution.slots or {}).get(each.slot.code, ""), each.text
    last = contribution.revisions[-1] if contribution.revisions else None
    return {
        "sentence": conflict.sentences[0],
        "rows": [(part, theirs[part], mine[part]) for part in theirs if theirs[part] != _lines(mine[part])],
        "who": last.author.name if last else "",
        "at": last.at if last else None,
    }


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
