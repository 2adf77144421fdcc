"""Headers that tell browsers what the pages of this service may do: nothing that they do not need."""

from __future__ import annotations

from typing import Final

from secure import (
    CacheControl,
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    XContentTypeOptions,
    XFrameOptions,
)
from secure.middleware.asgi import SecureASGIMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.security.paths import is_answer, path_of

#: Scripts and styles in files of this service only, no other host, no frame, no form, no base.
CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class SecurityHeaders:
    """ASGI middleware: adds the headers; answers are kept by nobody on their way, files as they say themselves.

    Args:
        app: what it stands before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._files = SecureASGIMiddleware(app, secure=_secure(), multi_ok=())
        self._answers = SecureASGIMiddleware(app, secure=_secure(CacheControl().no_store()), multi_ok=())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have one request answered, with the headers."""
        answers = scope["type"] == "http" and is_answer(path_of(scope))
        # The library types what passes through it as object, of which it takes nothing but ASGI's messages.
        await (self._answers if answers else self._files)(scope, receive, send)  # type: ignore[arg-type]


def _secure(cache: CacheControl | None = None) -> Secure:
    permissions = PermissionsPolicy()
    for feature in ("camera", "geolocation", "microphone", "payment", "usb"):
        permissions.add_directive(feature)
    return Secure(
        cache=cache,
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        csp=ContentSecurityPolicy().value(CONTENT_POLICY),
        permissions=permissions,
        referrer=ReferrerPolicy().no_referrer(),
        xcto=XContentTypeOptions(),
        xfo=XFrameOptions().deny(),
    )
