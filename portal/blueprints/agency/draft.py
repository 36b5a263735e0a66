"""What is typed on the page of an item goes with whichever button is pressed there.

The page is one form. Attaching a link, a file or a document, or letting go of one, stores the answer and the
descriptions of evidence that were changed by hand first, so that no text is lost on the way; a text that cannot be
stored brings the page back with everything on it and nothing done.
"""

from flask import flash, request

from assessments import answering, autosaving, composing, covering
from assessments.models import Citation, Contribution
from assessments.refusal import Refused, Stale

from ...access import actor, ask, find
from ...extensions import db
from ...forms import Form, plain_version
from .answers import asked_agency
from .forms import AnswerForm, CitationForm
from .item_page import citation_prefix, item_page, shown_mark, typed_mark
from .ladder import chosen_value
from .slots import typed_slots

LINK_SHOWN = 300


def find_answer(period: str, item: str, to: str = "read") -> Contribution:
    return find(Contribution, period=period, item=item, organization=asked_agency(), to=to)


def keep_draft(contribution: Contribution, *, saving: bool = False, besides: Citation | None = None):
    """Store what came along; None, or the page again (409, 422) when it cannot be stored.

    `saving` is the deed itself: the answer is expected in the form. `besides` is the citation the deed is about.
    A copied answer whose text came back unchanged beside another deed still waits to be looked at.
    """
    period, code = contribution.submission.period.slug, contribution.item
    form: Form = AnswerForm()
    try:
        if saving or "facts" in request.form:
            state = contribution.state
            changed = _store_answer(contribution, form)
            if state == "needs_review" and not (saving or changed):
                contribution.state = state
        for citation in contribution.citations:
            if citation is not besides and _changed_by_hand(citation):
                form = CitationForm(prefix=citation_prefix(citation))
                describe_citation(citation, form)
    except Stale as stale:
        db.session.rollback()
        autosaving.close(find_answer(period, code, to="answer"))
        db.session.commit()
        return item_page(find_answer(period, code), failed=form, conflict=stale), 409
    except Refused as refusal:
        return page_again(period, code, form, refusal)
    return None


def page_again(period: str, item: str, form: Form, refusal: Refused):
    """Nothing of the wish is kept; the page comes back with what was typed."""
    db.session.rollback()
    if not form.errors:
        form.refused(refusal)
    return item_page(find_answer(period, item), failed=form), 422


def describe_citation(citation: Citation, form: CitationForm) -> None:
    """Where in the document to look, which levels it proves, and what the document says of itself."""
    ask("write", citation.cited.document)
    if not form.validate():
        raise Refused("Periksa tanggal dokumen.")
    answering.change_citation(
        citation,
        actor(),
        _levels(form.levels.data),
        form.locator.data,
        article=form.article.data or "",
        gist=form.gist.data or "",
        number=form.number.data,
        dated=form.dated.day,
        effective_on=form.effective_on.day,
    )


def say_what_is_left() -> None:
    """A link that was typed beside another deed is not attached by it; its words are repeated so that they stay."""
    url = (request.form.get("url") or "").strip()
    if url:
        flash(f"Tautan {url[:LINK_SHOWN]} belum dilampirkan. Tekan “Lampirkan tautan” bila masih diperlukan.", "warn")


def _store_answer(contribution: Contribution, form: AnswerForm) -> bool:
    item = contribution.submission.period.instrument.item(contribution.item)
    value = chosen_value(item, request.form.get("value"), contribution.value)
    seen = plain_version(request.form.get("version"))
    is_current = seen == contribution.version
    changed = answering.answer(contribution, actor(), value, form.facts.data, form.analysis.data, seen)
    if "coverage" in request.form and covering.asks(contribution):
        changed = covering.fill(contribution, form.coverage.data or "", actor(), is_current) or changed
    try:
        composing.fill(contribution, typed_slots(), is_current)
    except Refused as refusal:
        form.slot_errors = {refusal.field: refusal.sentences}
        raise
    return changed


def _changed_by_hand(citation: Citation) -> bool:
    """Fields that came back as they were shown say nothing, whatever was stored since."""
    typed = typed_mark(citation)
    return typed is not None and typed != shown_mark(citation)


def _levels(sent: list[str]) -> list[int]:
    """Levels as the form's boxes send them; what is no small plain number is no level of any scale."""
    return [int(text) if text.isascii() and text.isdigit() and len(text) < 3 else -1 for text in sent]
