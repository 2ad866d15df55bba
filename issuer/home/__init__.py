"""A home: the folder that holds configuration, sealed keys, database, documents and published files.

Here the rooms are put together for the command line and the web application.
"""

from issuer.home.founding import found
from issuer.home.home import Home

__all__ = ["Home", "found"]
