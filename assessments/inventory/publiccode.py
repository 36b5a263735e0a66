"""publiccode.yml (publiccode standard 0.4) of one application, out and in."""

from dataclasses import dataclass, field

import yaml

from ..models import Application
from ..models.application import PLATFORMS
from ..refusal import Faults, Refused
from .columns import faults_in
from .fields import BY_KEY, OPEN_LICENCES

VERSION = "0.4"
LIMIT = 200_000
SHORT = 150
CATEGORY = "digital-citizenship"  # the standard has a list of its own, without the needs of our directory
PLATFORMS_OUT = {"web": "web", "mobile": "android", "desktop": "windows", "other": "other"}
PLATFORMS_IN = {"web": "web", "android": "mobile", "ios": "mobile", "windows": "desktop", "mac": "desktop", "linux": "desktop"}
STATUS_OUT = {"planned": "concept", "active": "stable", "inactive": "obsolete", "migrating": "obsolete",
              "merged": "obsolete", "retired": "obsolete"}
LABELS = {"name": "Nama aplikasi", "purpose": "Fungsi", "platforms": "Basis aplikasi", "url": "Alamat"}


def written(application: Application, address: str) -> str:
    """The file's text; `address` is the application's page in the directory.

    What the record does not know is left out rather than made up: without a licence of the SPDX list there is no
    `legal`, and a repository is named only of open software.
    """
    told = application.details
    platforms = sorted({PLATFORMS_OUT[platform] for platform in application.platforms})
    described = {"shortDescription": shortened(application.purpose or application.name)}
    if application.purpose:
        described["longDescription"] = application.purpose
    said = {
        "publiccodeYmlVersion": VERSION,
        "name": application.name,
        "url": _repository(application) or application.url or address,
        "landingURL": address,
        **({"platforms": platforms} if platforms else {}),
        "categories": [CATEGORY],
        "developmentStatus": STATUS_OUT[application.state],
        "softwareType": "standalone/" + next((kind for kind in ("web", "mobile", "desktop") if kind in application.platforms),
                                             "other"),
        "description": {"id": {**described, "features": _lines(told.get("services"))}},
        **({"legal": {"license": told["spdx"]}} if told.get("spdx") else {}),
        "maintenance": {"type": "internal", "contacts": [{"name": application.helpdesk or application.current_owner.name,
                                                          "affiliation": application.current_owner.name}]},
        "localisation": {"localisationReady": False, "availableLanguages": ["id"]},
    }
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=100)


def shortened(text: str, most: int = SHORT) -> str:
    """One line of at most so many letters, cut between two words."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1].rsplit(" ", 1)[0] if " " in line[: most - 1] else line[: most - 1]
    return cut.rstrip(" ,;:.-") + "…"


def _repository(application: Application) -> str:
    """Where the code lies, of open software only: where other code lies is for its keepers."""
    told = application.details
    place = str(told.get("repository", ""))
    is_open = told.get("spdx") or told.get("licence") == "Sumber terbuka"
    return place if is_open and place.startswith(("http://", "https://")) else ""


def _lines(text: object) -> list[str]:
    return [part.strip() for part in str(text or "").split("\n") if part.strip()]


@dataclass(frozen=True)
class Read:
    """What a file says of an application, in our columns and details; `passed_over` are sentences on what it says besides."""

    values: dict[str, object]
    details: dict[str, object] = field(default_factory=dict)
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What a file would change: (label, before, after), what of it is refused: (label, sentence), and what is left aside."""

    values: dict[str, object]
    details: dict[str, object]
    changes: tuple[tuple[str, str, str], ...]
    refused: tuple[tuple[str, str], ...]
    passed_over: tuple[str, ...]

    @property
    def can_be_carried_out(self) -> bool:
        return bool(self.changes) and not self.refused


def proposed(application: Application, text: bytes, address: str) -> Proposal:
    """What this file would change. What our own file of this record says too is no change."""
    said, ours = read(text), read(written(application, address).encode())
    values = {key: value for key, value in said.values.items()
              if value and value not in (ours.values.get(key), getattr(application, key))}
    details = {key: value for key, value in said.details.items()
               if value and value not in (ours.details.get(key), application.details.get(key))}
    changes = [(LABELS[key], _words(key, getattr(application, key)), _words(key, value)) for key, value in values.items()]
    changes += [(BY_KEY[key].label, str(application.details.get(key, "")), str(value)) for key, value in details.items()]
    refused = []
    for refusal in faults_in(values, details):
        for each in refusal.each if isinstance(refusal, Faults) else (refusal,):
            key = each.field or ""
            label = LABELS.get(key) or (BY_KEY[key].label if key in BY_KEY else "")
            refused.append((label, each.sentences[0]))
    return Proposal(values, details, tuple(changes), tuple(refused), said.passed_over)


def _words(key: str, value) -> str:
    return ", ".join(PLATFORMS[code] for code in value) if key == "platforms" else str(value or "")


class _Plain(yaml.SafeLoader):
    """Without anchors and aliases: a small file must not become a large one."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("alias")
        return super().compose_node(parent, index)


def read(text: bytes) -> Read:
    """The values of a file somebody sends; raises `Refused` where it is none."""
    if len(text) > LIMIT:
        raise Refused("Berkas publiccode.yml paling besar 200 KB.", field="file")
    try:
        said = yaml.load(text, Loader=_Plain)  # noqa: S506 - a SafeLoader that also refuses aliases
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise Refused("Berkas ini bukan YAML yang dapat dibaca.", field="file") from None
    if not isinstance(said, dict) or not isinstance(said.get("name"), str) or "publiccodeYmlVersion" not in said:
        raise Refused("Berkas ini bukan publiccode.yml: nama atau versinya tidak ada.", field="file")
    described = said.get("description")
    told = next((part for part in _dicts(described) if part), {}) if isinstance(described, dict) else {}
    platforms = [PLATFORMS_IN.get(str(name).lower(), "other") for name in _list(said.get("platforms"))]
    values: dict[str, object] = {
        "name": said["name"],
        "purpose": str(told.get("longDescription") or told.get("shortDescription") or "").strip(),
        "platforms": [code for code in PLATFORMS if code in platforms],
    }
    landing, source = said.get("landingURL"), said.get("url")
    if isinstance(landing, str):
        values["url"] = landing
    details: dict[str, object] = {}
    if isinstance(source, str) and source != landing:
        details["repository"] = source
    if told.get("features"):
        details["services"] = "\n".join(" ".join(str(feature).split()) for feature in _list(told["features"]))
    legal = said.get("legal")
    licence = str(legal.get("license") or "") if isinstance(legal, dict) else ""
    if licence in OPEN_LICENCES:
        details["spdx"] = licence
    passed_over = (f"Lisensi “{licence[:60]}” tidak ada pada daftar kode lisensi.",) if licence and "spdx" not in details else ()
    return Read(values, details, passed_over)


def _list(value) -> list:
    return value[:500] if isinstance(value, list) else []


def _dicts(described: dict) -> list[dict]:
    parts = [described.get("id"), described.get("en"), *described.values()]
    return [part for part in parts if isinstance(part, dict)]
