"""Three browser engines, driven by what they bring: enough to open pages and to ask them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from queue import Queue
from typing import Any, Protocol

from tests.support.processes import poll

ROOT = Path(__file__).resolve().parents[2]
PUPPETEER = ROOT / "verifier_pwa/node_modules/puppeteer-core/package.json"


class Engine(Protocol):
    """A browser with one page at a time; a profile of its own lasts as long as it does."""

    def open(self, address: str) -> None:
        """Opens an address, as a link from outside does."""

    def ask(self, script: str) -> Any:
        """The value of an expression in the page, awaited; JSON. None while the page is between two documents."""

    def close(self) -> None:
        """Ends the browser and all that was started for it."""


class Screen:
    """A display without a screen, for browsers that want one."""

    def __init__(self) -> None:
        told, tell = os.pipe()
        command = ["Xvfb", "-displayfd", str(tell), "-screen", "0", "800x1200x24", "-nolisten", "tcp"]
        self._process = subprocess.Popen(command, pass_fds=[tell], stderr=subprocess.DEVNULL)
        os.close(tell)
        with os.fdopen(told) as answer:
            self.name = f":{answer.readline().strip()}"

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


class WebKit:
    """WebKitGTK's MiniBrowser by WebKitWebDriver (W3C WebDriver)."""

    def __init__(self, folder: Path, browser: str, port: int):
        self._screen = Screen()
        homes = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
        surroundings = {**os.environ, **homes, "DISPLAY": self._screen.name, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
        self._driver = subprocess.Popen(
            ["WebKitWebDriver", f"--port={port}"], env=surroundings, stderr=subprocess.DEVNULL
        )
        self._address = f"http://127.0.0.1:{port}"
        poll(lambda: self._answers(), what="WebKitWebDriver")
        options = {"binary": browser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options, "pageLoadStrategy": "normal"}}
        self._session = self._call("POST", "/session", {"capabilities": wanted})["sessionId"]
        self._call("POST", f"/session/{self._session}/timeouts", {"script": 60_000, "pageLoad": 60_000})

    def _answers(self) -> bool:
        try:
            self._call("GET", "/status")
        except OSError:
            return False
        return True

    def _call(self, method: str, path: str, body: dict | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self._address}{path}", data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def open(self, address: str) -> None:
        for place in ("about:blank", address):
            self._call("POST", f"/session/{self._session}/url", {"url": place})

    def ask(self, script: str) -> Any:
        body = f"const done = arguments[0]; Promise.resolve().then(async () => ({script})).then((value) => done({{ value }}), (error) => done({{ error: String(error) }}))"
        try:
            found = self._call("POST", f"/session/{self._session}/execute/async", {"script": body, "args": []})
        except RuntimeError:
            return None
        if "error" in found:
            raise RuntimeError(found["error"])
        return found.get("value")

    def close(self) -> None:
        with suppress(OSError, RuntimeError):
            self._call("DELETE", f"/session/{self._session}")
        self._driver.terminate()
        self._driver.wait()
        self._screen.close()


class Puppet:
    """Firefox by WebDriver BiDi (there is no geckodriver in Debian) or Chromium, which puppeteer-core speaks to."""

    def __init__(self, kind: str, folder: Path, browser: str, preferences: dict[str, Any] | None = None):
        given = json.dumps({"kind": kind, "browser": browser, "folder": str(folder), "preferences": preferences or {}})
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).with_name("puppet.mjs")), given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._answer()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)

    def _answer(self) -> Any:
        found = json.loads(self._lines.get(timeout=90))
        if "error" in found:
            raise RuntimeError(found["error"])
        return found.get("value")

    def _say(self, **question: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def open(self, address: str) -> None:
        self._say(open=address)

    def ask(self, script: str) -> Any:
        return self._say(ask=script)

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def webkit_browser() -> str | None:
    """WebKitGTK's own small browser, where Debian puts it."""
    if not shutil.which("WebKitWebDriver") or not shutil.which("Xvfb"):
        return None
    return next(
        (str(path) for path in sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), reverse=True)), None
    )


def puppet_browser(*names: str) -> str | None:
    """The first of these programs, where it and what drives it are installed."""
    found = next(filter(None, map(shutil.which, names)), None)
    return found if found and PUPPETEER.is_file() else None
