"""Who may sign, and the proof of it: Ed25519, COSE, sealed private keys, the trust list.

Public material and code only. Private keys live sealed in ``WIF_HOME/keys``, never here.
"""
