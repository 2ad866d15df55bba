"""Python runs this when a command of the tests starts: it opens sealed keys in a hundredth of the usual time.

Sealing and opening a key costs a second of processor time on purpose; hundreds of commands open some.
``tests/keys/test_keystore.py`` tests sealing at its usual cost. The file that ``WIF_TESTS_CLOCK`` names holds the seconds by
which the clock of the process is wrong, while it runs.
"""

import os
import time

import nacl.pwhash.argon2id as argon2id

argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE = argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_MIN

if _place := os.environ.get("WIF_TESTS_CLOCK"):
    _right = time.time

    def _wrong() -> float:
        with open(_place) as _file:
            return _right() + float(_file.read() or 0)

    time.time = _wrong
