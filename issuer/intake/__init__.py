"""Files of records: JSON (object or array), JSON lines, and tables as spreadsheets write them."""

from issuer.intake.fields import fields_from_record
from issuer.intake.files import Item, read_items

__all__ = ["Item", "fields_from_record", "read_items"]
