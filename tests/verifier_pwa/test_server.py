"""The served site: the whole set of headers, negotiation, conditions, ranges, and nothing said about a person."""

import gzip
import hashlib
import logging

import brotli
import pytest

from verifier_pwa.server import create_app

PERMISSIONS = (
    "camera=(self), clipboard-read=(self), clipboard-write=(self), fullscreen=(self), screen-wake-lock=(self),"
    " accelerometer=(), autoplay=(), display-capture=(), encrypted-media=(), geolocation=(), gyroscope=(), hid=(),"
    " identity-credentials-get=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(),"
    " payment=(), picture-in-picture=(), publickey-credentials-get=(), serial=(), usb=(), window-management=(),"
    " xr-spatial-tracking=()"
)
EVERYWHERE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; media-src"
        " 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action"
        " 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types wif"
    ),
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": PERMISSIONS,
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
}
# A browser obeys these on a document alone: hashed files do without.
DOCUMENT_ONLY = {
    "Permissions-Policy", "Cross-Origin-Opener-Policy", "Origin-Agent-Cluster", "X-Frame-Options", "X-Permitted-Cross-Domain-Policies",
}  # fmt: skip
ON_HASHED_FILES = {name: value for name, value in EVERYWHERE.items() if name not in DOCUMENT_ONLY}
HTML = "text/html; charset=utf-8"
NO_CACHE, IMMUTABLE = "no-cache", "public, max-age=31536000, immutable"


def hashed(client, ending: str) -> str:
    lines = client.get("/SHA256SUMS").text + client.get("/SHA256SUMS.other").text
    return "/" + next(path for path in lines.split() if path.endswith(ending))


@pytest.mark.parametrize(
    ("address", "status", "content_type", "cache"),
    [
        ("/", 200, HTML, NO_CACHE),
        ("/index.html", 200, HTML, NO_CACHE),
        ("/sw.js", 200, "text/javascript; charset=utf-8", NO_CACHE),
        ("/manifest.webmanifest", 200, "application/manifest+json", NO_CACHE),
        ("/build.json", 200, "application/json", NO_CACHE),
        ("/SHA256SUMS", 200, "text/plain; charset=utf-8", NO_CACHE),
        ("/trust.cose", 200, "application/cose", NO_CACHE),
        ("/status-1.cose", 200, "application/cose", NO_CACHE),
        ("app.css", 200, "text/css; charset=utf-8", IMMUTABLE),
        ("main.js", 200, "text/javascript; charset=utf-8", IMMUTABLE),
        (".wasm", 200, "application/wasm", IMMUTABLE),
        ("icon.svg", 200, "image/svg+xml", IMMUTABLE),
        ("icon-192.png", 200, "image/png", IMMUTABLE),
        (".mjs", 200, "text/javascript; charset=utf-8", IMMUTABLE),
        ("/absent", 404, HTML, "no-store"),
        ("/status-2.cose", 404, HTML, "no-store"),
    ],
)
def test_whole_header_dictionary(client, address, status, content_type, cache):
    response = client.get(address if address.startswith("/") else hashed(client, address))
    headers = dict(response.headers)
    assert response.status_code == status
    assert len(response.headers) == len(headers)  # none twice
    length, etag, vary, ranges = (
        headers.pop(name, None) for name in ("Content-Length", "ETag", "Vary", "Accept-Ranges")
    )
    headers.pop("Date", None)
    expected = ON_HASHED_FILES if cache == IMMUTABLE else EVERYWHERE
    assert headers == expected | {"Content-Type": content_type, "Cache-Control": cache}
    assert int(length) == len(response.data)
    if status == 200:
        assert etag == f'"{hashlib.sha256(response.data).hexdigest()[:32]}"' and ranges == "bytes"
    assert vary == (None if address.endswith((".cose", ".png", "SUMS")) and status == 200 else "Accept-Encoding")


def test_demonstration_leaves_only_the_transport_rule_out(build, public):
    response = create_app(build().directory, public, demonstration=True).test_client().get("/")
    names = dict(response.headers)
    assert "Strict-Transport-Security" not in names
    assert {name: names[name] for name in EVERYWHERE if name in names} == {
        name: value for name, value in EVERYWHERE.items() if name != "Strict-Transport-Security"
    }


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0.5, br;q=0.1", "br"),
        ("*", "br"),
        ("identity", None),
        ("br;q=0, gzip;q=0", None),
        ("", None),
        ("zstd", None),
        ("br;q=nonsense,,;;", None),
    ],
)
def test_negotiated_compression(client, accepted, encoding):
    plain = client.get("/sw.js").data
    response = client.get("/sw.js", headers={"Accept-Encoding": accepted})
    assert response.headers.get("Content-Encoding") == encoding
    decoded = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding](response.data)
    assert decoded == plain
    assert response.headers["Vary"] == "Accept-Encoding"


def test_conditional_request(client):
    for accepted in ("", "br"):
        headers = {"Accept-Encoding": accepted}
        etag = client.get("/", headers=headers).headers["ETag"]
        answer = client.get("/", headers=headers | {"If-None-Match": etag})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["Content-Security-Policy"] == EVERYWHERE["Content-Security-Policy"]
        assert client.get("/", headers=headers | {"If-None-Match": '"other"'}).status_code == 200
    tags = {client.get("/", headers={"Accept-Encoding": accepted}).headers["ETag"] for accepted in ("", "br", "gzip")}
    assert len(tags) == 3  # a representation, not a file, has a tag (RFC 9110 §8.8.3)


def test_ranges(client):
    address = hashed(client, ".wasm")
    whole = client.get(address).data
    part = client.get(address, headers={"Range": "bytes=10-19", "Accept-Encoding": "br"})
    assert (part.status_code, part.data) == (206, whole[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}" and "Content-Encoding" not in part.headers
    assert client.get(address, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416
    assert client.get(address, headers={"Range": "nonsense"}).status_code == 416


def test_head_has_the_headers_and_no_body(client):
    get, head = client.get("/sw.js"), client.head("/sw.js")
    assert (head.status_code, head.data) == (200, b"")
    assert {**head.headers, "Date": None} == {**get.headers, "Date": None}  # a second may pass between the two


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_are_refused_in_words(client, method):
    response = getattr(client, method)("/")
    if method == "options":
        assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    else:
        assert response.status_code == 405 and "Demande" in response.text and "request" in response.text
        assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert {name: response.headers[name] for name in EVERYWHERE} == EVERYWHERE


@pytest.mark.parametrize(
    "address",
    [
        "/.site.json", "/_headers", "/sw.js.br", "/sw.js.gz", "/../src/index.html", "/v/../../src/js/main.js", "/%2e%2e/src/index.html",
        "/v/", "/v", "/%00", "/status-0.cose", "/status-1000.cose", "/status-01.cose", "/x/trust.cose", "/trust.cose/", "//etc/passwd",
        "/index.html%0d%0aX: y", "/" + "a" * 5000, "/é", "/con", "/C:/x",
    ],
)  # fmt: skip
def test_nothing_else_is_served(client, address):
    response = client.get(address)
    assert response.status_code in (404, 308)
    assert "Introuvable" in response.text or response.status_code == 308
    if response.status_code == 308:
        assert client.get(response.headers["Location"]).status_code == 404
    assert {name: response.headers[name] for name in EVERYWHERE} == EVERYWHERE


def test_the_published_head_of_the_trail_is_served(client, public):
    """Whoever keeps heads elsewhere fetches it from the public address."""
    assert client.get("/audit-head.json").status_code == 404
    (public / "audit-head.json").write_text('{"seq": 3}')
    answer = client.get("/audit-head.json")
    assert (answer.status_code, answer.json, answer.headers["Cache-Control"]) == (200, {"seq": 3}, NO_CACHE)


def test_publication_shows_at_once(client, public):
    (public / "trust.cose").write_bytes(b"\xd8\x62 second")
    assert client.get("/trust.cose").data == b"\xd8\x62 second"


def test_without_public_folder_the_lists_are_those_of_the_site(build):
    assert create_app(build().directory).test_client().get("/trust.cose").data == b"\xd8\x62 first trust list"


def test_shared_file_is_not_read_when_the_worker_is_gone(client):
    response = client.post(
        "/share", data={"file": (__import__("io").BytesIO(b"%PDF"), "a.pdf")}, content_type="multipart/form-data"
    )
    assert (response.status_code, response.headers["Location"]) == (303, "/?shared")
    assert {name: response.headers[name] for name in EVERYWHERE} == EVERYWHERE


def test_no_cookie_no_log(client, caplog):
    caplog.set_level(logging.DEBUG)
    for address in ("/", "/absent", "/trust.cose", "/?" + "q" * 50):
        response = client.get(
            address, headers={"Cookie": "session=abc", "User-Agent": "a person", "X-Forwarded-For": "192.0.2.7"}
        )
        assert "Set-Cookie" not in response.headers
    assert caplog.records == []


def test_the_transparency_log_is_served_and_nothing_beside_it(client, public):
    tile = public / "log/tile/0/000.p"
    tile.mkdir(parents=True)
    (tile / "5").write_bytes(bytes(160))
    (public / "log/checkpoint").write_text("a\n1\nb\n")
    (public / "log/secret").write_text("no")
    answer = client.get("/log/tile/0/000.p/5")
    assert (answer.status_code, answer.content_type, len(answer.data)) == (200, "application/octet-stream", 160)
    assert client.get("/log/checkpoint").content_type.startswith("text/plain")
    assert {
        client.get(f"/log/{name}").status_code
        for name in ("secret", "tile/0/../../secret", "tile/9/000", "tile/0/000.p/0", "tile/0/")
    } == {404}


@pytest.mark.parametrize(
    "path", ["seals.cose", "genuine/0123456789abcdef-01234567.cbor", "genuine/0123456789abcdef-01234567.cbor.12"]
)
def test_what_a_phone_fetches_after_its_lists_is_served(client, public, path):
    assert client.get(f"/{path}").status_code == 404
    (public / path).parent.mkdir(exist_ok=True)
    (public / path).write_bytes(b"\xa0")
    answer = client.get(f"/{path}")
    assert (answer.status_code, answer.data, answer.headers["Cache-Control"]) == (200, b"\xa0", "no-cache")
    (public / path).unlink()


def test_nothing_beside_the_lists_of_the_genuine_is_served(client, public):
    (public / "genuine").mkdir(exist_ok=True)
    for name in ("notes.txt", "0123456789abcdef.cbor", "0123456789abcdef-01234567.cbor.bak"):
        (public / "genuine" / name).write_bytes(b"x")
        assert client.get(f"/genuine/{name}").status_code == 404
