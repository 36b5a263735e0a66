"""Values that other bodies publish (SDI, SJIG, IPS, IKASANDI ...) and the items that lean on them.

8/2026 takes some items from another body's index. No source says how that index becomes a decimal in a band, so a
person sets the value and the index stands beside it as `raw`; while it is awaited the lowest value counts
(process.md 5, rule 13).
"""

from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from .actors import Actor
from .clock import now
from .models import Assessment, DocumentVersion, ExternalValue
from .policies import entitled, obstacle
from .refusal import Refused
from .texts import clean_line
from .workflow import Forbidden, happened

LARGEST = Fraction(1000)


def indices_of(assessment: Assessment) -> dict[str, tuple]:
    """{index key: (the index, its items)} that this assessment's instrument takes from elsewhere."""
    found: dict[str, tuple] = {}
    for item in assessment.period.instrument.items:
        if item.external_index is not None:
            found.setdefault(item.external_index.key, (item.external_index, []))[1].append(item)
    return found


def values_of(assessment: Assessment) -> dict[str, ExternalValue]:
    """{index key: what counts for this round}: of the newest year up to the round's, the last correction."""
    rows = object_session(assessment).scalars(
        select(ExternalValue)
        .where(ExternalValue.subject_id == assessment.subject_id, ExternalValue.year <= assessment.period.year)
        .order_by(ExternalValue.year, ExternalValue.n)
    )
    return {row.index_key: row for row in rows}


def newest_value(assessment: Assessment, item: str) -> ExternalValue | None:
    """What the other body published for an item, where it is one that leans on another body."""
    outside = assessment.period.instrument.item(item).external_index
    if outside is None:
        return None
    session = object_session(assessment)
    return session.scalar(
        select(ExternalValue)
        .where(
            ExternalValue.subject_id == assessment.subject_id,
            ExternalValue.index_key == outside.key,
            ExternalValue.year <= assessment.period.year,
        )
        .order_by(ExternalValue.year.desc(), ExternalValue.n.desc())
        .limit(1)
    )


def enter(
    assessment: Assessment,
    by: Actor,
    *,
    index_key: str,
    year: int | None,
    raw: Fraction | None,
    source: str,
    document: DocumentVersion | None,
    published_on: date | None = None,
) -> ExternalValue:
    """Keep what was published, with its document; the same index and year again is a correction, both stay."""
    if not entitled(by, "enter_external", assessment):
        raise Forbidden("enter_external")
    sentence = obstacle(by, "enter_external", assessment)
    if sentence:
        raise Refused(sentence)
    if index_key not in indices_of(assessment):
        raise Refused("Pilih indeks yang dipakai instrumen ini.", field="index_key")
    if year is None or not 2018 <= year <= assessment.period.year:
        raise Refused(f"Tahun nilai antara 2018 dan {assessment.period.year}.", field="year")
    if raw is None or not 0 <= raw <= LARGEST:
        raise Refused("Nilai antara 0 dan 1000, paling banyak empat angka di belakang koma.", field="raw")
    source = clean_line(source, 200, "Sumber", "source", required=True)
    if document is None:
        raise Refused("Pilih dokumen sumbernya.", field="document")
    if document.document.owner_org.root_id != assessment.period.organiser_id:
        raise Refused("Dokumen ini bukan milik instansi yang dinilai.", field="document")
    session: Session = object_session(assessment)
    earlier = session.scalars(
        select(ExternalValue)
        .where(
            ExternalValue.subject_id == assessment.subject_id,
            ExternalValue.index_key == index_key,
            ExternalValue.year == year,
        )
        .order_by(ExternalValue.n)
    ).all()
    if earlier and (earlier[-1].raw, earlier[-1].source) == (raw, source):
        raise Refused("Nilai ini sama dengan yang sudah tersimpan.", field="raw")
    entered = ExternalValue(
        subject_id=assessment.subject_id, index_key=index_key, year=year, n=len(earlier) + 1, raw=raw, source=source,
        published_on=published_on, document_id=document.document_id, document_n=document.n, by_id=by.person_id, at=now(),
    )
    session.add(entered)
    happened(assessment, "external_value", f"Nilai {indices_of(assessment)[index_key][0].name} {year} dimasukkan", by)
    return entered
