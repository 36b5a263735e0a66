"""Settled values that come from outside: an official result with its source and decree."""

from fractions import Fraction

from sqlalchemy.orm import object_session

from .actors import Actor
from .clock import now
from .models import Assessment, Result, ResultValue
from .refusal import Refused
from .scoring import exact_text, score, shown
from .texts import clean_line
from .workflow import happened


def enter_official(assessment: Assessment, values: dict[str, Fraction], basis: str, by: Actor) -> Result:
    """The result another body published, value by value, with index and predicate computed from them.

    `basis` names the source and the decree. Only a first version: correcting one asks its own verb.
    """
    basis = clean_line(basis, 200, "Sumber dan nomor keputusan", "basis", required=True)
    period = assessment.period
    found = score(period.instrument, values)
    if not found.complete:
        raise Refused("Nilai resmi harus lengkap untuk semua butir.")
    session = object_session(assessment)
    result = Result(
        assessment=assessment,
        source="official",
        basis=basis,
        index_exact=exact_text(found.index),
        index_shown=shown(found.index),
        predicate=period.instrument.predicate(found.index, period.predicate_rule).name,
        predicate_rule=period.predicate_rule,
        instrument_sha=period.instrument_sha,
        proposed_by_id=by.person_id,
        at=now(),
    )
    session.add(result)
    for code, value in {**found.nodes, **{code: Fraction(value) for code, value in values.items()}}.items():
        result.values.append(ResultValue(node=code, exact=exact_text(value), shown=shown(value)))
    happened(assessment, "official", f"Hasil resmi dimasukkan: {basis}", by)
    return result
