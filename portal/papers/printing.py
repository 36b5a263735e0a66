"""A template and its content as a tagged PDF/A-2a, in Indonesian, on A4.

Content is handed over as JSON and is never made into markup, so `#import`, `$` or `]` are letters. The fonts are those
inside the Typst wheel; a letter they do not have is printed as its number, "[U+1F680]", because PDF/A allows no
empty boxes and a signed paper should not silently lose a letter.

This file is also the program that does the work, in a process of its own (see `apart`).
"""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "templates"
LONGEST_WORD = 40  # letters; longer ones may be broken anywhere
ROUNDS = 5  # each one tells all letters it cannot print; rarely more than two are needed
# Control characters, and marks that turn the direction of what is read: a paper shows what it says.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_LONG = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


class Verbatim(str):
    """A string for the template's own use, not to be read: an address, a picture. Nothing in it is changed."""


class NotPrinted(Exception):
    """The template and the content do not make a paper; the words are for the log."""


def printed(template: str, content: dict[str, Any], *, title: str, at: datetime | None = None) -> bytes:
    """The PDF. `template` is a name in the folder of templates; `title` goes into the file; `at` is its date."""
    from .apart import Failed, apart

    if not (TEMPLATES / template).is_file() or Path(template).name != template:
        raise NotPrinted(f"no template {template!r}")
    made = at or datetime.now(UTC)
    given = {"template": template, "content": _shown({**content, "title": title}), "at": int(made.timestamp())}
    try:
        return apart(Path(__file__), json.dumps(given).encode())
    except Failed as failure:
        raise NotPrinted(str(failure)) from None


def _shown(thing: Any) -> Any:
    """The same content with every string fit to be printed."""
    if isinstance(thing, Verbatim):
        return str(thing)
    if isinstance(thing, str):
        return _LONG.sub(_breakable, _UNSHOWN.sub(_number, thing.replace("\r\n", "\n").replace("\r", "\n")))
    if isinstance(thing, dict):
        return {key: _shown(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_shown(each) for each in thing]
    return thing


def _number(found: re.Match[str]) -> str:
    return f"[U+{ord(found[0]):04X}]"


def _breakable(found: re.Match[str]) -> str:
    word = found[0]
    return "\u200b".join(word[n : n + 8] for n in range(0, len(word), 8))


# ---------------------------------------------------------------- the program

_MISSING = re.compile(r'the (?:text|PDF contains the codepoint) `"((?:[^"\\]|\\.)*)"`')
_JOINTS = "\u200b\u200c\u200d"
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def _typeset(given: dict[str, Any]) -> bytes:
    import typst

    fonts = typst.Fonts(include_system_fonts=False)
    content = json.dumps(given["content"], ensure_ascii=False)
    for _ in range(ROUNDS):
        try:
            made = typst.compile(
                str(TEMPLATES / given["template"]),
                root=str(TEMPLATES),
                font_paths=fonts,
                sys_inputs={"content": content},
                pdf_standards=["a-2a"],
                timestamp=given["at"],
            )
        except typst.TypstError as error:
            missing = _letters_without_a_shape(error.diagnostic or error.message)
            if not missing:
                raise
            content = "".join(f"[U+{ord(letter):04X}]" if letter in missing else letter for letter in content)
            continue
        if isinstance(made, bytes):
            return made
    raise ValueError("letters without a shape remain")


def _letters_without_a_shape(told: str) -> set[str]:
    """Those an error names, without what only joins or parts others and without ordinary writing."""
    found = "".join(_MISSING.findall(told))
    letters = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), found)
    return {letter for letter in letters if ord(letter) > 126 and letter not in _JOINTS}


if __name__ == "__main__":
    sys.stdout.buffer.write(_typeset(json.loads(sys.stdin.buffer.read())))
