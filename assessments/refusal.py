"""How the domain says no: one exception with a sentence (or several) a person can act on."""


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


class Stale(Refused):
    """Somebody else changed the same row after the form was opened.

    `theirs` is what is stored now, as {field: text}, so that both texts can be shown side by side.
    """

    def __init__(self, sentence: str, theirs: dict[str, str]):
        super().__init__(sentence)
        self.theirs = theirs
