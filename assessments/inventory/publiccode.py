"""publiccode.yml (publiccode standard 0.4) of one application, out and in."""

from dataclasses import dataclass, field

import yaml

from ..models import Application
from ..refusal import Refused

VERSION = "0.4"
LIMIT = 200_000
PLATFORMS_OUT = {"web": "web", "mobile": "android", "desktop": "windows", "other": "web"}
PLATFORMS_IN = {"web": "web", "android": "mobile", "ios": "mobile", "windows": "desktop", "mac": "desktop", "linux": "desktop"}
STATUS_OUT = {"planned": "concept", "active": "stable", "inactive": "obsolete", "migrating": "obsolete",
              "merged": "obsolete", "retired": "obsolete"}


def written(application: Application, address: str) -> str:
    """The file's text; `address` is the application's page in the directory."""
    said = {
        "publiccodeYmlVersion": VERSION,
        "name": application.name,
        "url": application.details.get("repository") or application.url or address,
        "landingURL": address,
        "platforms": sorted({PLATFORMS_OUT[platform] for platform in application.platforms or ["web"]}),
        "categories": [application.category.slug] if application.category else ["it-service-management"],
        "developmentStatus": STATUS_OUT[application.state],
        "softwareType": "standalone/web" if "web" in application.platforms else "standalone/other",
        "organisation": {"name": application.current_owner.name},
        "description": {
            "id": {
                "shortDescription": application.purpose[:150] or application.name,
                "longDescription": application.purpose or application.name,
                "features": [part.strip() for part in str(application.details.get("services", "")).split("\n") if part.strip()],
            }
        },
        "legal": {"license": application.details.get("licence", "")},
        "maintenance": {"type": "internal", "contacts": [{"name": application.helpdesk or application.current_owner.name}]},
        "localisation": {"localisationReady": False, "availableLanguages": ["id"]},
    }
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=100)


@dataclass(frozen=True)
class Read:
    """What a file says of an application, in our columns and details."""

    values: dict[str, object]
    details: dict[str, object] = field(default_factory=dict)


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
        "name": said["name"][:160],
        "purpose": str(told.get("longDescription") or told.get("shortDescription") or "")[:4000],
        "platforms": sorted(set(platforms)),
    }
    if isinstance(said.get("landingURL"), str):
        values["url"] = said["landingURL"]
    details: dict[str, object] = {}
    if isinstance(said.get("url"), str):
        details["repository"] = said["url"][:300]
    if told.get("features"):
        details["services"] = "\n".join(str(feature) for feature in _list(told["features"]))[:2000]
    return Read(values, details)


def _list(value) -> list:
    return value[:50] if isinstance(value, list) else []


def _dicts(described: dict) -> list[dict]:
    parts = [described.get("id"), described.get("en"), *described.values()]
    return [part for part in parts if isinstance(part, dict)]
