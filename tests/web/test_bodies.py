"""Bodies that are large, of unknown length, or from nobody: what is read before signing in, and of a call."""

import socket

import pytest

from issuer.web.api.reading import LARGEST_BODY
from issuer.web.publicside import PREFIX

MIB = 1 << 20


def posted(agency, path: str, body_size: int, chunked: bool, cookie: str = "", kind: str = "", bearer: str = "") -> int:
    """The status of the answer to a body of so many bytes, sent until the server has had enough."""
    boundary = "b" * 30
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        f"Content-Type: {kind or f'multipart/form-data; boundary={boundary}'}",
        "Connection: close",
        "Transfer-Encoding: chunked" if chunked else f"Content-Length: {body_size}",
        *([f"Cookie: wif={cookie}"] if cookie else []),
        *([f"Authorization: Bearer {bearer}"] if bearer else []),
    ]
    with socket.create_connection(("127.0.0.1", agency.port), timeout=60) as link:
        link.sendall("\r\n".join([*lines, "", ""]).encode())
        sent, answer = 0, b""
        try:
            while sent < body_size:
                block = (head if sent == 0 and not kind else b"")[:body_size]
                block += b"a" * min(65_536 - len(block), body_size - sent - len(block))
                link.sendall(b"%x\r\n%b\r\n" % (len(block), block) if chunked else block)
                sent += len(block)
            if chunked:
                link.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            while block := link.recv(65_536):
                answer += block
        except ConnectionResetError:
            pass
    return int(answer.split(b" ", 2)[1]) if answer else 413


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
@pytest.mark.parametrize("path", ["/sign-in", f"{PREFIX}/demande", f"{PREFIX}/courriels/x", "/sign-in/openid/back"])
def test_no_large_body_is_read_of_nobody(agency, path, chunked):
    assert posted(agency, path, 6 * MIB, chunked) in (404, 405, 413)


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
@pytest.mark.parametrize("path", ["/imports", "/attestations/new"])
def test_whoever_is_not_signed_in_uploads_nothing(agency, path, chunked):
    """They are told to sign in; the file is not taken apart first."""
    assert posted(agency, path, 6 * MIB, chunked) in (401, 413)
    assert agency.client("agent").get("/imports").status_code == 200


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_file_is_taken_of_who_may_import_alone(agency, chunked):
    assert posted(agency, "/imports", 6 * MIB, chunked, agency.cookie("auditor")) == 403
    assert posted(agency, "/account/password", 6 * MIB, chunked, agency.cookie("agent")) == 413


def test_a_chunked_call_is_held_to_the_limit_of_a_call(agency):
    token = agency.token("agent", "issue")
    for size, status in ((LARGEST_BODY + 1, 413), (5 * MIB, 413), (LARGEST_BODY - 1, 400)):
        for chunked in (True, False):
            assert posted(agency, "/api/v1/attestations", size, chunked, "", "application/json", token) == status
