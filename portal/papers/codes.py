"""The QR code of an address: for a page as the source of an image, for a paper as SVG. One maker, one look."""

import io

import segno

from .printing import Verbatim


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False)


def data_uri(address: str) -> str:
    """For the `src` of an image on a page."""
    return str(_code(address).svg_data_uri(scale=4, border=2, dark="#000", light="#fff"))


def square(address: str) -> Verbatim:
    """For `image(bytes(..))` in a template."""
    made = io.BytesIO()
    _code(address).save(made, kind="svg", scale=4, border=2, dark="#000", light="#fff", xmldecl=False)
    return Verbatim(made.getvalue().decode())
