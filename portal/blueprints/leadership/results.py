"""S31: what came out, beside what was claimed, with the reasons; the same rows as a workbook."""

from dataclasses import dataclass
from fractions import Fraction

from flask import abort, render_template, request, url_for
from sqlalchemy import exists, select, true
from sqlalchemy.orm import joinedload, lazyload

from assessments import result_report
from assessments.benchmarking import Standing, newest_table, standing
from assessments.comparing import (
    KEPT,
    LOWERED,
    RAISED,
    Comparison,
    Line,
    Reason,
    compare,
    earlier_result,
    reasons,
    sent_claims,
)
from assessments.following_up import LOOKS as FOLLOW_LOOKS
from assessments.models import (
    Assessment,
    Benchmark,
    Organization,
    PanelPaper,
    Period,
    Recommendation,
    RecommendationOwner,
    Result,
    Subject,
    Submission,
)
from assessments.models.period import PREDICATE_RULES, STAGES
from assessments.models.recommendation import PRIORITIES
from assessments.questions import is_agency

from ... import charts, exports
from ...access import actor, ask, find, listing, may
from ...extensions import db
from . import blueprint
from .words import distance, finding, since_claim, since_earlier

SOURCES = {"official": "Resmi", "portal": "Penilaian portal"}
DIRECTIONS = {"turun": LOWERED, "tetap": KEPT, "naik": RAISED}
WORDS = {code: word for word, code in DIRECTIONS.items()}


@dataclass(frozen=True)
class Told:
    """Everything the page and its workbook say, already narrowed to what this reader may see."""

    versions: list[Result]
    lines: Comparison
    why: dict[str, Reason]
    chosen: str

    @property
    def result(self) -> Result:
        return self.lines.result

    @property
    def items(self) -> list[Line]:
        """The items under the filter."""
        return self.lines.of_direction(DIRECTIONS.get(self.chosen))


@blueprint.get("/hasil")
def results():
    ask("read", Result)
    rows = db.session.scalars(
        listing(Result)
        .join(Assessment, Assessment.id == Result.assessment_id)
        .join(Period, Period.id == Assessment.period_id)
        .where(_table_open())
        .order_by(Period.year.desc(), Period.term.desc(), Period.id.desc(), Result.source, Result.n.desc())
        .options(
            joinedload(Result.assessment).options(
                joinedload(Assessment.period).options(
                    joinedload(Period.instrument_copy), lazyload(Period.stages), lazyload(Period.extensions)
                ),
                joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
            )
        )
    ).unique().all()
    newest: dict[tuple[int, str], Result] = {}
    local: dict[int, list[Result]] = {}
    for result in rows:
        if result.assessment.period.of_agencies:
            local.setdefault(result.assessment.period_id, []).append(result)
        else:
            newest.setdefault((result.assessment_id, result.source), result)
    return render_template(
        "leadership/results.html",
        rows=[(result, band_of(result), Fraction(result.index_exact), address("result", result, sumber=_named(result))) for result in newest.values()],
        sources=SOURCES,
        local=[
            (same[0].assessment.period, len({each.assessment_id for each in same}),
             url_for("round.local_table", period=same[0].assessment.period.slug))
            for same in local.values()
        ],
    )


def _table_open():
    """Of a row of Period: figures of agencies stand in a table that an agency reads where it takes part itself."""
    if not is_agency(actor(), None):
        return true()
    own = exists().where(
        Assessment.period_id == Period.id, Submission.assessment_id == Assessment.id,
        Submission.organization_id == (actor().organization_id or 0),
    ).correlate(Period)
    return (Period.subjects != "agencies") | own


def band_of(result: Result):
    return result.assessment.period.instrument.predicate(Fraction(result.index_exact), result.predicate_rule)


def address(endpoint: str, result: Result, **more) -> str:
    assessment = result.assessment
    return url_for(
        f"leadership.{endpoint}", period=assessment.period.slug, subject=assessment.subject.organization.slug, **more
    )


def _named(result: Result) -> str | None:
    """How an address names a source; the one that counts needs no name."""
    return "portal" if result.source == "portal" else None


def told_of(period: str, subject: str, source: str | None = None) -> Told:
    """Find the result, then lay beside it what the same reader may see of claims, reasons and other versions.

    `source`: the one that is wanted, in place of what the address names.
    """
    wished = request.args.get("sumber", "") if source is None else source
    if wished not in ("", "portal", "resmi"):
        abort(404)
    result = find(Result, period=period, subject=subject, source={"resmi": "official"}.get(wished, wished))
    assessment = result.assessment
    versions = [each for each in sorted(assessment.results, key=lambda one: (one.source, -one.n)) if may("read", each)]
    other = next((each for each in versions if each.source != result.source), None)
    lines = compare(
        result,
        sent_claims(db.session, assessment),
        earlier_result(db.session, assessment, listing(Result)),
        other,
    )
    chosen = request.args.get("arah", "")
    # The panel's reasons explain the panel's values; an official result has none of its own here.
    why = reasons(db.session, versions, actor()) if result.source == "portal" else {}
    return Told(versions, lines, why, chosen if chosen in DIRECTIONS else "")


def _recommendations(assessment: Assessment) -> list[Recommendation]:
    return list(
        db.session.scalars(
            listing(Recommendation)
            .where(Recommendation.assessment_id == assessment.id)
            .order_by(Recommendation.number)
            .options(
                joinedload(Recommendation.owners)
                .joinedload(RecommendationOwner.organization)
                .joinedload(Organization.states),
                joinedload(Recommendation.verdicts),
            )
        ).unique()
    )


def newest_report(result: Result) -> str:
    """The number of the Laporan Hasil in force of this version, where this reader may fetch it."""
    if result.source != "portal" or not may("read_report", result):
        return ""
    return db.session.scalar(
        select(PanelPaper.number).where(
            PanelPaper.kind == result_report.KIND, PanelPaper.result_id == result.id, PanelPaper.withdrawn_at.is_(None)
        )
    ) or ""


def standing_of(result: Result) -> Standing | None:
    """The place among its kind, for a whole instansi only."""
    organization = result.assessment.subject.organization
    if organization.instansi_id is not None:
        return None
    rows = newest_table(listing(Benchmark), db.session, result.assessment.period.year)
    return standing(rows, organization.name, result.index_shown) if rows else None


def axis_of(lines: Comparison) -> charts.Axis:
    return charts.Axis(lines.instrument.min_value, lines.instrument.max_value)


@blueprint.get("/hasil/<string:period>/<string:subject>")
def result(period: str, subject: str):
    told = told_of(period, subject)
    lines, found = told.lines, told.result
    shape = "radar" if request.args.get("rupa") == "radar" and len(lines.lowest_tier) > 2 else ""
    place = standing_of(found)
    kept = {"sumber": request.args.get("sumber") or None}
    return render_template(
        "leadership/result.html",
        told=told,
        lines=lines,
        result=found,
        assessment=found.assessment,
        period=found.assessment.period,
        axis=axis_of(lines),
        finding=finding(lines),
        missing=distance(lines),
        since_claim=since_claim(lines),
        since_earlier=since_earlier(lines),
        other_index=Fraction(lines.other.index_exact) if lines.other else None,
        shape=shape,
        charts=charts,
        spokes=[charts.Spoke(f"{line.knot.label[:1]}{line.knot.number}", line.result, line.claim) for line in lines.lowest_tier],
        place=place,
        domains=_domains(lines, place),
        recommendations=_recommendations(found.assessment),
        looks=FOLLOW_LOOKS,
        priorities=PRIORITIES,
        sources=SOURCES,
        rules=PREDICATE_RULES,
        stages=STAGES,
        words=WORDS,
        link=lambda **more: address("result", found, **(kept | {"arah": told.chosen or None, "rupa": shape or None} | more)),
        table_url=address("table", found, **kept, arah=told.chosen or None),
        sheets_url=address("item_sheets_file", found) if found.source == "portal" else "",
        report_url=address("report_file", found, number=report) if (report := newest_report(found)) else "",
        runs_round=may("read", found.assessment),
        simulation_url=address("simulated", found) if may("simulate", found.assessment) else "",
    )


def _domains(lines: Comparison, place: Standing | None) -> list[tuple]:
    """(domain, own, its kind's mean, the mean of all) where the instrument has the domains of the table."""
    roots = [line for line in lines.nodes if not line.knot.path]
    if place is None or len(roots) != len(place.kind.domains) or any(mean is None for mean in place.kind.domains):
        return []
    return [
        (line, kind, all_kinds)
        for line, kind, all_kinds in zip(roots, place.kind.domains, place.national.domains, strict=True)
    ]


@blueprint.get("/hasil/<string:period>/<string:subject>/tabel.xlsx")
def table(period: str, subject: str):
    """Exactly the rows of the page, under the same filter."""
    told = told_of(period, subject)
    found, lines = told.result, told.lines
    columns = [
        exports.Column("Kode", 8), exports.Column("Letak", 14), exports.Column("Nama", 44), exports.Column("Bobot", 9),
        exports.Column("Klaim", 8), exports.Column("Hasil", 8), exports.Column("Selisih", 9), exports.Column("Arah", 8),
        exports.Column(f"Tahun {lines.earlier.year}" if lines.earlier else "Sebelumnya", 9), exports.Column("Sumber lain", 9), exports.Column("Fakta", 50),
        exports.Column("Analisis", 50), exports.Column("Justifikasi", 50), exports.Column("Keputusan ketua tim", 40),
        exports.Column("Diubah sesudah tahap penilaian", 40),
    ]
    label = found.assessment.period.figure_label
    facts = [
        ("Yang dinilai", found.assessment.subject.name),
        ("Putaran", found.assessment.period.title),
        ("Sumber", SOURCES[found.source] + (f": {found.basis}" if found.basis else "")),
        ("Versi", found.n),
        ("Indeks", Fraction(found.index_exact)),
        ("Predikat", f"{found.predicate} ({PREDICATE_RULES[found.predicate_rule].lower()})"),
        *([("Jenis angka", label)] if label else []),
        ("Saringan", told.chosen or "semua indikator"),
        ("Sidik instrumen", found.instrument_sha),
    ]
    content = exports.workbook(
        exports.Sheet("Angka lokal" if label else "Hasil", columns, [_row(line, told.why.get(line.code)) for line in (*lines.nodes, *told.items)]),
        exports.Sheet("Keterangan", [exports.Column("Keterangan", 24), exports.Column("Isi", 60, "0.00##")], facts),
    )
    return exports.as_download(content, f"hasil-{found.assessment.period.slug}-{found.assessment.subject.organization.slug}")


def _row(line: Line, why: Reason | None) -> list:
    return [
        line.code, line.place, line.name, line.knot.weight, line.claim, line.result, line.difference,
        WORDS.get(line.direction), line.before, line.other, *_texts(why),
    ]


def _texts(why: Reason | None) -> list[str]:
    return [why.facts, why.analysis, why.justification, why.decided, why.moved] if why else ["", "", "", "", ""]
