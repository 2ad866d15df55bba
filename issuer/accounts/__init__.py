"""People who sign in: accounts, roles, passwords, second factor, sessions, throttles and API tokens. Knows nothing of
Flask.
"""

from issuer.accounts.credentials import Credentials
from issuer.accounts.directory import Account, Directory
from issuer.accounts.errors import AccountRefused
from issuer.accounts.roles import PERMISSIONS, ROLES
from issuer.accounts.sealing import Sealer

__all__ = ["PERMISSIONS", "ROLES", "Account", "AccountRefused", "Credentials", "Directory", "Sealer"]
