"""The columns of an application's record: what each may say, and how it is stored."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..clock import today
from ..models.application import APPLICATION_KINDS, INTEGRATION, ORIGINS, PLATFORMS
from ..refusal import Refused, Together
from ..texts import clean, clean_line
from .fields import cleaned

TEXTS = {
    "name": ("Nama aplikasi", 160), "audience": ("Siapa yang dapat memakai", 300), "helpdesk": ("Bantuan", 200),
    "pse_number": ("Nomor tanda daftar PSE", 60), "legal_basis": ("Dasar hukum", 300),
    "personal_data": ("Data pribadi", 20),
}
LONG_TEXTS = {"purpose": ("Fungsi", 4000), "how_to_open": ("Cara membuka", 2000)}
RAA = re.compile(r"[0-9]{2}(\.[0-9]{2}){0,6}\Z")


def safe_address(text: str) -> str | None:
    """An http(s) address; one without a scheme gets https."""
    text = clean_line(text, 500, "Alamat", "url")
    if not text:
        return None
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) or re.match(r"[A-Za-z0-9.-]+:[0-9]+(/|$)", text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise Refused("Alamat ini tidak dapat dibaca.", field="url") from None
    if parts.scheme.lower() not in ("http", "https") or not host or " " in text:
        raise Refused("Alamat harus dimulai dengan http:// atau https://.", field="url")
    if parts.username or parts.password:
        raise Refused("Alamat tidak boleh memuat nama pengguna atau kata sandi.", field="url")
    return text


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns a form may set, as they are stored; details apart. Raises all that is refused, each at its field."""
    found: dict[str, Any] = {}
    with Together() as faults:
        for key, value in values.items():
            if key in CHECKS:
                with faults.noted():
                    found[key] = CHECKS[key](value)
    return found


def faults_in(values: Mapping[str, Any], details: Mapping[str, object]) -> list[Refused]:
    """What would be refused of these values; nothing is stored."""
    found = []
    for check, said in ((checked, values), (cleaned, details)):
        try:
            check(said)
        except Refused as refused:
            found.append(refused)
    return found


def _line(key: str, label: str, limit: int) -> Callable[[Any], str]:
    return lambda value: clean_line(str(value or ""), limit, label, key, required=key == "name")


def _long(key: str, label: str, limit: int) -> Callable[[Any], str]:
    return lambda value: clean(str(value or ""), limit, label, key)


def _choice(key: str, known: Iterable[str], empty: bool = False) -> Callable[[Any], str | None]:
    def read(value: Any) -> str | None:
        if empty and value in (None, ""):
            return None
        if value not in known:
            raise Refused("Pilih salah satu dari daftar.", field=key)
        return value

    return read


def _platforms(value: Any) -> list[str]:
    given = list(value or [])
    if set(given) - set(PLATFORMS):
        raise Refused("Pilih salah satu dari daftar.", field="platforms")
    return [code for code in PLATFORMS if code in given]


def _raa(value: Any) -> str:
    code = clean_line(str(value or ""), 20, "Kode RAA", "raa_code")
    if code and not RAA.match(code):
        raise Refused("Kode RAA berbentuk 01.01, paling banyak tujuh tingkat.", field="raa_code")
    return code


def _year(value: Any) -> int | None:
    year = whole(value, "Tahun pembuatan", "year_built", 2100)
    if year is not None and not 1980 <= year <= today("Asia/Jakarta").year + 1:
        raise Refused("Tahun pembuatan antara 1980 dan tahun ini.", field="year_built")
    return year


def whole(value, label: str, field: str, most: int) -> int | None:
    if value in (None, ""):
        return None
    text = str(value).replace(".", "").strip()
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > most:
        raise Refused(f"{label} harus bilangan bulat tidak negatif.", field=field)
    return int(text)


CHECKS: dict[str, Callable[[Any], Any]] = {
    **{key: _line(key, *said) for key, said in TEXTS.items()},
    **{key: _long(key, *said) for key, said in LONG_TEXTS.items()},
    "raa_code": _raa,
    "user_count": lambda value: whole(value, "Jumlah pengguna", "user_count", 10**15),
    "yearly_cost": lambda value: whole(value, "Biaya setahun", "yearly_cost", 10**15),
    "year_built": _year,
    "url": lambda value: safe_address(str(value or "")),
    "kind": _choice("kind", APPLICATION_KINDS),
    "origin": _choice("origin", ORIGINS),
    "integrated": _choice("integrated", INTEGRATION, empty=True),
    "platforms": _platforms,
    "https": lambda value: value if isinstance(value, bool) else None,
}
