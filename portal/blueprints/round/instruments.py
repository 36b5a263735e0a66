"""S46: the versions of the instruments, what they are used for, and what is different between two of them. No editor."""

from dataclasses import dataclass

from flask import abort, make_response, render_template, request, url_for
from sqlalchemy import select

from assessments.instruments import Instrument, available, from_canonical, load
from assessments.instruments.differing import Comparison, Pair, compare
from assessments.models import InstrumentCopy, Period

from ... import plain_tables
from ...access import ask, listing
from ...differences import Stretch, difference
from ...extensions import db
from ...formatting import two_places
from . import blueprint

PAGE = "/kelola/instrumen"
CHOOSE = "Pilih dua versi dari daftar untuk dibandingkan."
KINDS = {"added": "Ditambahkan", "dropped": "Dihapus", "changed": "Berubah", "same": "Tetap"}
HEAD = ("Perubahan", "Butir lama", "Butir baru", "Nama", "Bobot lama", "Bobot baru", "Bagian", "Sebelum", "Sesudah")


@dataclass(frozen=True)
class Version:
    """A pack with one edition of its guidance. `rounds` were opened with exactly these bytes; `kept` says that it comes from
    the copy of a round because the code ships other bytes today."""

    name: str
    instrument: Instrument
    rounds: tuple[tuple[str, str], ...]
    kept: bool = False

    @property
    def label(self) -> str:
        told = f"{self.instrument.legal_basis[0].split(' tentang ')[0]}, {self.instrument.edition.title}"
        return f"{told} (salinan putaran {', '.join(title for _slug, title in self.rounds)})" if self.kept else told


@blueprint.get(PAGE)
def instruments():
    ask("compare", "pack")
    return _list(_versions())


@blueprint.get(f"{PAGE}/perbandingan")
def instrument_comparison():
    ask("compare", "pack")
    old, new = _chosen()
    found = compare(old.instrument, new.instrument)
    return render_template(
        "round/instrument_comparison.html",
        old=old,
        new=new,
        found=found,
        kinds=KINDS,
        whole=[(each.place, _told(found, each)) for each in found.whole],
        details=[(pair, [(each.place, _told(found, each)) for each in pair.wordings]) for pair in found.reworded],
        rows=[(pair, _places(pair)) for pair in found.pairs],
        list_url=url_for("round.instruments"),
        turned_url=url_for("round.instrument_comparison", dari=new.name, ke=old.name),
        csv_url=url_for("round.instrument_csv", dari=old.name, ke=new.name),
    )


@blueprint.get(f"{PAGE}/perbandingan/tabel.csv")
def instrument_csv():
    """One line for each item, and one for each text of it that reads otherwise."""
    ask("compare", "pack")
    old, new = _chosen()
    found = compare(old.instrument, new.instrument)
    rows = [["Instrumen", "", "", "", "", "", each.place, each.before, each.after] for each in found.whole]
    rows += [line for pair in found.pairs for line in _lines(pair)]
    return plain_tables.as_csv(HEAD, rows, f"perbandingan-{old.name}-{new.name}")


def _list(versions: list[Version], problems=()):
    return render_template(
        "round/instruments.html", versions=versions, problems=list(problems), compare_url=url_for("round.instrument_comparison"),
        chosen=(request.args.get("dari", ""), request.args.get("ke", "")),
    )


def _versions() -> list[Version]:
    """What the code ships, then the copies of rounds that were opened with other bytes; the rounds this reader may know."""
    rounds: dict[str, list[tuple[str, str]]] = {}
    wanted = listing(Period).with_only_columns(Period.instrument_sha, Period.slug, Period.title).order_by(Period.year, Period.id)
    for sha, slug, title in db.session.execute(wanted):
        rounds.setdefault(sha, []).append((slug, title))
    found = []
    for key, editions, _title in available():
        for edition in editions:
            instrument = load(key, edition)
            found.append(Version(f"{key}.{edition}", instrument, tuple(rounds.pop(instrument.sha256, ()))))
    kept = db.session.execute(select(InstrumentCopy.sha256, InstrumentCopy.content).where(InstrumentCopy.sha256.in_(rounds)))
    found += [Version(sha[:16], from_canonical(content), tuple(rounds[sha]), kept=True) for sha, content in sorted(kept.all())]
    return found


def _chosen() -> tuple[Version, Version]:
    """The two the address names; without two that are known the request ends with the list to choose from."""
    versions = _versions()
    known = {version.name: version for version in versions}
    old, new = (known.get(request.args.get(name, "")) for name in ("dari", "ke"))
    if not (old and new):
        abort(make_response(_list(versions, [CHOOSE]), 422))
    return old, new


def _told(found: Comparison, wording) -> list[Stretch]:
    """Word by word between editions of one pack; texts of two packs have no words in common worth marking, so they stand whole."""
    if found.same_pack:
        return difference(wording.before, wording.after)
    said = (("removed", wording.before), ("added", wording.after))
    return [Stretch(kind, text + ("\n" if kind == "removed" and wording.after else "")) for kind, text in said if text]


def _places(pair: Pair) -> str:
    """What of an item reads otherwise, in few words: levels are named once."""
    firsts = dict.fromkeys(each.place.split(" tingkat ")[0] for each in pair.wordings)
    levels = {each.place.split(" tingkat ")[1] for each in pair.wordings if " tingkat " in each.place}
    told = ", ".join(firsts).lower() + (f" (tingkat {', '.join(sorted(levels, key=int))})" if levels else "")
    return told[:1].upper() + told[1:]


def _lines(pair: Pair) -> list[list]:
    old, new = pair.weights
    start = [
        KINDS[pair.kind], ", ".join(item.number for item in pair.before), pair.after.number if pair.after else "", pair.item.name,
        "" if old is None else two_places(old), "" if new is None else two_places(new),
    ]
    return [[*start, each.place, each.before, each.after] for each in pair.wordings] or [[*start, "", "", ""]]
