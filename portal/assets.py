"""Addresses of our own static files, marked with their content so that they may be kept for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import request


@cache
def _place(filename: str) -> str:
    content = (Path(__file__).parent / "static" / filename).read_bytes()
    return f"/static/{filename}?v={hashlib.sha256(content).hexdigest()[:12]}"


def asset(filename: str) -> str:
    """The address of a static file of ours."""
    return request.script_root + _place(filename)
