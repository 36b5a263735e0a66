"""The words under a value that was carried over: which stage's verification stands, on which files, at what level.

Not clarified in Interviu or Visitasi means that level and explanation of the stage before stay; the screen says so with
number and substance, instansi, stage, file names and level (Pedoman 3/2024 hlm. 219, 222; forms.md 14).
"""

from collections.abc import Collection, Mapping
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import object_session

from .instruments import decimal_text
from .models import Assessment, Citation, Claim, Document, DocumentVersion
from .models.judgement import JUDGED_STAGES
from .models.period import STAGES

NAMES, LETTERS = 8, 160


def carried_texts(
    assessment: Assessment, stage: str, before: Mapping[str, Fraction], clarified: Collection[str] = ()
) -> dict[str, str]:
    """{item: why it has the value of an earlier stage} for every item of `before`; one statement.

    `clarified` are the items a session of this stage has a note on: what was spoken about and kept its value says so.
    """
    standing: dict[str, str] = {}
    for earlier in JUDGED_STAGES[: JUDGED_STAGES.index(stage)]:
        # What was itself carried into an earlier stage still stands on the one that judged it.
        standing |= {d.item: earlier for d in assessment.decisions if d.stage == earlier and d.origin != "carried"}
    files = _file_names(assessment)
    texts = {}
    for item in assessment.period.instrument.items:
        if item.code not in before:
            continue
        named = files.get(item.code, [])
        more = f" dan {len(named) - NAMES} berkas lain" if len(named) > NAMES else ""
        asked, kept = (
            ("diklarifikasi", " tanpa penilaian baru, sehingga nilainya tetap dan") if item.code in clarified
            else ("tidak diklarifikasi", ", sehingga")
        )
        texts[item.code] = (
            f"Indikator {item.number} {item.name}, {assessment.subject.name}: {asked} pada tahap {STAGES[stage].lower()}{kept} "
            f"hasil verifikasi tahap {STAGES[standing.get(item.code, 'document')].lower()} tetap "
            f"berlaku. Berkas: {', '.join(named[:NAMES]) + more if named else 'tidak ada'}. Tingkat: {_shown(before[item.code])}."
        )
    return texts


def _shown(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else decimal_text(value).replace(".", ",")


def _file_names(assessment: Assessment) -> dict[str, list[str]]:
    rows = object_session(assessment).execute(
        select(Claim.item, DocumentVersion.file_name, Document.title)
        .join(Citation, Citation.claim_id == Claim.id)
        .join(DocumentVersion, (DocumentVersion.document_id == Citation.document_id) & (DocumentVersion.n == Citation.n))
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(Claim.assessment_id == assessment.id)
        .order_by(Claim.item, Citation.id)
    )
    found: dict[str, list[str]] = {}
    for item, file_name, title in rows:
        name = (file_name or title)[:LETTERS]
        if name not in found.setdefault(item, []):
            found[item].append(name)
    return found
