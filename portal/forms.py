"""What all forms of the portal share: they read what was sent and never fill a model from it."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache

from flask import g
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from assessments.refusal import Faults, Refused

PLAIN_ID = re.compile(r"[1-9][0-9]{0,9}")
EARLIEST, LATEST = date(1945, 1, 1), date(2100, 12, 31)


class Form(FlaskForm):
    """The token and the office of a form are checked once for every request, in `portal.check_form`."""

    class Meta:
        csrf = False

    def __init__(self, *args, **more) -> None:
        super().__init__(*args, **more)
        g.setdefault("labels", {}).update((field.name, field.label.text) for field in self)

    def refused(self, refusal: Refused) -> None:
        """Put the sentences of a refusal at the field they belong to, else at the top of the form."""
        for each in refusal.each if isinstance(refusal, Faults) else (refusal,):
            field = self._fields.get(each.field or "")
            if field is None:
                self.form_errors.extend(each.sentences)
            else:
                field.errors = [*field.errors, *each.sentences]

    def also_refused(self, refusal: Refused) -> None:
        """The same for fields that nothing was said about yet: what cannot be read is not judged as well."""
        for each in refusal.each if isinstance(refusal, Faults) else (refusal,):
            field = self._fields.get(each.field or "")
            if field is not None and not field.errors:
                field.errors = list(each.sentences)


def words_for(name: str) -> str:
    """What stands beside the field of this name: on a form of this request, else on most forms that have one, else "Isian"."""
    return g.get("labels", {}).get(name) or _usual_words().get(name) or "Isian"


def is_tick(name: str) -> bool:
    """Whether fields of this name are ticked, not typed."""
    return name in _ticks()


@cache
def _usual_words() -> dict[str, str]:
    found: dict[str, Counter] = {}
    for name, field in _fields_of(Form):
        words = field.args[0] if field.args else field.kwargs.get("label")
        if isinstance(words, str) and words:
            found.setdefault(name, Counter())[words] += 1
    return {name: words.most_common(1)[0][0] for name, words in found.items()}


@cache
def _ticks() -> frozenset[str]:
    kinds: dict[str, set[type]] = {}
    for name, field in _fields_of(Form):
        kinds.setdefault(name, set()).add(field.field_class)
    return frozenset(name for name, classes in kinds.items() if all(issubclass(each, BooleanField) for each in classes))


def _fields_of(kind: type[Form]) -> Iterator[tuple[str, UnboundField]]:
    """The fields of each form there is; an import is complete before a request asks."""
    for name, field in vars(kind).items():
        if isinstance(field, UnboundField):
            yield name, field
    for each in kind.__subclasses__():
        yield from _fields_of(each)


class ChoiceField(SelectField):
    """One of the choices, {value: words}, or a sentence in our own language."""

    def pre_validate(self, form) -> None:
        if not any(self.data == choice.value for choice in self.iter_choices()):
            raise ValidationError(f"{self.label.text}: pilih salah satu dari daftar.")


class DayInput(TextInput):
    """A date picker where the page asks for one (type="date"). A picker drops what is no day in its own writing, so what
    was typed otherwise is shown again as text."""

    def __call__(self, field, **attributes) -> Markup:
        typed = field.data or ""
        if attributes.get("type") == "date" and isinstance(typed, str) and typed and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed, re.ASCII):
            attributes["type"] = "text"
        return super().__call__(field, **attributes)


class DayField(StringField):
    """A calendar day: 2026-08-26 as browsers send it, or 26-08-2026 as people type it; `day` is the date or None."""

    widget = DayInput()
    day: date | None = None

    def pre_validate(self, form) -> None:
        # A form that was filled from a row and sent without this field still holds the row's day.
        typed = self.data.isoformat() if isinstance(self.data, date) else (self.data or "").strip()
        self.day = None
        if not typed:
            return
        parts = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", typed, re.ASCII)
        turned = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", typed, re.ASCII)
        numbers = parts.groups() if parts else turned.groups()[::-1] if turned else None
        try:
            self.day = date(*map(int, numbers)) if numbers else None
        except ValueError:
            numbers = None
        if numbers is None or not EARLIEST <= self.day <= LATEST:
            self.day = None
            raise ValidationError(f"{self.label.text} tidak dapat dibaca. Tulis seperti 26-08-2026.")


def plain_id(text: str | None) -> int | None:
    """The number in an id field, or None for everything that only looks like one."""
    return int(text) if text and PLAIN_ID.fullmatch(text) else None


def plain_version(text: str | None) -> int:
    """The version a page was opened with; anything else is a version nobody ever saw."""
    return plain_id(text) or 0


def seen_revisions(pairs: list[str]) -> dict[str, int]:
    """{item: number} from fields like "I01:3": what a page showed of each item it listed."""
    found = {}
    for pair in pairs:
        item, _, number = pair.partition(":")
        if (seen := plain_id(number)) is not None:
            found[item] = seen
    return found
