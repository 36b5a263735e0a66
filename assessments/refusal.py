"""How the domain says no: one exception with a sentence (or several) a person can act on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Refused(Exception):
    """A wish the rules do not allow.

    `sentences` are complete Indonesian sentences, shown as they are; `field` names the form
    field they belong to, where there is one.
    """

    def __init__(self, *sentences: str, field: str | None = None):
        if not sentences:
            raise ValueError("a refusal needs at least one sentence")
        super().__init__(" ".join(sentences))
        self.sentences = sentences
        self.field = field


class Faults(Refused):
    """Everything that is wrong with what was typed, each part of `each` with its own field."""

    def __init__(self, each: Sequence[Refused]):
        super().__init__(*(sentence for refused in each for sentence in refused.sentences), field=each[0].field)
        self.each = tuple(each)


class Together:
    """Looks at one thing after another and says at the end all that was wrong.

    `with Together() as faults:` holds checks, each inside its own `with faults.noted():`.
    """

    def __init__(self) -> None:
        self.found: list[Refused] = []

    def __enter__(self) -> "Together":
        return self

    def __exit__(self, kind, fault, trace) -> None:
        if kind is None and len(self.found) == 1:
            raise self.found[0]
        if kind is None and self.found:
            raise Faults(self.found)

    @contextmanager
    def noted(self) -> Iterator[None]:
        """What is refused inside is kept for the end."""
        try:
            yield
        except Faults as faults:
            self.found.extend(faults.each)
        except Refused as refused:
            self.found.append(refused)


class Stale(Refused):
    """Somebody else changed the same row after the form was opened.

    `theirs` is what is stored now, as {field: text}, so that both texts can be shown side by side.
    """

    def __init__(self, sentence: str, theirs: dict[str, str]):
        super().__init__(sentence)
        self.theirs = theirs
