"""What ./wif says, in one line, when it cannot set the checkout up."""

import ast
import sys

import pytest

from tests.bootstrap.checkout import NO_NETWORK, ROOT, Checkout

OLD_PYTHON = "import sys\nsys.version_info = (3, 6, 15, 'final', 0)\n"


@pytest.fixture
def bare(tmp_path):
    return Checkout(tmp_path, whole=False)


def test_an_old_python_is_told_which_one_is_needed(bare):
    bare.pretend(OLD_PYTHON)
    code, out, err = bare.wif("demo")
    assert (code, out) == (2, "")
    assert err.startswith("wif: Python 3.11 or newer is needed, and this is Python 3.6:") and err.count("\n") == 1
    assert not (bare.root / ".venv").exists()


def test_an_old_python_goes_on_with_a_newer_one_of_path(bare):
    bare.pretend(OLD_PYTHON)
    bare.add_program("python3.14", "exit 127")
    bare.add_program("python3.12", '[ "$1" = -c ] && exit 0; echo "newer: $2 $3"')
    code, out, _ = bare.wif("demo", "--lan")
    assert (code, out) == (0, "newer: demo --lan\n")


def test_the_bootstrap_parses_on_python_36_and_imports_the_standard_library_alone():
    for name, version in (("wif", (3, 6)), ("requirements/install.py", (3, 11))):
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=version)
        named = {
            alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        named |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert named - {"install"} <= sys.stdlib_module_names


def test_a_python_without_venv_and_pip_is_told_what_to_install(bare):
    bare.pretend("import sys\nfor name in ('ensurepip', 'pip', 'virtualenv'):\n    sys.modules[name] = None\n")
    code, _, err = bare.wif("demo")
    assert code == 2
    assert err.splitlines()[-1] == ("wif: This Python cannot make an environment: install its venv package "
                                    "(Debian, Ubuntu: apt install python3-venv), then run ./wif again.")  # fmt: skip
    assert not (bare.root / ".venv").exists()


def test_an_environment_of_somebody_else_is_left_alone(bare):
    kept = bare.root / ".venv" / "bin" / "kept"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    code, _, err = bare.wif("demo")
    assert code == 2
    assert err.splitlines()[-1] == "wif: The folder .venv was not made by ./wif: move it away, then run ./wif again."
    assert kept.read_text() == "mine"


def test_without_a_network_the_first_start_says_so_and_leaves_nothing_half_made(bare):
    code, _, err = bare.wif("demo", **NO_NETWORK)
    assert code == 2
    assert err.splitlines()[-1] in {
        "wif: The package index cannot be reached: connect, or set HTTPS_PROXY, then run ./wif again.",
        "wif: The proxy refuses: check the address, user and password in HTTPS_PROXY, then run ./wif again.",
    }
    assert "Traceback" not in err
    assert not (bare.root / ".venv").exists()


def test_a_checkout_that_cannot_be_written_is_named(bare):
    (bare.root / ".wif.lock").mkdir()
    code, _, err = bare.wif("demo")
    assert code == 2 and err.count("\n") == 1
    assert err.startswith("wif: Is a directory: ") and ".wif.lock" in err


def test_a_checkout_with_a_file_missing_is_told_which(bare):
    (bare.root / "requirements" / "runtime.txt").unlink()
    code, _, err = bare.wif("demo")
    assert code == 2 and err.count("\n") == 1
    assert err.startswith("wif: No such file or directory: ") and "runtime.txt" in err


def test_windows_is_sent_to_wsl(bare):
    bare.pretend("import sys\nsys.platform = 'win32'\n")
    code, _, err = bare.wif("demo")
    assert code == 2 and err == "wif: Windows: run ./wif inside WSL (wsl --install, then in its terminal).\n"
