"""The demonstration: invented people, papers in every state, a forgery and a stranger's paper, and requests of the past."""

from issuer.demo.past import make_past
from issuer.demo.samples import Sample, make_samples

__all__ = ["Sample", "make_past", "make_samples"]
