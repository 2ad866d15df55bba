"""The demonstration: invented people, papers in every state, a forgery and a stranger's paper, and requests of the
past.
"""

from importlib.util import find_spec

from issuer.demo.past import make_past
from issuer.demo.samples import Sample, make_samples
from issuer.errors import ConfigError

__all__ = ["Sample", "make_past", "make_samples", "need_packages"]


def need_packages() -> None:
    """Raises ConfigError where the packages of the extra ``demo`` are missing, which serving the demonstration needs:
    a certificate for phones and the local Démarches simplifiées.
    """
    missing = [name for name, module in (("graphql-core", "graphql"), ("trustme", "trustme")) if not find_spec(module)]
    if missing:
        raise ConfigError(
            f'To serve the demonstration, {" and ".join(missing)} must be installed: run "pip install'
            ' \'work-in-france[demo]\'", or make samples alone with "wif demo --no-serve".'
        )
