"""The accounts of a demonstration home: one of each role, all with the same known password."""

from issuer.accounts.directory import Account, Directory

PASSWORD = "quatre mots sans rapport"  # noqa: S105 - shown to everybody
"""Shown on the sign-in page of a demonstration home, and good for nothing else."""

_SERVICE = "Service de la main-d'œuvre étrangère de Paris"
_SAMPLES = (
    ("claire.agent", "agent", ("75", "92"), "Claire", "Exemple", "Instructrice", _SERVICE),
    ("hugo.agent", "agent", ("69",), "Hugo", "Modèle", "Instructeur", "Service de la main-d'œuvre étrangère du Rhône"),
    ("nadia.superviseure", "supervisor", ("75", "92"), "Nadia", "Spécimen", "Cheffe du service", _SERVICE),
    ("paul.auditeur", "auditor", (), "Paul", "Témoin", "Auditeur interne", "Mission d'audit"),
    ("alix.admin", "administrator", (), "Alix", "Essai", "Administratrice", "Bureau des systèmes d'information"),
)


def make_sample_accounts(directory: Directory, author: str) -> list[Account]:
    """Make the sample accounts that are not there yet; all of them, in order. For demonstration homes only."""
    for identifier, role, departments, given_names, family_name, title, service in _SAMPLES:
        if directory.by_identifier(identifier) is None:
            directory.add(identifier, role, departments, family_name, title, service, author, given_names, PASSWORD)
    return sample_accounts(directory)


def sample_accounts(directory: Directory) -> list[Account]:
    """The sample accounts that exist and may sign in."""
    wanted = {sample[0] for sample in _SAMPLES}
    return [account for account in directory.all() if account.identifier in wanted and account.disabled_at is None]
