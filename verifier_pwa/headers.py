"""The response headers of the verifier: the whole set on every page and list, those that count for a script on hashed
files.

`wif site` also writes them into the folder as `_headers`, so that another web server can be given the same ones.
"""

from __future__ import annotations

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "img-src": "'self' blob:",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "wif",
}

# Directives that browsers ignore, with a warning, when the policy stands in the page instead of in a header.
_HEADER_ONLY = frozenset({"frame-ancestors"})

# The camera reads codes, the lock keeps the screen on meanwhile, the clipboard brings a pasted text or picture.
_ALLOWED_FEATURES = ("camera", "clipboard-read", "clipboard-write", "fullscreen", "screen-wake-lock")
_REFUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "serial",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)

IMMUTABLE = "public, max-age=31536000, immutable"
"""For names that hold a hash of their content: one year, the longest that RFC 9111 readers honour."""
REVALIDATE = "no-cache"
"""For every other file: may be kept, must be asked about each time."""

TWO_YEARS = 63_072_000  # seconds


def policy(in_page: bool = False) -> str:
    """Returns the Content-Security-Policy; with `in_page`, what of it a `<meta>` element can carry."""
    return "; ".join(
        f"{name} {value}" for name, value in CONTENT_SECURITY_POLICY.items() if not (in_page and name in _HEADER_ONLY)
    )


# What browsers obey on a document alone. Left out of the forty hashed files that a link loads, they spare a phone on a
# slow network, where HTTP/1.1 repeats them uncompressed, a third of a second.
_DOCUMENT_ONLY = frozenset(
    {
        "Permissions-Policy",
        "Cross-Origin-Opener-Policy",
        "Origin-Agent-Cluster",
        "X-Frame-Options",
        "X-Permitted-Cross-Domain-Policies",
    }
)


def security_headers(demonstration: bool = False, hashed: bool = False) -> dict[str, str]:
    """Returns the headers of every answer, whatever its status; with `hashed`, those of the files under `v/`.

    A worker takes its policy from its own script's answer, so that hashed files carry the Content-Security-Policy too.

    A demonstration leaves Strict-Transport-Security out: on `localhost` it would close plain HTTP on every other port
    of the machine for two years.
    """
    headers = {
        "Content-Security-Policy": policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Origin-Agent-Cluster": "?1",
        "Permissions-Policy": ", ".join(
            [f"{name}=(self)" for name in _ALLOWED_FEATURES] + [f"{name}=()" for name in _REFUSED_FEATURES]
        ),
        "X-Frame-Options": "DENY",
        "X-Permitted-Cross-Domain-Policies": "none",
    }
    if not demonstration:
        headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}"
    return {name: value for name, value in headers.items() if not (hashed and name in _DOCUMENT_ONLY)}


def cache_control(path: str) -> str:
    """Returns the Cache-Control of the file at `path`, relative to the site's root."""
    return IMMUTABLE if path.startswith("v/") else REVALIDATE


def headers_file(demonstration: bool = False) -> str:
    """Returns the text of `_headers`: blocks of a path pattern and its headers, a form several static hosts read."""
    lines = ["/*"]
    lines += [f"  {name}: {value}" for name, value in security_headers(demonstration).items()]
    lines += [f"  Cache-Control: {REVALIDATE}", "", "/v/*", "  ! Cache-Control", f"  Cache-Control: {IMMUTABLE}", ""]
    lines += ["/*.cose", "  Content-Type: application/cose", ""]
    return "\n".join(lines)
