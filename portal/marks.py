"""The smallest pieces of a page, printed hundreds of times on one: icon, status tag, level, table cell.

They are plain functions because a macro costs twenty times a function call; templates import them from
`parts/marks.html` and `parts/tables.html` like everything else there.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from markupsafe import Markup, escape

from .assets import asset
from .formatting import number


def icon(name: str, label: str = "") -> Markup:
    """One drawing from the sprite; `label` speaks only where no words stand beside it."""
    return _icon(str(name), str(label), asset("icons.svg"))


@lru_cache(maxsize=512)
def _icon(name: str, label: str, sprite: str) -> Markup:
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(f'<svg class="i" {spoken}><use href="{escape(sprite)}#{escape(name)}"/></svg>')


def tag(state, bare: bool = False) -> Markup:
    """A status as shape and word. `state` (object or mapping) has label, tone, icon; `bare` leaves the ground out."""
    part = state.get if isinstance(state, Mapping) else lambda name: getattr(state, name, None)
    return _tag(str(part("label")), part("tone"), part("icon") or "ring", bare, asset("icons.svg"))


@lru_cache(maxsize=512)
def _tag(label: str, tone: str | None, name: str, bare: bool, sprite: str) -> Markup:
    cls = "tag" + (f" tag--{tone}" if tone and tone != "plain" else "") + (" tag--bare" if bare else "")
    return Markup(f'<span class="{escape(cls)}">{_icon(name, "", sprite)}{escape(label)}</span>')


def level(value, name: str = "", top: int = 5, empty: str = "belum dipilih", scale=None) -> Markup:
    """The number, its name, and five steps beside it.

    On a decimal scale the steps are those of the level the value lies in, which is not its whole part, and its name
    stands beside the number.
    """
    lies_in = scale.level(value) if scale and value is not None and scale.holds(value) else None
    rank = lies_in.value if lies_in else int(value) if value is not None else 0
    decimals = scale.decimals if scale else 0
    if not name and lies_in and decimals:
        name = lies_in.name
    steps = f'<span class="pips" data-n="{rank}"></span>' if top == 5 else ""
    if value is None:
        words = f'<span class="muted">{escape(empty)}</span>'
    else:
        shown = number(value, decimals) if decimals else number(value)
        words = f"<span>{shown}{f' {escape(name)}' if name else ''}</span>"
    return Markup(f'<span class="level">{steps}{words}</span>')


def cell(column: Mapping, value="", cls: str = "", caller: Callable[[], Markup] | None = None) -> Markup:
    """One cell of a table row; the row header where the column says `head`. A call block gives its content."""
    content = caller() if caller is not None else escape(value)
    classes = " ".join(
        word
        for word in (column.get("cls"), "n" if column.get("number") else "", "bare" if column.get("bare") else "", cls)
        if word
    )
    attribute = f' class="{escape(classes)}"' if classes else ""
    if column.get("head"):
        return Markup(f'<th role="rowheader" scope="row"{attribute}>{content}</th>')
    label = escape(column.get("short") or column["label"])
    return Markup(f'<td role="cell"{attribute} data-label="{label}"><span>{content}</span></td>')


def register(app) -> None:
    app.jinja_env.globals.update(print_icon=icon, print_tag=tag, print_level=level, print_cell=cell)
