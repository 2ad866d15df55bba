"""For applicants, without an account: which pieces to gather, where a request stands, notices by e-mail, public
statistics.
"""
