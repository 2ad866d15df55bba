"""How the house is built: imports run one way, the clock stays at the edges, importing does nothing, secrets stay
silent.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from verifier_pwa.imports import find_specifiers

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for room in ("keys", "issuer", "verifier_pwa")
    for path in (ROOT / room).rglob("*.py")
    if "node_modules" not in path.parts
)
ATTESTATION = {"keys", "issuer.attestation"}
WORDS = {"issuer.config", "issuer.errors", "issuer.messages"}
REGISTRY = ATTESTATION | WORDS | {"issuer.registry"}
DESK = REGISTRY | {"issuer.desk", "issuer.documents", "issuer.written"}
MAY_IMPORT = {
    "keys": {"keys"},
    "issuer.attestation": ATTESTATION,
    "issuer.messages": ATTESTATION | WORDS,
    "issuer.errors": {"keys", "issuer.errors"},
    "issuer.background": {"keys"},
    "issuer.config": {"keys"} | WORDS,
    "issuer.registry": REGISTRY,
    "issuer.documents": ATTESTATION | WORDS | {"issuer.documents"},
    "issuer.desk": DESK,
    "issuer.written": REGISTRY | {"issuer.documents", "issuer.written"},
    "issuer.intake": ATTESTATION | WORDS | {"issuer.intake", "issuer.written"},
    "issuer.seals": {"keys", "issuer.seals"},
    "issuer.reading": ATTESTATION | WORDS | {"issuer.reading"},
    "issuer.accounts": REGISTRY | {"issuer.accounts"},
    "issuer.home": DESK | {"issuer.home", "issuer.accounts", "issuer.seals"},
    "issuer.countersigning": ATTESTATION | WORDS | {"issuer.home"},
    "issuer.demarches": DESK | {"issuer.demarches", "issuer.accounts", "issuer.background"},
    "issuer.applicants": DESK | {"issuer.applicants"},
    "verifier_pwa": {"keys", "verifier_pwa"},
}
"""What each room may import of the project. Rooms that are not named here are edges, which may import any."""
EDGES = {"issuer.web", "issuer.commands", "issuer.demo"}
PURE = ("keys/", "issuer/attestation/", "issuer/seals/", "issuer/written/")
CLOCKS = re.compile(
    r"datetime\.(?:now|today|utcnow)|date\.today|time\.(?:time|monotonic|time_ns)\(|Date\.now|new"
    r" Date\(\)|performance\.now"
)


def room(module: str) -> str:
    """The room of a dotted module: ``keys``, ``issuer.desk`` and so on."""
    parts = module.removesuffix(".__init__").split(".")
    return ".".join(parts[:2]) if parts[0] == "issuer" and len(parts) > 1 else parts[0]


def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(path.relative_to(ROOT).parts[: -node.level]) if node.level else ""
            module = ".".join(part for part in (package, node.module) if part)
            found |= {f"issuer.{alias.name}" for alias in node.names} if module == "issuer" else {module}
    return found


def of_the_project(path: Path) -> set[str]:
    return {
        room(module)
        for module in imports(path)
        if module.split(".")[0] in ("keys", "issuer", "verifier_pwa", "tests", "bench")
    }


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_imports_run_one_way(path):
    own = room(".".join(path.relative_to(ROOT).with_suffix("").parts))
    allowed = MAY_IMPORT.get(own)
    seen = of_the_project(path)
    assert not seen & {"tests", "bench"}, "the product does not import its tests"
    if allowed is not None:
        assert seen <= allowed
    elif own != "issuer":
        assert own in EDGES or not seen & EDGES, "a new room stands below the edges"


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Sets of modules that each reach each other by imports (strongly connected, more than one module)."""
    reach: dict[str, set[str]] = {}
    for start, first in graph.items():
        seen, waiting = set(), list(first)
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting.extend(graph.get(one, ()))
        reach[start] = seen
    found = {
        frozenset(other for other in reach[one] if one in reach.get(other, ())) for one in graph if one in reach[one]
    }
    return [set(circle) for circle in found]


def test_circles_are_found_and_chains_are_not():
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [{"b", "c"}]


def test_no_modules_import_each_other_in_a_circle():
    """Imports for type checkers only, and those in a function, count too: a reader has to follow them all the same. A
    package's ``__init__`` counts for the names that are taken from it.
    """
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in SOURCES}
    known = set(names.values())
    graph = {}
    for path, name in names.items():
        wanted = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                wanted |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    wanted.add(whole if whole in known else node.module)
        graph[name] = (wanted & known) - {name}
    assert circles(graph) == []


def test_no_modules_of_the_browser_import_each_other_in_a_circle():
    """Those that are loaded at a tap (`import()`) count too; types in comments do not."""
    folder = ROOT / "verifier_pwa/src/js"
    graph = {
        path.name: {found.text.removeprefix("./") for found in find_specifiers(path.read_text("utf-8"))}
        for path in folder.glob("*.js")
    }
    assert {"round-view.js", "scan-view.js"} <= graph["round-entry.js"] | graph["app.js"]
    assert circles(graph) == []


def test_the_rules_cover_the_rooms_of_the_core():
    rooms = {room(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in SOURCES}
    assert {
        "keys",
        "issuer.attestation",
        "issuer.registry",
        "issuer.desk",
        "issuer.documents",
        "verifier_pwa",
    } <= rooms & MAY_IMPORT.keys()


@pytest.mark.parametrize("path", [path for path in SOURCES if relative(path).startswith(PURE)], ids=relative)
def test_pure_modules_read_no_clock(path):
    assert not CLOCKS.search(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if relative(path).startswith("issuer/attestation/")], ids=relative
)
def test_the_attestation_touches_no_file_network_or_chance(path):
    """Randomness is an argument; the time zones of zoneinfo are data."""
    outside = {module.split(".")[0] for module in imports(path)}
    assert not outside & {
        "os",
        "io",
        "pathlib",
        "socket",
        "random",
        "secrets",
        "time",
        "sqlite3",
        "sqlalchemy",
        "httpx",
        "urllib",
        "flask",
        "subprocess",
        "logging",
    }
    assert "open(" not in path.read_text("utf-8")


def test_only_one_module_imports_the_signing_of_nacl():
    signing = [relative(path) for path in SOURCES if imports(path) & {"nacl.bindings", "nacl.signing"}]
    assert signing == ["keys/ed25519.py"]


PURE_JS = (
    "bytes",
    "cbor",
    "claims",
    "trust-content",
    "compare",
    "cose",
    "ed25519",
    "errors",
    "genuine",
    "genuine-read",
    "holidays",
    "hire-files",
    "icalendar",
    "inflate",
    "permit",
    "places",
    "receipt-bundle",
    "receipt-chain",
    "receipt-read",
    "report-read",
    "request",
    "round-model",
    "seal-fields",
    "seal-judge",
    "seal-list",
    "seal-parts",
    "seal-text",
    "sha2",
    "status",
    "tables",
    "text",
    "token",
    "trust",
    "watch",
    "verdicts",
    "verify",
    "working-days",
)


@pytest.mark.parametrize("name", PURE_JS)
def test_the_browsers_core_reads_no_clock_and_touches_no_page(name):
    source = (ROOT / f"verifier_pwa/src/js/{name}.js").read_text("utf-8")
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.DOTALL)
    assert not CLOCKS.search(code)
    assert not re.search(
        r"\b(?:(?:window|document|navigator|localStorage|indexedDB|globalThis)\.|fetch\(|Math\.random)", code
    )
    wanted = set(re.findall(r"from\s+'([^']+)'", code))
    assert wanted <= {f"./{other}.js" for other in PURE_JS} | {"@noble/ed25519"}


def test_importing_the_core_does_nothing():
    """No output, no file, no thread, no network: a fresh interpreter that may not open anything but modules."""
    program = (
        "import sys, threading\n"
        "def watch(event, arguments):\n"
        "    if event.startswith('socket.') or event in ('subprocess.Popen', 'os.mkdir', 'os.remove', 'os.rename'):\n"
        "        raise SystemExit(f'{event} {arguments}')\n"
        "    if event == 'open' and isinstance(arguments[1], str) and set(arguments[1]) & set('wax+'):\n"
        "        raise SystemExit(f'{event} {arguments}')\n"
        "sys.addaudithook(watch)\n"
        "import keys.trust, keys.keystore, issuer.attestation, issuer.attestation.record, issuer.attestation.qr\n"
        "assert threading.active_count() == 1\n"
    )
    done = subprocess.run([sys.executable, "-B", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_verifying_a_text_loads_no_library_of_databases_or_drawing():
    """`wif verify` answers at once: what it does not need is not imported."""
    program = (
        "import sys, issuer.commands, issuer.commands.verify, issuer.home,"
        " issuer.attestation\nprint(sorted({'sqlalchemy', 'alembic', 'segno', 'typst', 'flask', 'pydantic', 'PIL',"
        " 'rich'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-B", "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


LONG = 400
"""Lines above which a module says in its docstring why it is one, in a sentence that begins with "One module"."""


def unexplained(source: str) -> bool:
    """Whether a module is long and gives no reason for it."""
    return len(source.splitlines()) > LONG and "One module" not in (ast.get_docstring(ast.parse(source)) or "")


def test_a_long_module_gives_its_reason():
    assert [relative(path) for path in SOURCES if unexplained(path.read_text("utf-8"))] == []
    assert unexplained('"""What it does."""\n' + "x = 1\n" * LONG)
    assert not unexplained('"""What it does. One module, as its halves would need each other."""\n' + "x = 1\n" * LONG)
