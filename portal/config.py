"""What the installation says about itself: read once from the environment, checked, then handed to Flask.

Every setting is an environment variable with the prefix PORTAL_ (`PORTAL_SECRET_KEY`, `PORTAL_DATABASE_URL`, ...);
the port may also be given as plain PORT. A wrong setting is refused at start with one sentence for each fault.
"""

import os
import re
import secrets
import sys
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from assessments.mailing import usable

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
SECRET_BYTES = 32
DEMO_INSTITUTION = "Pemerintah Kota Denpasar"
DEMO_ZONE = "Asia/Makassar"
REASONS = {
    "int_parsing": "harus berupa bilangan bulat",
    "greater_than_equal": "paling kecil {ge}",
    "less_than_equal": "paling besar {le}",
    "literal_error": "pilihannya {expected}",
    "bool_parsing": "pilihannya true atau false",
    "string_pattern_mismatch": "bentuknya tidak dikenal",
}
QUEUE_IN_MEMORY = "memory:"


class Unfit(Exception):
    """The settings cannot be used; `sentences` says why, one sentence for each fault."""

    def __init__(self, *sentences: str):
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore", frozen=True, populate_by_name=True)

    mode: Literal["demo", "production"] = "demo"
    debug: bool = False
    demo_accounts: bool | None = None  # None: as the mode says

    instance: Path = ROOT / "instance"
    database_url: str | None = Field(None, repr=False)  # may hold a password
    evidence_folder: Path | None = None
    queue_url: str | None = Field(None, repr=False)
    secret_key: SecretStr | None = None

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535, validation_alias=AliasChoices("PORTAL_PORT", "PORT"))
    public_url: str | None = None
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    proxy_hops: int = Field(1, ge=1, le=5)

    institution_name: str | None = None
    institution_slug: str | None = None
    zone: str | None = None
    smtp_url: str | None = Field(None, repr=False)  # may hold a password
    mail_from: str | None = None
    helpdesk: str = "Hubungi Diskominfo sebagai pengelola penilaian."

    evidence_max_mb: int = Field(50, ge=1, le=2048)
    evidence_kinds: Annotated[tuple[str, ...], NoDecode] = ("pdf", "jpg", "png", "docx", "xlsx", "mp4")
    evidence_quota_mb: int = Field(5 * 1024, ge=1, le=10 * 1024 * 1024)  # for each agency
    preview_pages: int = Field(20, ge=0, le=200)
    clamd: str | None = None
    egress_allow: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    disk_floor_mb: int = Field(200, ge=0, le=1024 * 1024)

    seal: str = Field("none", pattern=r"^(none|certificate|[\w.]+:\w+)$")
    seal_certificate: Path | None = None
    seal_passphrase: SecretStr | None = None

    session_idle_minutes: int = Field(120, ge=5, le=24 * 60)
    session_absolute_minutes: int = Field(12 * 60, ge=5, le=7 * 24 * 60)

    web_processes: int = Field(2, ge=1, le=64)
    web_threads: int = Field(4, ge=1, le=64)
    job_threads: int = Field(2, ge=1, le=16)
    database_connections: int | None = Field(None, ge=1, le=200)  # per process; None: one for each thread and one more

    @field_validator("evidence_kinds", mode="before")
    @classmethod
    def _kinds(cls, value: Any) -> Any:
        return tuple(word.lower().lstrip(".") for word in _words(value))

    @field_validator("trusted_proxies", "egress_allow", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        try:
            return tuple(ip_network(str(word), strict=False) for word in _words(value))
        except ValueError:
            raise ValueError("isinya alamat IP atau jaringan, dipisah koma (contoh: 10.0.0.5,10.1.0.0/16)") from None

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError(f"zona waktu {value!r} tidak dikenal (contoh: Asia/Jakarta, Asia/Makassar, Asia/Jayapura)")
        return value

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def has_demo_accounts(self) -> bool:
        return self.is_demo if self.demo_accounts is None else self.demo_accounts

    @property
    def database(self) -> str:
        """The database as SQLAlchemy wants it; an SQLite file in the instance folder unless set."""
        url = self.database_url or f"sqlite:///{self.instance.resolve() / 'portal.sqlite'}"
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)

    @property
    def evidence(self) -> Path:
        return self.evidence_folder or self.instance / "evidence"

    @property
    def queue(self) -> str:
        return self.queue_url or f"sqlite:///{self.instance.resolve() / 'queue.sqlite'}"

    @property
    def address(self) -> str:
        """Where people reach the portal, without a slash at the end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def is_https(self) -> bool:
        return self.address.startswith("https://")

    @property
    def sends_mail(self) -> bool:
        """Whether letters leave the portal at all."""
        return self.smtp_url is not None

    @property
    def institution(self) -> str:
        return self.institution_name or DEMO_INSTITUTION

    @property
    def slug(self) -> str:
        return self.institution_slug or re.sub(r"[^a-z0-9]+", "-", self.institution.lower()).strip("-")

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone or DEMO_ZONE)

    @property
    def secret(self) -> str:
        """The key that signs cookies; in demo mode made once and kept in the instance folder."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        return _secret_kept_in(self.instance)


def load(**given: Any) -> Settings:
    """Read the environment (`given` goes first), check everything, and raise `Unfit` with all faults at once."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise Unfit(*(_sentence(fault) for fault in error.errors())) from None
    if faults := [*_faults(settings), *(_faults_in_production(settings) if not settings.is_demo else ())]:
        raise Unfit(*faults)
    return settings


def load_or_exit() -> Settings:
    """The same for programs: faults go to stderr, one a line, and the exit status is 2."""
    try:
        return load()
    except Unfit as unfit:
        for sentence in unfit.sentences:
            print(sentence, file=sys.stderr)
        sys.exit(2)


def for_flask(settings: Settings) -> dict[str, Any]:
    """What goes into `app.config`."""
    return {
        "SETTINGS": settings,
        "DEBUG": settings.debug,
        "SECRET_KEY": settings.secret,
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "SESSION_COOKIE_NAME": "__Host-portal" if settings.is_https else "portal",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": timedelta(minutes=settings.session_absolute_minutes),
        "PREFERRED_URL_SCHEME": "https" if settings.is_https else "http",
        # An ordinary form is text; the doors for evidence and workbooks raise their own limit.
        "MAX_CONTENT_LENGTH": MIB,
        "MAX_FORM_MEMORY_SIZE": MIB,
        "MAX_FORM_PARTS": 400,
        # A text typed for hours is not thrown away: the token lives as long as the session.
        "WTF_CSRF_TIME_LIMIT": None,
        "TRUSTED_HOSTS": _trusted_hosts(settings),
        "TEMPLATES_AUTO_RELOAD": settings.debug,
        "EVIDENCE_FOLDER": settings.evidence,
        "EVIDENCE_MAX_BYTES": settings.evidence_max_mb * MIB,
        "EVIDENCE_KINDS": settings.evidence_kinds,
        "EVIDENCE_QUOTA_BYTES": settings.evidence_quota_mb * MIB,
        "BOOTSTRAP_SERVE_LOCAL": True,
    }


def _words(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    return list(value)


def _sentence(fault: Any) -> str:
    field = str(fault["loc"][0]) if fault["loc"] else "?"
    name = field if field.isupper() else f"PORTAL_{field.upper()}"
    context = fault.get("ctx", {})
    if fault["type"] in REASONS:
        reason = REASONS[fault["type"]].format(**context).replace(" or ", " atau ")
    else:
        reason = str(context.get("error") or fault["msg"])
    shown = "" if "secret" in field.lower() or "passphrase" in field.lower() else f" ({str(fault['input'])[:60]!r})"
    return f"Pengaturan {name}{shown} tidak dapat dipakai: {reason}."


def _faults(settings: Settings) -> list[str]:
    faults = []
    try:
        backend = make_url(settings.database).get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            faults.append(f"Pengaturan PORTAL_DATABASE_URL memakai {backend}; yang didukung SQLite dan PostgreSQL.")
    except ArgumentError:
        faults.append("Pengaturan PORTAL_DATABASE_URL bukan alamat basis data yang sah.")
    if not re.match(r"(sqlite:///.|rediss?://.|unix://.)", settings.queue) and settings.queue != QUEUE_IN_MEMORY:
        faults.append("Pengaturan PORTAL_QUEUE_URL harus berupa sqlite:///BERKAS atau redis://ALAMAT.")
    if urlsplit(settings.address).scheme not in ("http", "https") or not urlsplit(settings.address).hostname:
        faults.append("Pengaturan PORTAL_PUBLIC_URL harus berupa alamat lengkap, misalnya https://spbe.contoh.go.id.")
    faults += _faults_of_mail(settings) + _faults_of_seal(settings)
    if settings.secret_key is not None and len(settings.secret.encode()) < SECRET_BYTES:
        faults.append(f"Pengaturan PORTAL_SECRET_KEY terlalu pendek: sedikitnya {SECRET_BYTES} byte.")
    if settings.session_idle_minutes > settings.session_absolute_minutes:
        faults.append("Pengaturan PORTAL_SESSION_IDLE_MINUTES melebihi PORTAL_SESSION_ABSOLUTE_MINUTES.")
    if settings.clamd is not None and not re.fullmatch(r"/.+|\[?[\w.:-]+\]?:\d{1,5}", settings.clamd):
        faults.append("Pengaturan PORTAL_CLAMD berisi alamat:port atau jalur soket, misalnya 127.0.0.1:3310.")
    if not settings.evidence_kinds:
        faults.append("Pengaturan PORTAL_EVIDENCE_KINDS kosong: sebutkan sedikitnya satu jenis berkas.")
    return faults


def _faults_of_mail(settings: Settings) -> list[str]:
    """Nothing of the address of the mail server is repeated: it may hold a password."""
    faults = []
    if (settings.smtp_url is None) != (settings.mail_from is None):
        faults.append("Pengaturan PORTAL_SMTP_URL dan PORTAL_MAIL_FROM diisi keduanya, atau tidak sama sekali.")
    try:
        parts = urlsplit(settings.smtp_url or "smtp://localhost")
        known = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known:
        faults.append("Pengaturan PORTAL_SMTP_URL harus berupa smtp://[pengguna:sandi@]server[:port] atau smtps://...")
    if settings.mail_from is not None and not usable(settings.mail_from):
        faults.append("Pengaturan PORTAL_MAIL_FROM harus berupa satu alamat surel, misalnya spbe@kota.go.id.")
    return faults


def _faults_of_seal(settings: Settings) -> list[str]:
    if settings.seal != "certificate":
        return []
    if settings.seal_certificate is None or settings.seal_passphrase is None:
        return ["PORTAL_SEAL=certificate memerlukan PORTAL_SEAL_CERTIFICATE (berkas .p12) dan PORTAL_SEAL_PASSPHRASE."]
    if not settings.seal_certificate.is_file() or not os.access(settings.seal_certificate, os.R_OK):
        return [f"Pengaturan PORTAL_SEAL_CERTIFICATE: berkas {str(settings.seal_certificate)!r} tidak ada atau tidak dapat dibaca."]
    return []


def _faults_in_production(settings: Settings) -> list[str]:
    faults = []
    if settings.secret_key is None:
        faults.append(
            "Mode production memerlukan PORTAL_SECRET_KEY, misalnya hasil dari: "
            "python3 -c 'import secrets; print(secrets.token_hex(32))'."
        )
    if not settings.is_https:
        faults.append("Mode production memerlukan PORTAL_PUBLIC_URL yang dimulai dengan https://.")
    if settings.has_demo_accounts:
        faults.append("Mode production tidak boleh memakai akun demo (PORTAL_DEMO_ACCOUNTS).")
    if settings.debug or os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on"):
        faults.append("Mode production tidak boleh berjalan dengan debug (PORTAL_DEBUG atau FLASK_DEBUG).")
    if not settings.institution_name:
        faults.append("Mode production memerlukan PORTAL_INSTITUTION_NAME, nama instansi yang menyelenggarakan.")
    if not settings.zone:
        faults.append("Mode production memerlukan PORTAL_ZONE, misalnya Asia/Makassar, supaya tenggat tidak keliru.")
    if settings.queue == QUEUE_IN_MEMORY:
        faults.append("Mode production memerlukan antrean yang disimpan (PORTAL_QUEUE_URL), bukan di memori.")
    return faults


def _engine_options(settings: Settings) -> dict[str, Any]:
    size = settings.database_connections or max(settings.web_threads, settings.job_threads + 1) + 1
    # Parameters hold what people typed; they never go into an error message or a log.
    options: dict[str, Any] = {"pool_size": size, "max_overflow": 2, "pool_timeout": 10, "hide_parameters": True}
    if settings.database.startswith("postgresql"):
        options["pool_pre_ping"] = True
    return options


def _trusted_hosts(settings: Settings) -> list[str]:
    hosts = [urlsplit(settings.address).hostname or ""]
    if settings.is_demo:
        hosts += [host for host in ("localhost", "127.0.0.1") if host not in hosts]
    return hosts


def _secret_kept_in(folder: Path) -> str:
    """Read the demo secret, or make it; of two processes that start together both end with the same one."""
    path = folder / "secret.txt"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"secret.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
