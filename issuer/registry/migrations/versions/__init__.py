"""One migration a file, named ``NNNN_what``; each names the one before as ``down_revision``."""
