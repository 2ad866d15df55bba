"""Which field of a démarche gives which claim: a TOML file for each démarche, ``demarche-NUMBER.toml`` in the home.

    [fields]                                  # claim = champDescriptorId, or several: the first with an answer counts
    family_name = ["demandeur.nom"]           # what the API gives beside the fields has a name with a dot
    birth_date = ["Q2hhbXAtMTAw"]
    hours = ["Q2hhbXAtMTA3"]                  # free text, read leniently
    department = ["groupeInstructeur"]
    [constants]
    kind = "APT"
    [departments]                             # number or label of a groupe d'instructeurs = département
    "12" = "75"
    [values.contract]                         # an answer = the word it means
    "Contrat étudiant" = "CDD"

Labels are never looked at: they are edited, and the first service broke when they were.
"""

from dataclasses import dataclass, field
from pathlib import Path

from issuer.attestation.places import DEPARTMENTS
from issuer.attestation.record_fields import FIELDS
from issuer.config import read_toml
from issuer.errors import ConfigError
from issuer.registry.names import fold

TARGETS = (*(name for name in FIELDS if not name.startswith("signatory.") and name != "reference"), "hours", "email")
"""What a field may be mapped to: the fields of a record, ``hours`` as free text, and ``email``."""
REQUIRED = (
    "kind",
    "family_name",
    "birth_date",
    "nationality",
    "employer.name",
    "job",
    "contract",
    "department",
    "valid_from",
    "valid_until",
)
NAMED = (
    "demandeur.nom",
    "demandeur.prenom",
    "demandeur.dateDeNaissance",
    "demandeur.email",
    "demandeur.siret",
    "demandeur.raisonSociale",
    "usager.email",
    "groupeInstructeur",
)
"""What the API gives beside the fields of the form."""


@dataclass(frozen=True)
class Mapping:
    """A mapping file, read. ``values`` holds folded answers."""

    sources: dict[str, tuple[str, ...]]
    constants: dict[str, str] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def missing(self) -> tuple[str, ...]:
        """The required claims that have no source."""
        return tuple(name for name in REQUIRED if name not in self.sources and name not in self.constants)

    def unknown(self, descriptors: set[str]) -> tuple[str, ...]:
        """The sources that the démarche does not have (any more)."""
        return tuple(
            sorted(
                {
                    source
                    for sources in self.sources.values()
                    for source in sources
                    if source not in descriptors and source not in NAMED
                }
            )
        )


def path_of(home: Path, demarche: int) -> Path:
    """Where the mapping of a démarche stands."""
    return home / f"demarche-{demarche}.toml"


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file. Raises ConfigError that names the file, the key and the remedy."""
    return read_toml(
        path,
        f'There is no mapping {path}. Make a draft with "wif demarches describe --draft", and look it through.',
        from_table,
    )


def from_table(table: dict) -> Mapping:
    """A mapping from its parsed TOML. Raises ConfigError."""
    for name, given in table.items():
        if name not in ("fields", "constants", "departments", "values"):
            raise ConfigError(
                f"the table [{name}] does not exist. There are [fields], [constants], [departments] and [values.FIELD]."
            )
        if not isinstance(given, dict):
            raise ConfigError(f"[{name}] is a table.")
    sources: dict[str, tuple[str, ...]] = {}
    for name, given in table.get("fields", {}).items():
        flat = _flat(name, given)
        for target, value in flat.items():
            _check_target(target)
            listed = [value] if isinstance(value, str) else value
            if not isinstance(listed, list) or not all(isinstance(item, str) and item for item in listed):
                raise ConfigError(f"fields.{target} is a champDescriptorId, or a list of them.")
            if listed:
                sources[target] = tuple(listed)
    constants = {}
    for name, given in table.get("constants", {}).items():
        for target, value in _flat(name, given).items():
            _check_target(target)
            if not isinstance(value, str):
                raise ConfigError(f"constants.{target} is a text.")
            constants[target] = value
    departments = table.get("departments", {})
    for name, code in departments.items():
        if code not in DEPARTMENTS:
            raise ConfigError(f'departments.{name} is a code of a département, such as "75".')
    values = {}
    for name, answers in table.get("values", {}).items():
        _check_target(name)
        if not isinstance(answers, dict) or not all(isinstance(word, str) for word in answers.values()):
            raise ConfigError(f"values.{name} is a table of answers and the words that they mean.")
        values[name] = {fold(answer): word for answer, word in answers.items()}
    return Mapping(sources, constants, {fold(name): code for name, code in departments.items()}, values)


def _flat(name: str, value: object) -> dict:
    """``employer.name = …`` in TOML is a table within a table."""
    return {f"{name}.{inner}": item for inner, item in value.items()} if isinstance(value, dict) else {name: value}


def _check_target(name: str) -> None:
    if name not in TARGETS:
        raise ConfigError(f"{name[:60]!r} is no claim. Claims: {', '.join(TARGETS)}.")
