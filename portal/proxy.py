"""Forwarded headers are believed only when they come from a proxy that the settings name."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from portal.config import Settings

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def behind_named_proxies(inner: Wsgi, settings: Settings) -> Wsgi:
    """`inner` unchanged when no proxy is named; else it sees the client's address, scheme and host."""
    if not settings.trusted_proxies:
        return inner
    hops = settings.proxy_hops
    fixed = ProxyFix(inner, x_for=hops, x_proto=hops, x_host=hops)

    def choose(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        believed = _is_in(environ.get("REMOTE_ADDR", ""), settings)
        return (fixed if believed else inner)(environ, start_response)

    return choose


def _is_in(peer: str, settings: Settings) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in settings.trusted_proxies)
