"""The one function of the portal that opens an address of the outside world; only the worker calls it.

http and https only. The name is resolved once and the connection goes to the address that was looked at (a name cannot
point elsewhere meanwhile); private, loopback, link-local and other special ranges are refused at every step of at most
three redirects, unless PORTAL_EGRESS_ALLOW names them. No cookies, no credentials, no proxy from the environment; the
answer is read up to a size, and everything together ends after a time.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

SECONDS = 15  # for everything, redirects included
STEP_S = 5  # for one connection, one answer of the other side
BYTES = 128 * 1024
REDIRECTS = 3
AGENT = "PortalSPBE/1.0 (pemeriksa tautan)"
MOVED = (301, 302, 303, 307, 308)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Addresses that carry another one inside; where they would lead is not ours to find out.
_WRAPPED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))


class Unreachable(Exception):
    """Nothing came back; `why` is one of: address, forbidden, name, connection, time, redirects, answer."""

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Found:
    """What the last address of the way answered."""

    status: int
    url: str
    media_type: str
    opening: bytes


def fetch(url: str, allow: Collection[Network] = (), *, seconds: float = SECONDS) -> Found:
    """GET an address and follow at most three redirects; raises Unreachable."""
    until = time.monotonic() + seconds
    for _ in range(REDIRECTS + 1):
        status, headers, opening = _ask(url, allow, until)
        place = headers.get("Location")
        if status not in MOVED or not place:
            return Found(status, url, headers.get_content_type(), opening)
        try:
            url = urljoin(url, _plain(place))
        except ValueError as error:
            raise Unreachable("address") from error
    raise Unreachable("redirects")


def _ask(url: str, allow: Collection[Network], until: float):
    host, port, path, secure = _parts(url)
    address = _resolved(host, port, allow, until)
    connection = _Pinned(host, port, address, secure, max(0.1, min(STEP_S, until - time.monotonic())))
    # A peer that sends one byte now and then never exceeds the time of a step; the whole has an end as well.
    end = threading.Timer(max(0.1, until - time.monotonic()), connection.hang_up)
    end.daemon = True
    end.start()
    try:
        connection.request("GET", path, headers={"User-Agent": AGENT, "Accept": "text/html,*/*;q=0.5",
                                                 "Accept-Encoding": "identity", "Connection": "close"})
        answer = connection.getresponse()
        opening = b"" if answer.status in MOVED else answer.read(BYTES)
        if time.monotonic() >= until:
            raise Unreachable("time")  # hung up on in the middle
        return answer.status, answer.headers, opening
    except TimeoutError as error:
        raise Unreachable("time") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable("time" if time.monotonic() >= until else "connection") from error
    finally:
        end.cancel()
        connection.close()


def _parts(url: str) -> tuple[str, int, str, bool]:
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode() if parts.hostname else ""
    except ValueError as error:  # UnicodeError among them
        raise Unreachable("address") from error
    secure = parts.scheme == "https"
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or port == 0:
        raise Unreachable("address")
    query = f"?{parts.query}" if parts.query else ""
    return host, port or (443 if secure else 80), _plain((parts.path or "/") + query), secure


def _plain(text: str) -> str:
    """Only what may stand in a line of a request."""
    return quote(text, safe="/:?#[]@!$&'()*+,;=%~-._")


def _resolved(host: str, port: int, allow: Collection[Network], until: float) -> tuple:
    """The first address of a name, when all its addresses may be asked; (family, address to connect to)."""
    found: list = []

    def look_up() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    thread = threading.Thread(target=look_up, daemon=True)  # the resolver knows no time limit
    thread.start()
    thread.join(max(0.1, min(STEP_S, until - time.monotonic())))
    known = list(found)
    if not known:
        raise Unreachable("name")
    if not all(permitted(ipaddress.ip_address(entry[4][0].partition("%")[0]), allow) for entry in known):
        raise Unreachable("forbidden")
    return known[0][0], known[0][4]


def permitted(address: Address, allow: Collection[Network] = ()) -> bool:
    """Whether an address lies in the open, or is named by the installation."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in allow if network.version == address.version):
        return True
    if isinstance(address, ipaddress.IPv6Address) and any(address in network for network in _WRAPPED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was looked at, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: tuple, secure: bool, timeout: float):
        super().__init__(f"[{host}]" if ":" in host else host, port, timeout=timeout)
        self._address = address
        self._secure = secure
        self._name = host
        self._line: socket.socket | None = None
        self.default_port = 443 if secure else 80  # type: ignore[misc]

    def connect(self) -> None:
        family, place = self._address
        self.sock = self._line = line = socket.socket(family, socket.SOCK_STREAM)
        line.settimeout(self.timeout)
        line.connect(place)
        if self._secure:
            self.sock = self._line = ssl.create_default_context().wrap_socket(line, server_hostname=self._name)

    def hang_up(self) -> None:
        """End it from outside; the answer being read keeps the socket for itself, so it is remembered here."""
        with contextlib.suppress(OSError):
            if self._line is not None:
                self._line.shutdown(socket.SHUT_RDWR)
