"""One way to write a thing down so that its fingerprint means something."""

import hashlib
import json
from datetime import date, datetime
from fractions import Fraction


def _plain(value):
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical(content) -> bytes:
    """Deterministic JSON in UTF-8: sorted keys, no blanks, fractions as "a/b"."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode()


def digest(content: bytes) -> str:
    """SHA-256 in lower-case hex, 64 characters."""
    return hashlib.sha256(content).hexdigest()
