"""Keeping what a process knows out of core dumps and away from debuggers: every ``wif`` process may hold an opened
key.
"""

import ctypes
import resource
import sys

PR_SET_DUMPABLE = 4
"""prctl(2)."""


def keep_memory_private() -> None:
    """No core dump of this process or of any it starts; on Linux only root may attach to it or read its memory.

    Both hold for forked workers too. Where the system refuses, the process goes on: nothing depends on it.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
