"""The lines for nginx in docs/verifier.md, run: no log holds the attestation of a link whose ``#`` became ``%23``."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.support.agency import free_port
from tests.support.processes import poll

PAGE = Path(__file__).parents[2] / "docs" / "verifier.md"
SECRET = "12345678901234567890"
PATHS = ("%23", "%2523", "%252523", "x/%23", "/%23", "?%23", "index.html%23")


def test_a_link_that_lost_its_fragment_stands_in_no_log(tmp_path):
    if not (nginx := shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")):
        pytest.skip("nginx is not on this machine")
    http, server = re.search(
        r"^    (map \$request_uri.*)\n\n((?:    .*\n)+)", PAGE.read_text("utf-8"), re.MULTILINE
    ).groups()
    web, port = tmp_path / "web", free_port()
    web.mkdir()
    for name in ("index.html", "404.html"):
        (web / name).write_text(name)
    kept = ";".join(
        f"{kind}_temp_path {tmp_path}/{kind}" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; {'user root; ' if os.getuid() == 0 else ''}pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{ {kept}; {http}"
        f" server {{ listen 127.0.0.1:{port}; root {web};"
        f" {server.replace('/var/log/nginx/access.log', str(tmp_path / 'access.log'))} }} }}"
    )
    process = subprocess.Popen([nginx, "-c", tmp_path / "nginx.conf"], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None
        try:
            return httpx.get(f"{address}/nothing").status_code > 0
        except httpx.TransportError:
            return False

    try:
        poll(answers, 30, "the web server's answer")
        for path in PATHS:
            told = httpx.get(f"{address}/{path}{SECRET}")
            assert told.status_code in ((200, 403) if path.startswith("?") else (404,)), path
    finally:
        process.terminate()
        process.wait(timeout=30)
    logs = [file.read_text() for file in (tmp_path / "access.log", tmp_path / "error.log")]
    assert "/nothing" in logs[0] and not any(SECRET in log for log in logs)
