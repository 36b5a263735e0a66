"""S83: what reaches the next predicate, and what the index would be if. The whole state stands in the address.

A page of it keeps nothing: whoever gets the address sees the same simulation, as far as he may read its values.
"""

from dataclasses import dataclass
from fractions import Fraction

from flask import redirect, render_template, request, url_for

from assessments import aiming, whatif
from assessments.actors import Actor
from assessments.models import Assessment
from assessments.panel_questions import is_external
from assessments.scoring import score
from assessments.simulating import Simulation, read_typed, simulate

from ... import charts, plain_tables
from ...access import actor, ask, find, may
from ...extensions import db
from ...formatting import number, two_places
from . import blueprint

ADDRESS = "/pimpinan/simulasi/<string:period>/<string:subject>"
LONGEST = 20  # letters of one typed value


@dataclass(frozen=True)
class Played:
    """A simulation with what it was made of, narrowed to this reader."""

    assessment: Assessment
    known: whatif.Known
    typed: dict[str, Fraction]
    texts: dict[str, str]
    faults: dict[str, str]
    efforts: dict[str, int]
    levels: dict[str, int]
    capped: bool
    found: Simulation

    @property
    def asked(self) -> dict[str, str]:
        """What an address must say for somebody else to see the same."""
        wished = {code: text for code, text in self.texts.items() if text}
        if request.args.get("sasaran") and self.found.target is not None:
            wished["sasaran"] = str(self.found.target.n)
        return wished | ({"batas": "sasaran"} if self.capped else {})

    @property
    def aimed_index(self) -> Fraction | None:
        """The index if every target level is reached and nothing falls back."""
        if not self.levels:
            return None
        here = self.found.values
        aims = {code: max(here[code], Fraction(level)) for code, level in self.levels.items() if code in here}
        return score(self.found.instrument, here | aims).index

    @property
    def unread(self) -> int:
        """Items counted lowest because this reader knows no value of them and typed none."""
        return sum(item.code not in self.known.values and item.code not in self.typed for item in self.found.instrument.items)


@blueprint.get("/pimpinan/simulasi")
def simulation():
    """The newest round with values this reader may play with."""
    offered = whatif.offers(db.session, actor())
    if not offered:
        ask("simulate", Assessment)
        return render_template("leadership/simulation_none.html")
    first = whatif.newest(offered)
    return _page(find(Assessment, to="simulate", period=first.period, subject=first.subject), offered)


@blueprint.get(ADDRESS)
def simulated(period: str, subject: str):
    assessment = find(Assessment, to="simulate", period=period, subject=subject)
    if any(text == "" for text in request.args.values()):  # a form sends its empty fields too: the address is shared without them
        kept = {name: text for name, text in request.args.items() if text != ""}
        return redirect(address("simulated", assessment, **kept))
    return _page(assessment, whatif.offers(db.session, actor()))


@blueprint.get(f"{ADDRESS}/tabel.csv")
def simulation_table(period: str, subject: str):
    """One line for each item, under the same wishes as the page."""
    played = _played(find(Assessment, to="simulate", period=period, subject=subject))
    found, steps = played.found, {step.item.code: step for step in played.found.steps}
    chosen = {step.item.code: step for step in found.way.steps} if found.way else {}
    label = played.assessment.period.figure_label
    head = ["Nomor", "Indikator", "Bobot", "Nilai awal", "Nilai dicoba", "Langkah berikutnya", "Kenaikan indeks", "Upaya per tingkat",
            "Sasaran", "Menjadi (cara termurah)", "Tanpa sesal", "Indeks", "Predikat dituju", "Putaran", "Keterangan"]
    rows = []
    for item in found.instrument.items:
        step, way = steps.get(item.code), chosen.get(item.code)
        rows.append([
            item.number, item.name, number(item.weight), _shown(played.known.values.get(item.code)), _shown(played.typed.get(item.code)),
            step.goal if step else "", number(step.gain) if step else "", played.efforts.get(item.code, ""), played.levels.get(item.code, ""),
            way.goal if way else "", "ya" if way and item.code in found.needed else "", two_places(found.index),
            found.target.name if found.target else "", played.assessment.period.title, label or "simulasi, bukan hasil",
        ])
    return plain_tables.as_csv(head, rows, f"simulasi-{period}-{subject}")


def address(endpoint: str, assessment: Assessment, **more) -> str:
    return url_for(
        f"leadership.{endpoint}", period=assessment.period.slug, subject=assessment.subject.organization.slug, **more
    )


def _shown(value: Fraction | None) -> str:
    return "" if value is None else number(value)


def _played(assessment: Assessment) -> Played:
    period, by = assessment.period, actor()
    instrument = period.instrument
    known = whatif.known(db.session, assessment, by)
    texts = {item.code: request.args.get(item.code, "").replace("\x00", "").strip()[:LONGEST] for item in instrument.items}
    typed, faults = read_typed(instrument, texts)
    efforts, levels = _aims(assessment, by)
    capped = request.args.get("batas") == "sasaran" and bool(levels)
    wished = request.args.get("sasaran", "")
    found = simulate(
        instrument, known.values, typed, period.predicate_rule,
        int(wished) if len(wished) == 1 and wished in "123456789" else None, efforts, levels if capped else None,
    )
    return Played(assessment, known, typed, texts, faults, efforts, levels, capped, found)


def _aims(assessment: Assessment, by: Actor) -> tuple[dict[str, int], dict[str, int]]:
    """({item: effort}, {item: target level}); what the instansi aims at is its own business, not its assessors'."""
    if is_external(by, assessment):
        return {}, {}
    rows = aiming.aims_of(db.session, assessment).values()
    return (
        {row.item: row.effort for row in rows if row.effort is not None},
        {row.item: row.level for row in rows if row.level is not None},
    )


def _page(assessment: Assessment, offered: list[whatif.Offer]):
    played = _played(assessment)
    found = played.found
    return render_template(
        "leadership/simulation.html",
        played=played,
        found=found,
        assessment=assessment,
        period=assessment.period,
        axis=charts.Axis(found.instrument.min_value, found.instrument.max_value),
        charts=charts,
        bands=sorted(found.instrument.bands, key=lambda band: band.n),
        others=[each for each in offered if (each.period, each.subject) != (assessment.period.slug, assessment.subject.organization.slug)],
        share_url=address("simulated", assessment, **played.asked),
        plain_url=address("simulated", assessment),
        csv_url=address("simulation_table", assessment, **played.asked),
        aims_url=address("simulation_aims", assessment) if may("aim", assessment) else "",
    )
