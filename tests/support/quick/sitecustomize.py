"""Python runs this when a command of the tests starts: it opens sealed keys in a hundredth of the usual time.

Sealing and opening a key costs a second of processor time on purpose; hundreds of commands open some.
``tests/keys/test_keystore.py`` tests sealing at its usual cost.
"""

import nacl.pwhash.argon2id as argon2id

argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE = argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_MIN
