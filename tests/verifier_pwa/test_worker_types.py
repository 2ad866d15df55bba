"""The service workers are checked by the TypeScript compiler like the page's modules, against a worker's own types."""

import shutil
import subprocess

import pytest

from verifier_pwa.composition import HERE, NODE_MODULES

NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="Node is not installed: the TypeScript compiler cannot judge.")
def test_workers_pass_the_strict_compiler():
    command = [str(NODE), str(NODE_MODULES / "typescript/bin/tsc"), "--project", str(HERE / "tsconfig.worker.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "")
