"""Files of records: JSON (object or array), JSON lines and CSV, read as a stream."""

from issuer.intake.fields import record_from_fields
from issuer.intake.files import Item, read_items

__all__ = ["Item", "read_items", "record_from_fields"]
