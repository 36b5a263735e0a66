"""The general questions with their answers as they go into a frozen copy, beside the claims (ped. 3/2024 p.6-7).

A copy says its `edition`. The first ones had none and held claims alone; since edition 2 they hold `general` too. Nothing
rewrites an old copy: its fingerprint is that of the bytes that were signed, so it verifies as it always did.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from .canonical import canonical, digest
from .models import Assessment, Document, DocumentVersion, GeneralAnswer, GeneralFile, GeneralQuestion

EDITION = 2


def with_general(query: Select) -> Select:
    """A selection from assessments with the general questions beside them: one row for each file of each question."""
    answered = (GeneralAnswer.question_id == GeneralQuestion.id) & (GeneralAnswer.assessment_id == Assessment.id)
    carried = (GeneralFile.question_id == GeneralQuestion.id) & (GeneralFile.assessment_id == Assessment.id)
    version = (DocumentVersion.document_id == GeneralFile.document_id) & (DocumentVersion.n == GeneralFile.document_n)
    return (
        query.outerjoin(GeneralQuestion, GeneralQuestion.period_id == Assessment.period_id)
        .outerjoin(GeneralAnswer, answered)
        .outerjoin(GeneralFile, carried)
        .outerjoin(DocumentVersion, version)
        .outerjoin(Document, Document.id == DocumentVersion.document_id)
        .add_columns(GeneralQuestion.id, GeneralQuestion.text, GeneralAnswer.text, Document.title, DocumentVersion.n,
                     DocumentVersion.sha256, DocumentVersion.url)
        .order_by(GeneralQuestion.ordinal, GeneralQuestion.id, Document.title, Document.id, DocumentVersion.n)
    )


def gathered(rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """[{number, question, answer, files}] from the columns of `with_general`, in the order of the round; `answer` is ""
    where there is none, `files` [{title, version, sha256, url}]."""
    asked: list[dict[str, Any]] = []
    before = None
    for question, text, answer, title, version, sha256, url in rows:
        if question is None:
            continue
        if question != before:
            asked.append({"number": len(asked) + 1, "question": text, "answer": answer or "", "files": []})
            before = question
        if version is not None:
            asked[-1]["files"].append({"title": title, "version": version, "sha256": sha256, "url": url})
    return asked


def general_of(session: Session, assessments: Sequence[Assessment]) -> dict[int, list[dict[str, Any]]]:
    """{assessment id: its questions as `gathered` gives them}; one statement for any number of assessments, none for rounds in
    which each agency is evaluated on its own: those have no such questions."""
    ids = [each.id for each in assessments if not each.period.of_agencies]
    rows: dict[int, list] = {each.id: [] for each in assessments}
    for each, *row in session.execute(with_general(select(Assessment.id).where(Assessment.id.in_(ids)))) if ids else ():
        rows[each].append(row)
    return {each: gathered(found) for each, found in rows.items()}


def counted(general: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a paper says of them: how many were asked and answered, and the fingerprint of all of it."""
    return {
        "questions": len(general),
        "answered": sum(bool(each["answer"]) for each in general),
        "sha256": digest(canonical(list(general))),
    }
