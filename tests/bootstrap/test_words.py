"""The reasons that are read off the output of pip and npm, and the environment that they are given."""

import importlib.util
import subprocess

import pytest

from tests.bootstrap.checkout import ROOT

_spec = importlib.util.spec_from_file_location("install", ROOT / "requirements" / "install.py")
install = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(install)


@pytest.mark.parametrize(("output", "told"), [
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "The disk is full"),
    ("npm error code ENOSPC\nnpm error errno -28", "The disk is full"),
    ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the one that is pinned"),
    ("npm error code EINTEGRITY", "not the one that is pinned"),
    ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed "
     "certificate in certificate chain')): Max retries exceeded", "set SSL_CERT_FILE"),
    ("ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 407 Proxy Authentication Required'))",
     "HTTPS_PROXY"),
    ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution\n"
     "ERROR: No matching distribution found for alembic==1.20.1", "The package index cannot be reached"),
    ("npm error code EAI_AGAIN", "The package index cannot be reached"),
    ("ERROR: No matching distribution found for zxing-cpp==3.1.1", "No ready-made file of zxing-cpp==3.1.1"),
])  # fmt: skip
def test_a_known_failure_is_told_in_one_line_with_its_remedy(output, told):
    line = install.told_reason(output, "The package index")
    assert told in line and "\n" not in line


def test_an_unknown_failure_has_no_ready_words():
    assert install.told_reason("Segmentation fault", "The package index") is None


def test_proxies_go_on_to_pip_and_npm_and_a_bundle_of_certificates_is_named_for_both():
    env = install.child_environment({"https_proxy": "http://proxy.example:3128", "SSL_CERT_FILE": "/ca.pem", "PYTHONPATH": "/x",
                                     "PIP_TARGET": "/y", "PIP_INDEX_URL": "https://mirror.example/simple"})  # fmt: skip
    assert env["https_proxy"] == "http://proxy.example:3128" and env["PIP_INDEX_URL"] == "https://mirror.example/simple"
    assert env["PIP_CERT"] == env["NODE_EXTRA_CA_CERTS"] == env["SSL_CERT_FILE"] == "/ca.pem"
    assert not {"PYTHONPATH", "PIP_TARGET"} & set(env)


def test_certificates_named_for_one_program_stay_its_own():
    env = install.child_environment({"PIP_CERT": "/pip.pem", "NODE_EXTRA_CA_CERTS": "/node.pem"})
    assert (env["PIP_CERT"], env["NODE_EXTRA_CA_CERTS"]) == ("/pip.pem", "/node.pem")


@pytest.mark.parametrize("path", ["requirements/install.py", "requirements/wheel.py"])
def test_npm_runs_no_script_of_a_package_whatever_the_environment_says(path, monkeypatch, tmp_path):
    """``npm_config_ignore_scripts=false`` in the environment outranks .npmrc; the command line outranks both."""
    calls = []
    if path.endswith("install.py"):
        setup = install.Installation.__new__(install.Installation)
        setup.pwa, setup.version, setup.write_json = tmp_path, lambda _name: 99, lambda *_: None
        setup.run = lambda command, **_: calls.append(command)
        setup.install_libraries("stamp", False)
    else:
        spec = importlib.util.spec_from_file_location("wheel_steps", ROOT / path)
        wheel = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(wheel)
        monkeypatch.setattr(wheel.shutil, "which", lambda _name: "npm")
        done = subprocess.CompletedProcess([], 0, "", "")
        monkeypatch.setattr(wheel.subprocess, "run", lambda command, **_: calls.append(command) or done)
        wheel.install(tmp_path)
    ((*command,),) = calls
    assert command[1:2] == ["ci"] and "--ignore-scripts" in command and "--ignore-scripts=false" not in command
