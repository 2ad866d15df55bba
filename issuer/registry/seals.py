"""Rows sealed under the server's secret: who can write the database but has no secret changes nothing unseen.

    seal = HMAC-SHA256(key, "row" ‖ 0 ‖ canonical JSON [table, {column: value}])

Columns that are null are left out, so that a nullable column may be added later. Each row of the tables of
:func:`sealed_tables` has its seal in ``row_seal``, and each table the sealed number of its rows in ``row_total``: a row
that was inserted, changed or removed with other means than this program is found, and named.

Nothing calls this module to seal: whatever goes through :func:`issuer.registry.database.writing` is sealed in the same
transaction, and what it is about to change must bear its seal, so that a changed row is never sealed as if it were
right. Readers that act on a row call :func:`trusted`.

A trigger or rule of the database could change what is written before it is read back and sealed; so nothing is sealed
while there is one.

Left out are the tables that are held against the audit trail (:mod:`issuer.registry.crosscheck`) or against the log,
and those that give neither power nor a fact. The head of the trail is sealed: so is the whole trail with it.

One module, for what seals, what refuses and what checks share how a row is sealed.
"""

import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    Delete,
    Engine,
    Insert,
    Row,
    RowMapping,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    event,
    func,
    insert,
    select,
    tuple_,
    update,
)

from issuer.registry.faults import RegistryError, fault
from issuer.registry.models import Base, RowSeal, RowTotal

OPTION = "wif_seals"
"""The execution option of an engine that holds its :class:`Seals`."""
_TOUCHED = "wif_touched"
KEY_LENGTH = 32
PAGE = 500
"""Rows read at a time."""
HELD_ELSEWHERE = frozenset(
    {"audit", "attestation", "archive", "reference_use", "name_word", "event", "publication", "log_leaf", "log_tile"}
)
"""Held against the audit trail, or the transparency log."""
NEITHER = frozenset({"compatibility", "lease", "row_seal", "row_total"})
"""Give neither power nor a fact: whoever changes them stops work, or is found by the seals themselves."""

_SEALS = Base.metadata.tables[RowSeal.__tablename__]
_SEAL_AGAIN = (
    update(_SEALS)
    .where(_SEALS.c.name == bindparam("of_table"), _SEALS.c.key == bindparam("of_row"))
    .values(seal=bindparam("new"))
)
Key = tuple[str, str]
"""A table's name and a row's primary key, as JSON."""


def sealed_tables() -> list[Table]:
    """The tables whose rows are sealed, each after those that it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in HELD_ELSEWHERE | NEITHER]


class Seals:
    """Makes seals under one 32-byte key. Its ``repr`` shows nothing."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_LENGTH:
            raise ValueError("the key of the seals is 32 bytes")
        self._key = key
        self.names = frozenset(table.name for table in sealed_tables())

    def of(self, purpose: str, value: object) -> bytes:
        """The 32-byte seal of a JSON value."""
        text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hmac.new(self._key, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()

    def row(self, table: Table, values: RowMapping, without: Sequence[str] = ()) -> bytes:
        """The seal of a row: all its columns that are not null, but those of ``without``."""
        kept = {
            column.name: _plain(values[column.name])
            for column in table.columns
            if values[column.name] is not None and column.name not in without
        }
        return self.of("row", [table.name, kept])

    def __repr__(self) -> str:
        return "<Seals>"


def _plain(value: Any) -> int | str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, int | str):
        raise TypeError(f"{type(value).__name__} in a sealed row")
    return value


def use(engine: Engine, key: bytes) -> None:
    """Have everything that ``engine`` writes sealed under a 32-byte key."""
    engine.update_execution_options(**{OPTION: Seals(key)})
    event.listen(engine, "before_execute", _before)
    event.listen(engine, "after_execute", _after)


def of(connection: Connection) -> Seals | None:
    """The seals of a connection's engine, None when it has none."""
    return connection.get_execution_options().get(OPTION)


def keyed(connection: Connection, purpose: str, digest: bytes) -> bytes:
    """HMAC of a digest under the server's secret: of use to nobody who lacks it. Raises RegistryError."""
    seals = of(connection)
    if seals is None:
        raise fault("secret")
    return seals.of(purpose, digest.hex())


def of_row(connection: Connection, kind: type[Base], key: Sequence[object], without: Sequence[str] = ()) -> str | None:
    """The seal of a row as it is now, for an entry of the trail: 64 hexadecimal digits; None without a key or a row."""
    seals, table = of(connection), table_of(kind)
    row = connection.execute(_one(table, key)).first() if seals is not None else None
    return None if row is None or seals is None else seals.row(table, row._mapping, without).hex()


def table_of(kind: type[Base]) -> Table:
    """The table of a mapped class."""
    return Base.metadata.tables[kind.__tablename__]


def trusted(connection: Connection, table: Table, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
    """Raise RegistryError ("tampered") unless each of these whole rows bears its seal. Those that this very transaction
    wrote are sealed at its end.
    """
    for key in _unsound(connection, table, rows):
        raise _tampered(table.name, key)


def _unsound(connection: Connection, table: Table, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[str]:
    """The keys of the rows that do not bear their seal and were not written by this transaction."""
    seals = of(connection)
    if seals is None or not rows:
        return []
    writes = connection.get_execution_options().get("wif_write", False)
    own = connection.info.get(_TOUCHED, {}) if writes else {}
    keys = {_key(table, row._mapping): row for row in rows}
    keys = {key: row for key, row in keys.items() if (table.name, key) not in own}
    held = _held(connection, table.name, list(keys))
    return [
        key for key, row in keys.items() if not hmac.compare_digest(held.get(key, b""), seals.row(table, row._mapping))
    ]


def read(connection: Connection, kind: type[Base], query: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows of ``query``, a selection of whole rows of one table, each of which bears its seal. Raises
    RegistryError.
    """
    rows = connection.execute(query).all()
    trusted(connection, table_of(kind), rows)
    return rows


def parted(
    connection: Connection, kind: type[Base], query: Select[Any], page: int = PAGE
) -> Iterator[tuple[Row[*tuple[Any, ...]], bool]]:
    """The rows of ``query``, a selection of whole rows of one table in some order, a page at a time, and whether each
    bears its seal: for what goes on with the others where one was changed.
    """
    table = table_of(kind)
    for start in itertools.count(0, page):
        rows = connection.execute(query.limit(page).offset(start)).all()
        unsound = set(_unsound(connection, table, rows))
        yield from ((row, _key(table, row._mapping) not in unsound) for row in rows)
        if len(rows) < page:
            return


def whole(connection: Connection, kind: type[Base]) -> Sequence[Row[*tuple[Any, ...]]]:
    """All rows of a small table, of which none was changed, inserted or removed by another way. Raises
    RegistryError.
    """
    table, seals = table_of(kind), of(connection)
    rows = read(connection, kind, select(table))
    if seals is not None and _total(connection, seals, table.name) != len(rows):
        raise RegistryError(
            "tampered",
            f"A row of the table {table.name} was removed by another way than this program, so nothing is done with it."
            ' Keep the database as it is, run "wif audit verify", and call the security officer.',
        )
    return rows


def _tampered(table: str, key: str) -> RegistryError:
    return RegistryError(
        "tampered",
        f"Row {_shown(key)} of the table {table} was changed or inserted by another way than this program, so nothing"
        ' is done with it. Keep the database as it is, run "wif audit verify", and call the security officer.',
    )


def _shown(key: str) -> str:
    return ", ".join(str(part) for part in json.loads(key))


def _key(table: Table, values: RowMapping | Mapping[str, Any]) -> str:
    return json.dumps([_plain(values[column.name]) for column in table.primary_key], separators=(",", ":"))


def _one(table: Table, key: Sequence[object]) -> Select[Any]:
    return select(table).where(*(column == part for column, part in zip(table.primary_key, key, strict=True)))


def _of_keys(table: Table, keys: Sequence[str]) -> Select[Any]:
    columns = list(table.primary_key)
    parts = [
        tuple(
            bytes.fromhex(part) if column.type.python_type is bytes else part
            for column, part in zip(columns, json.loads(key), strict=True)
        )
        for key in keys
    ]
    if len(columns) == 1:
        return select(table).where(columns[0].in_([part for (part,) in parts]))
    return select(table).where(tuple_(*columns).in_(parts))


def _in_pages(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), PAGE):
        yield keys[start : start + PAGE]


def _held(connection: Connection, table: str, keys: Sequence[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for page in _in_pages(keys):
        query = select(RowSeal.key, RowSeal.seal).where(RowSeal.name == table, RowSeal.key.in_(page))
        found |= {row.key: bytes(row.seal) for row in connection.execute(query)}
    return found


# Writing.


def _before(connection: Connection, statement: Any, multiparams: Any, _params: Any, _options: Any) -> None:
    if not isinstance(statement, Update | Delete):
        return
    seals, table = of(connection), statement.table
    if seals is None or not isinstance(table, Table) or table.name not in seals.names:
        return
    if multiparams:
        raise NotImplementedError("a sealed table is changed by one statement at a time")
    query = select(table)
    rows = connection.execute(query if statement.whereclause is None else query.where(statement.whereclause)).all()
    touched: dict[Key, bool] = connection.info.setdefault(_TOUCHED, {})
    fresh = [row for row in rows if (table.name, _key(table, row._mapping)) not in touched]
    if isinstance(statement, Update):
        trusted(connection, table, fresh)
    touched |= {(table.name, _key(table, row._mapping)): False for row in fresh}


def _after(connection: Connection, statement: Any, multiparams: Any, _params: Any, _options: Any, result: Any) -> None:
    if not isinstance(statement, Insert):
        return
    seals, table = of(connection), statement.table
    if seals is None or not isinstance(table, Table) or table.name not in seals.names:
        return
    names = [column.name for column in table.primary_key]
    if multiparams:
        rows = [dict(one) for one in multiparams]
    else:
        rows = [dict(zip(names, result.inserted_primary_key, strict=True))]
    touched: dict[Key, bool] = connection.info.setdefault(_TOUCHED, {})
    touched |= {(table.name, _key(table, row)): True for row in rows}


def begin(connection: Connection) -> None:
    """Forget what a transaction before this one touched and did not keep."""
    connection.info.pop(_TOUCHED, None)


def settle(connection: Connection) -> None:
    """Seal what the transaction wrote, before its commit. Raises RegistryError."""
    touched: dict[Key, bool] = connection.info.pop(_TOUCHED, {})
    seals = of(connection)
    if seals is None or not touched:
        return
    for found in code_within(connection):
        raise RegistryError(
            "tampered",
            f"The database holds {found}, which this program did not make and which may change what is written, so"
            ' nothing is done. Keep the database as it is, run "wif audit verify", and call the security officer.',
        )
    for name in dict.fromkeys(name for name, _ in touched):
        table, keys = Base.metadata.tables[name], [key for of_table, key in touched if of_table == name]
        now: dict[str, bytes] = {}
        for page in _in_pages(keys):
            rows = connection.execute(_of_keys(table, page))
            now |= {_key(table, row._mapping): seals.row(table, row._mapping) for row in rows}
        stays = [key for key in keys if key in now and not touched[name, key]]
        if stays:
            connection.execute(_SEAL_AGAIN, [{"of_table": name, "of_row": key, "new": now[key]} for key in stays])
        comes = [{"name": name, "key": key, "seal": now[key]} for key in keys if key in now and touched[name, key]]
        change = len(comes)
        for page in _in_pages([key for key in keys if key not in now or touched[name, key]]):
            change -= connection.execute(delete(RowSeal).where(RowSeal.name == name, RowSeal.key.in_(page))).rowcount
        if comes:
            connection.execute(insert(RowSeal), comes)
        if change:
            _set_total(connection, seals, name, _total(connection, seals, name) + change)


def code_within(connection: Connection) -> list[str]:
    """What in the database itself may change what is written or hide what is read, in words: a trigger or a rule of any
    table, row security of PostgreSQL. This program makes none.
    """
    if connection.dialect.name == "sqlite":
        triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return [f"a trigger ({name})" for name in triggers.scalars()]
    asked = """
        SELECT 'a trigger', tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
         WHERE NOT tgisinternal AND c.relnamespace = current_schema()::regnamespace
        UNION ALL SELECT 'a trigger', tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
         WHERE tgisinternal AND tgenabled <> 'O' AND c.relnamespace = current_schema()::regnamespace
        UNION ALL SELECT 'a rule', rulename FROM pg_rewrite JOIN pg_class c ON c.oid = ev_class
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
        UNION ALL SELECT 'row security', relname FROM pg_class c
         WHERE c.relrowsecurity AND c.relnamespace = current_schema()::regnamespace"""
    return [f"{what} ({name})" for what, name in connection.exec_driver_sql(asked)]


def _total(connection: Connection, seals: Seals, name: str) -> int:
    row = connection.execute(select(RowTotal.count, RowTotal.seal).where(RowTotal.name == name)).first()
    if row is None:
        return 0
    if not hmac.compare_digest(bytes(row._mapping["seal"]), seals.of("total", [name, row._mapping["count"]])):
        raise _tampered("row_total", json.dumps([name]))
    return int(row._mapping["count"])


def _set_total(connection: Connection, seals: Seals, name: str, count: int) -> None:
    connection.execute(delete(RowTotal).where(RowTotal.name == name))
    connection.execute(insert(RowTotal).values(name=name, count=count, seal=seals.of("total", [name, count])))


# Beginning.

_ALL = ""
"""The name under which ``row_total`` says that, and with which key, the tables are sealed."""


def check_key(connection: Connection) -> None:
    """Raise RegistryError ("secret") unless the tables are sealed with this engine's key."""
    seals = of(connection)
    held = connection.scalar(select(RowTotal.seal).where(RowTotal.name == _ALL))
    if seals is None or held is None or not hmac.compare_digest(bytes(held), seals.of("total", [_ALL, 0])):
        raise fault("secret")


def seal_everything(connection: Connection) -> None:
    """Seal every row as it is now, inside a writing transaction: once, at the migration; or again, by decision."""
    seals = of(connection)
    if seals is None:
        raise fault("secret")
    begin(connection)
    connection.execute(delete(RowSeal))
    connection.execute(delete(RowTotal))
    for table in sealed_tables():
        count = 0
        for rows in _pages(connection, table):
            connection.execute(
                insert(RowSeal),
                [
                    {"name": table.name, "key": _key(table, row._mapping), "seal": seals.row(table, row._mapping)}
                    for row in rows
                ],
            )
            count += len(rows)
        _set_total(connection, seals, table.name, count)
    _set_total(connection, seals, _ALL, 0)


def _pages(connection: Connection, table: Table) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    keys = list(table.primary_key)
    query, last = select(table).order_by(*keys).limit(PAGE), None
    while True:
        after = query if last is None else query.where(tuple_(*keys) > tuple_(*last))
        rows = connection.execute(after).all()
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        last = [rows[-1]._mapping[column.name] for column in keys]


# Verifying.


def verify(engine: Engine) -> Iterator[str]:
    """What was inserted, changed or removed behind this program's back, in words. Raises RegistryError."""
    with engine.connect() as connection, connection.begin():
        for found in code_within(connection):
            yield f"the database holds {found}, which this program did not make"
    for table in sealed_tables():
        connection = engine.connect()
        if engine.dialect.name != "sqlite":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection, connection.begin():
            seals = of(connection)
            if seals is None:
                raise fault("secret")
            yield from _verify(connection, seals, table)
    with engine.connect() as connection, connection.begin():
        names = {_ALL, *(table.name for table in sealed_tables())}
        for kind in (RowSeal, RowTotal):
            for name in connection.scalars(select(kind.name).where(kind.name.not_in(names)).distinct()):
                yield f"the table {kind.__tablename__} has rows of {name}, which is no sealed table"


def _verify(connection: Connection, seals: Seals, table: Table) -> Iterator[str]:
    count = sealed = 0
    for rows in _pages(connection, table):
        held = _held(connection, table.name, [_key(table, row._mapping) for row in rows])
        count, sealed = count + len(rows), sealed + len(held)
        for row in rows:
            key = _key(table, row._mapping)
            if key not in held:
                yield f"row {_shown(key)} of the table {table.name} was inserted by another way than this program"
            elif not hmac.compare_digest(held[key], seals.row(table, row._mapping)):
                yield f"row {_shown(key)} of the table {table.name} was changed by another way than this program"
    kept = connection.scalar(select(func.count()).select_from(RowSeal).where(RowSeal.name == table.name)) or 0
    if kept != sealed:
        keys = connection.scalars(select(RowSeal.key).where(RowSeal.name == table.name).order_by(RowSeal.key))
        for page in _in_pages(keys.all()):
            there = {_key(table, row._mapping) for row in connection.execute(_of_keys(table, page))}
            for key in page:
                if key in there:
                    continue
                yield f"row {_shown(key)} of the table {table.name} was removed by another way than this program"
    try:
        total = _total(connection, seals, table.name)
    except RegistryError:
        yield f"the sealed number of rows of the table {table.name} was changed by another way than this program"
        return
    if total != kept:
        yield f"the table {table.name} has {kept} sealed rows, and this program wrote {total}: some were removed"
