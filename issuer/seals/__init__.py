"""2D-DOC, the State's visible electronic seal: read, judged by a signed list of certificates. Pure; no 2D-DOC is made
here.
"""
