"""What every answer carries, whoever made it."""

import secrets

from flask import Flask, g, request

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)


def csp_nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def init_app(app: Flask) -> None:
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def _add(response):
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if app.config["SETTINGS"].is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if response.status_code >= 400 or request.endpoint not in app.config["STATIC_ENDPOINTS"]:
            asked_each_time = response.status_code < 400 and g.get("kept_but_asked_for")
            headers["Cache-Control"] = "private, no-cache" if asked_each_time else "no-store"
            response.vary.add("Cookie")
        return response
