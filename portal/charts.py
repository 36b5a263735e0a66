"""Numbers drawn as SVG, with presentation attributes only: no style, no script, nothing a strict policy would stop.

Every drawing stands beside a table of the same numbers. One that says something by itself has a title and a
description; one that repeats its row is hidden from screen readers. All places are shares of the width, so that
letters keep their size on every screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, pi, sin

from markupsafe import Markup, escape

from assessments.instruments import Band

from .formatting import two_places

INK, DARK, BLUE, QUIET, RULE, WHITE = "#1b1f24", "#0a2f5c", "#0b5cad", "#4a5560", "#d5dbe1", "#ffffff"
FALL, RISE = "#e3a6a2", "#8fbf9f"
GROUNDS = ("#f3d6d3", "#f6dfc8", "#cfe1f4", "#cfe6d7", "#ddd5ef")
LETTERS = 'font-size="14"'


@dataclass(frozen=True)
class Axis:
    """From where to where a chart counts; never from nought, never cut."""

    low: Fraction
    high: Fraction

    def at(self, value: Fraction) -> str:
        """Where a value lies, as a share of the width."""
        share = (Fraction(value) - self.low) / (self.high - self.low)
        return f"{float(min(max(share, Fraction(0)), Fraction(1)) * 100):.2f}%"

    @property
    def steps(self) -> list[int]:
        """The whole numbers it passes."""
        return list(range(-(-self.low.numerator // self.low.denominator), self.high.numerator // self.high.denominator + 1))


def _named(name: str, title: str, description: str) -> tuple[str, str]:
    """(attributes, inner elements) that let a screen reader say what a drawing shows."""
    attributes = f'role="img" aria-labelledby="{escape(name)}-judul {escape(name)}-uraian"'
    inner = f'<title id="{escape(name)}-judul">{escape(title)}</title><desc id="{escape(name)}-uraian">{escape(description)}</desc>'
    return attributes, inner


def _anchor(share: str) -> str:
    place = float(share[:-1])
    return "start" if place < 8 else "end" if place > 92 else "middle"


def scale(
    bands: Sequence[Band], axis: Axis, result: Fraction, claim: Fraction | None, predicate: str, name: str = "skala",
    words: tuple[str, str] = ("hasil", "klaim"),
) -> Markup:
    """The predicates as one bar with the result on it, and the claim where there is one; `words` are what both are called."""
    said = f"{words[0].capitalize()} {two_places(result)} pada predikat {predicate}."
    if claim is not None:
        said += f" {'Klaim penilaian mandiri' if words[1] == 'klaim' else words[1].capitalize()} {two_places(claim)}."
    attributes, inner = _named(name, f"Letak {words[0]} pada skala indeks", said)
    drawn = [inner]
    for band in sorted(bands, key=lambda each: each.n):
        first, last = max(band.min, axis.low), min(band.max, axis.high)
        if last > first:
            width = float((last - first) / (axis.high - axis.low) * 100)
            drawn.append(
                f'<rect x="{axis.at(first)}" y="28" width="{width:.2f}%" height="16" fill="{GROUNDS[(band.n - 1) % 5]}"/>'
            )
    here = axis.at(result)
    if claim is not None:
        there = axis.at(claim)
        apart = abs(float(here[:-1]) - float(there[:-1]))
        drawn.append(f'<line x1="{here}" x2="{there}" y1="36" y2="36" stroke="{QUIET}" stroke-width="2" stroke-dasharray="2 3"/>')
        drawn.append(f'<circle cx="{there}" cy="36" r="8" fill="{WHITE}" stroke="{BLUE}" stroke-width="2"/>')
        left = result <= claim
        if apart > 3:
            drawn.append(_label(there, "start" if left else "end", -9 if left else 9, f"{words[1]} {two_places(claim)}", QUIET))
        drawn.append(_label(here, "end" if left else "start", 9 if left else -9, f"{words[0]} {two_places(result)}", INK, 600))
    else:
        drawn.append(_label(here, _anchor(here), 0, f"{words[0]} {two_places(result)}", INK, 600))
    drawn.append(f'<circle cx="{here}" cy="36" r="9" fill="{DARK}" stroke="{WHITE}" stroke-width="2.5"/>')
    edges = sorted({axis.low, axis.high, *(band.min for band in bands if axis.low < band.min < axis.high)})
    for edge in edges:
        drawn.append(_label(axis.at(edge), {axis.low: "start", axis.high: "end"}.get(edge, "middle"), 0, two_places(edge), QUIET, y=64))
    return Markup(f'<svg width="100%" height="70" {attributes}>{"".join(drawn)}</svg>')  # noqa: S704 - texts are escaped


def _label(x: str, anchor: str, shift: int, words: str, colour: str, weight: int = 400, y: int = 16) -> str:
    return (
        f'<text x="{x}" y="{y}" dx="{shift}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}" {LETTERS}>'
        f"{escape(words)}</text>"
    )


def axis_numbers(axis: Axis) -> Markup:
    """The head of a column of dots."""
    words = "".join(
        _label(axis.at(Fraction(step)), _anchor(axis.at(Fraction(step))), 0, str(step), QUIET, y=15) for step in axis.steps
    )
    return Markup(f'<svg width="100%" height="20" aria-hidden="true">{words}</svg>')  # noqa: S704 - numbers only


def dots(axis: Axis, result: Fraction, claim: Fraction | None = None, height: int = 40) -> Markup:
    """One row: the claim as a ring, the result as a dot, and the way between them. Its numbers stand in the same row."""
    middle = height // 2
    drawn = [
        f'<line x1="{axis.at(Fraction(step))}" x2="{axis.at(Fraction(step))}" y1="0" y2="{height}" stroke="{RULE}"/>'
        for step in axis.steps
    ]
    if claim is not None:
        if claim != result:
            drawn.append(
                f'<line x1="{axis.at(result)}" x2="{axis.at(claim)}" y1="{middle}" y2="{middle}" '
                f'stroke="{FALL if result < claim else RISE}" stroke-width="4"/>'
            )
        drawn.append(f'<circle cx="{axis.at(claim)}" cy="{middle}" r="6" fill="{WHITE}" stroke="{BLUE}" stroke-width="2"/>')
    drawn.append(f'<circle cx="{axis.at(result)}" cy="{middle}" r="{5 if claim == result else 7}" fill="{DARK}"/>')
    return Markup(f'<svg width="100%" height="{height}" aria-hidden="true">{"".join(drawn)}</svg>')  # noqa: S704 - numbers only


def mark(kind: str) -> Markup:
    """The sign of a legend: claim or result."""
    ring = f'<circle cx="8" cy="8" r="6" fill="{WHITE}" stroke="{BLUE}" stroke-width="2"/>'
    dot = f'<circle cx="8" cy="8" r="7" fill="{DARK}"/>'
    return Markup(f'<svg width="16" height="16" aria-hidden="true">{ring if kind == "claim" else dot}</svg>')  # noqa: S704


@dataclass(frozen=True)
class Spoke:
    """One axis of a radar: what stands at its end, the settled value and the claim."""

    label: str
    result: Fraction
    claim: Fraction | None = None


def radar(spokes: Sequence[Spoke], axis: Axis, name: str = "radar") -> Markup:
    """The familiar shape of reports: fixed order, two series. Its area means nothing, the distances do."""
    centre, reach = (220.0, 205.0), 150.0

    def corner(at: int, share: float) -> tuple[float, float]:
        turn = 2 * pi * at / len(spokes)
        return centre[0] + reach * share * sin(turn), centre[1] - reach * share * cos(turn)

    def ring(shares: Sequence[float], looks: str) -> str:
        points = " ".join("{:.1f},{:.1f}".format(*corner(at, share)) for at, share in enumerate(shares))
        return f'<polygon points="{points}" {looks}/>'

    def share(value: Fraction) -> float:
        return float((Fraction(value) - axis.low) / (axis.high - axis.low))

    attributes, inner = _named(
        name,
        f"Radar {len(spokes)} sumbu: klaim dan hasil",
        "; ".join(
            f"{spoke.label}: hasil {two_places(spoke.result)}"
            + ("" if spoke.claim is None else f", klaim {two_places(spoke.claim)}")
            for spoke in spokes
        ) + ". Angka yang sama ada pada tabel di sebelahnya.",
    )
    drawn = [inner]
    for step in axis.steps[1:]:
        drawn.append(ring([share(Fraction(step))] * len(spokes), f'fill="none" stroke="{RULE}"'))
    drawn.append(ring([share(spoke.result) for spoke in spokes],
                      f'fill="{DARK}" fill-opacity="0.12" stroke="{DARK}" stroke-width="2.5"'))
    if all(spoke.claim is not None for spoke in spokes):
        drawn.append(ring([share(spoke.claim) for spoke in spokes],
                          f'fill="none" stroke="{BLUE}" stroke-width="2" stroke-dasharray="6 4"'))
    for step in axis.steps[1:]:
        x, y = corner(0, share(Fraction(step)))
        drawn.append(f'<text x="{x + 6:.0f}" y="{y + 5:.1f}" fill="{QUIET}" {LETTERS}>{step}</text>')
    for at, spoke in enumerate(spokes):
        x, y = corner(at, 1.13)
        side = "middle" if abs(x - centre[0]) < 10 else "start" if x > centre[0] else "end"
        drawn.append(
            f'<text x="{x:.0f}" y="{y + 5:.0f}" text-anchor="{side}" font-weight="600" fill="{INK}" {LETTERS}>'
            f"{escape(spoke.label)}</text>"
        )
    return Markup(f'<svg viewBox="24 8 392 396" {attributes}>{"".join(drawn)}</svg>')  # noqa: S704 - texts are escaped


def bar(share: float, height: int = 14) -> Markup:
    """One row of a bar chart from nought to the largest of its table. Its number stands in the same row."""
    width = min(max(share, 0.0), 1.0) * 100
    return Markup(  # noqa: S704 - numbers only
        f'<svg width="100%" height="{height}" aria-hidden="true">'
        f'<rect width="{width:.2f}%" height="{height}" fill="{BLUE}"/></svg>'
    )


def against_plan(done: float, planned: float, height: int = 14) -> Markup:
    """One row of progress: what is done as a bar, where the plan stands today as a line. Both numbers stand in the same row."""
    width, line = (min(max(share, 0.0), 1.0) * 100 for share in (done, planned))
    return Markup(  # noqa: S704 - numbers only
        f'<svg width="100%" height="{height}" aria-hidden="true"><rect width="100%" height="{height}" fill="{RULE}"/>'
        f'<rect width="{width:.1f}%" height="{height}" fill="{BLUE}"/>'
        f'<line x1="{line:.1f}%" x2="{line:.1f}%" y1="0" y2="{height}" stroke="{INK}" stroke-width="3"/></svg>'
    )


def progress_and_plan(done: Fraction, planned: Fraction, said: str, name: str = "rencana") -> Markup:
    """The whole round: how much is done, and a line where the plan stands today, each with its share."""
    attributes, inner = _named(name, "Kemajuan dibanding rencana", said)
    here, there = (f"{float(min(max(share, Fraction(0)), Fraction(1)) * 100):.2f}%" for share in (done, planned))
    drawn = [
        inner,
        f'<rect y="26" width="100%" height="20" fill="{RULE}"/><rect y="26" width="{here}" height="20" fill="{BLUE}"/>',
        f'<line x1="{there}" x2="{there}" y1="20" y2="52" stroke="{INK}" stroke-width="3"/>',
        _label(there, _anchor(there), 0, f"rencana {round(float(planned) * 100)}%", INK, 600),
        _label(here, _anchor(here), 0, f"siap {round(float(done) * 100)}%", DARK, 600, y=66),
    ]
    return Markup(f'<svg width="100%" height="72" {attributes}>{"".join(drawn)}</svg>')  # noqa: S704 - texts are escaped
