"""The demonstration: invented people, papers in every state, a forgery and a stranger's paper."""

from issuer.demo.samples import Sample, make_samples

__all__ = ["Sample", "make_samples"]
