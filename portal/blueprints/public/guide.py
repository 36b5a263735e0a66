"""The guide: what is asked, level by level, straight from the packs. Needs no account and no database."""

from dataclasses import dataclass

from flask import abort, render_template, request, url_for

from assessments.instruments import Edition, Instrument, Item, Node, available, load
from assessments.refusal import Refused

from ...access import ask, public
from . import blueprint


@dataclass(frozen=True)
class Pack:
    """One instrument as the list shows it, with the editions of its guidance from the newest to the oldest."""

    instrument: Instrument
    editions: tuple[Edition, ...]


@blueprint.get("/panduan")
@public
def guide_index():
    ask("read", "instrument_guide")
    packs = [Pack(load(key), _editions(key)) for key, _, _ in reversed(available())]
    return render_template("public/guide_index.html", packs=packs)


@blueprint.get("/panduan/<string:pack>")
@public
def guide_pack(pack: str):
    ask("read", "instrument_guide")
    instrument = _chosen(pack)
    return render_template(
        "public/guide_pack.html",
        instrument=instrument,
        groups=_groups(instrument),
        editions=_editions(pack),
        link=lambda item: _address(instrument, item),
    )


@blueprint.get("/panduan/<string:pack>/<string:item>")
@public
def guide_item(pack: str, item: str):
    ask("read", "instrument_guide")
    instrument = _chosen(pack)
    codes = [each.code for each in instrument.items]
    if item not in codes:
        abort(404)
    place = codes.index(item)
    return render_template(
        "public/guide_item.html",
        instrument=instrument,
        item=instrument.items[place],
        editions=_editions(pack),
        before=instrument.items[place - 1] if place else None,
        after=instrument.items[place + 1] if place + 1 < len(codes) else None,
        link=lambda each: _address(instrument, each),
        pack_url=url_for("public.guide_pack", pack=pack, edisi=request.args.get("edisi")),
    )


def _chosen(pack: str) -> Instrument:
    """The pack of the address with the edition asked for (none: the newest); names nobody gave are 404."""
    try:
        return load(pack, request.args.get("edisi") or None)
    except Refused:
        abort(404)


def _editions(pack: str) -> tuple[Edition, ...]:
    keys = next(keys for key, keys, _ in available() if key == pack)
    return tuple(load(pack, key).edition for key in reversed(keys))


def _address(instrument: Instrument, item: Item) -> str:
    return url_for("public.guide_item", pack=instrument.key, item=item.code, edisi=request.args.get("edisi"))


def _groups(instrument: Instrument) -> list[tuple[Node | None, list[Item]]]:
    """The items under the node that holds them, in order; None for items that stand at the root."""
    groups: list[tuple[Node | None, list[Item]]] = []
    for item in instrument.items:
        if not groups or groups[-1][0] is not item.parent:
            groups.append((item.parent, []))
        groups[-1][1].append(item)
    return groups
