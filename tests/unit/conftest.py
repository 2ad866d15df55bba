"""Settings of the properties: the same examples on every run, and no judgement on a slow machine."""

from hypothesis import HealthCheck, settings

settings.register_profile("wif", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wif")
