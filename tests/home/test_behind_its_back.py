"""Whoever writes straight in the database signs nothing and changes nothing unseen: every table, by raw SQL."""

import json
import re
from datetime import date, timedelta
from hashlib import sha256
from types import SimpleNamespace

import pytest
from sqlalchemy import MetaData, create_engine, inspect

from issuer import registry
from issuer.accounts import Credentials, Directory, auditing
from issuer.accounts.sessions import FULL, Sessions
from issuer.accounts.tokens import Tokens
from issuer.attestation import status
from issuer.desk import Grounds, acts, foreign, issue_many, print_document, qr_text, reconciling
from issuer.registry import chain, crosscheck, letters, requests, seals
from issuer.registry.account_tables import Account, ApiToken, Session
from issuer.registry.database import write
from issuer.registry.faults import RegistryError
from issuer.registry.models import Base
from issuer.web import importing
from issuer.web.drafts import Drafts
from tests.home.test_backup import wif
from tests.support.office import made_up
from tests.support.records import record

ONE_ROW = {"chain_head", "notice_cursor"}
"""Tables that take no second row."""
FITTING = {("attestation", "number"): 9_999_999_999, ("attestation", "state"): 0}
"""Values that a check of the database lets pass."""
COLUMNS = {"publication": ("withdrawn",), "carried_mark": ("waits", "number", "basis", "salt", "author", "at")}
"""Those that came with the seals."""
FRAUD = Grounds("CRPA L241-2", "fraud")


def found(home):
    """Everything that the officer's two commands find."""
    log = reconciling.reconcile(home.engine, home.public, home.trust())
    return [*auditing.verify(home.engine).problems, *log.problems]


def filled(place):
    """A home in which every table has a row, written by the program."""
    home = place.home()
    directory = Directory(home.engine, home.clock)
    agent, _ = directory.add("c.martin", "supervisor", ("75",), "Martin", "Cheffe", "Service", "cli:root")
    directory.bind(agent.id, "sub-of-martin", "cli:root")
    Credentials(home.engine, home.sealer, home.clock).new_recovery(agent)
    Tokens(home.engine, home.clock).make(agent, "Logiciel d'exemple", ("read", "issue"), 90, "cli:root")
    Sessions(home.engine, home.clock).open(agent.id, FULL, "Firefox, Linux")
    for issued in issue_many(made_up(home), [record(reference=f"R-{n}") for n in range(3)], agent.author):
        last = issued.number
    acts.do(made_up(home), "revoke", last, FRAUD, agent.author)
    home.publish(agent.author)
    act = chain.Act("propose_revoke", last, {"proposal": 1, "reason": "fraud"})
    write(home.engine, lambda connection: chain.append(connection, home.clock(), agent.author, [act]))
    for table in Base.metadata.sorted_tables:
        if table.name not in seals.NEITHER | seals.HELD_ELSEWHERE:
            write(home.engine, lambda connection, table=table: fill(connection, table))
    return home


def fill(connection, table):
    """A row of a table that has none, of whatever values its columns take."""
    if connection.execute(table.select().limit(1)).first() is None:
        connection.execute(table.insert().values({column.name: some(column) for column in table.columns}))


def some(column):
    if column.nullable:
        return None
    kind = column.type.python_type
    return {int: 1, str: "1", bytes: b"\1" * 32, date: date(2026, 11, 2)}[kind]


def other(column, value):
    """Another value of the column than this one."""
    if value is None:
        value = some(type("c", (), {"nullable": False, "type": column.type}))
    if isinstance(value, bytes | memoryview):
        return sha256(bytes(value)).digest()[: len(value)]
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, int):
        return value + 1
    return value[:-1] + ("7" if value[-1:] != "7" else "8")


@pytest.fixture
def attacked(place):
    """``(home, tables, engine)``: a filled home; its tables as an attacker reads them; what he writes with."""
    home = filled(place)
    assert found(home) == []
    engine = create_engine(registry.database.read_url(place.database or str(place.path / "wif.sqlite3")))
    if place.database:
        with engine.begin() as connection:
            for table in inspect(engine).get_table_names():
                for key in inspect(engine).get_foreign_keys(table):
                    connection.exec_driver_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{key["name"]}" CASCADE')
    tables = MetaData()
    tables.reflect(engine)

    yield home, tables.tables, engine
    engine.dispose()
    home.engine.dispose()


ALONE = ("attestation", "archive", "row_seal", "row_total", "chain_head")
"""Tables that what is said of others hangs on."""
SAYS = {
    "archive": "token|signatory|archive",
    "attestation": "attestation",
    "event": "act",
    "log_leaf": "leaf|log",
    "log_tile": "tile",
    "name_word": "words|name_word",
    "publication": "publication",
    "reference_use": "reference",
    "row_seal": "row",
    "row_total": "rows",
}
"""What the finding about a table says, where it does not name the table."""


def all_found(home):
    """Everything that is wrong with the tables, without end; the trail itself is whole."""
    log = reconciling.reconcile(home.engine, home.public, home.trust())
    kinds = (seals.verify(home.engine), crosscheck.differences(home.engine), auditing.people(home.engine))
    return [*log.problems, *(problem for kind in kinds for problem in kind)]


def hit(home, engine, attacks):
    """Do every attack at once, a statement and its undoing by table; the tables of which nothing was said."""
    with engine.begin() as connection:
        for name, (statement, _undo) in attacks.items():
            assert connection.execute(statement).rowcount != 0, name
    said = all_found(home)
    with engine.begin() as connection:
        for _statement, undo in attacks.values():
            connection.execute(undo)
    return [name for name in attacks if not any(re.search(SAYS.get(name, f"table {name}"), one) for one in said)]


def test_every_table_by_raw_sql(attacked):
    """A row inserted, changed or removed in any table that gives power or a fact is found, and named."""
    home, tables, engine = attacked
    exempt = seals.NEITHER - {"row_seal", "row_total"} | {"alembic_version", "audit"}
    inserts, deletes, changes = {}, {}, [{} for _ in range(20)]
    for name, table in sorted(tables.items()):
        if name in exempt:
            continue
        keys = {column.name for column in table.primary_key}
        with engine.connect() as connection:
            row = connection.execute(table.select().order_by(*table.primary_key)).mappings().all()[-1:]
        values = dict(row[0]) if row else {"level": 0, "place": 0, "root": bytes(32)}
        assert row or name == "log_tile", name
        here = [table.c[key] == values[key] for key in keys]
        unique = keys | {one for index in inspect(engine).get_unique_constraints(name) for one in index["column_names"]}
        copy = {key: other(table.c[key], value) if key in unique else value for key, value in values.items()}
        if name == "attestation":
            copy["number"] = 9_999_999_999
        if name not in ONE_ROW:
            gone = table.delete().where(*(table.c[key] == copy[key] for key in keys))
            inserts[name] = (table.insert().values(copy), gone)
        if not row:
            continue
        deletes[name] = (table.delete().where(*here), table.insert().values(values))
        changed = [column for column in table.columns if column.name not in keys]
        if name not in seals.HELD_ELSEWHERE:
            changed = changed[:1] + changed[-1:]
        for attacks, column in zip(changes, changed, strict=False):
            value = other(column, values[column.name])
            if (name, column.name) in FITTING:
                value = FITTING[name, column.name]
            update = table.update().where(*here)
            attacks[name] = (
                update.values({column.name: value}),
                update.values({column.name: values[column.name]}),
            )
    rounds = [attacks for attacks in (inserts, deletes, *changes) if attacks]
    rounds += [{name: attacks.pop(name)} for attacks in rounds for name in ALONE if name in attacks]
    unseen = []
    for attacks in rounds:
        if list(attacks) == ["chain_head"]:
            with engine.begin() as connection:
                connection.execute(attacks["chain_head"][0])
            assert any("head" in problem for problem in auditing.verify(home.engine).problems)
            with engine.begin() as connection:
                connection.execute(attacks["chain_head"][1])
        else:
            unseen += hit(home, engine, attacks)
    assert unseen == [], unseen
    assert found(home) == []


def test_rows_written_by_hand_give_no_power(attacked):
    """A token, a session, a role, a password by SQL: each is refused when it is used, not only found afterwards."""
    home, _tables, engine = attacked
    directory, tokens, sessions = (kind(home.engine, home.clock) for kind in (Directory, Tokens, Sessions))
    agent = directory.by_identifier("c.martin")
    secret = "an-attackers-own-secret-of-43-characters-00000"
    with engine.begin() as connection:
        connection.execute(
            ApiToken.__table__.insert().values(
                id=77,
                account_id=agent.id,
                label="x",
                digest=sha256(secret.encode()).digest(),
                scopes="read issue act",
                created_at=0,
                expires_at=1 << 40,
            )
        )
        connection.execute(
            Session.__table__.insert().values(
                id=sha256(secret.encode()).digest(),
                account_id=agent.id,
                stage=FULL,
                created_at=home.clock(),
                seen_at=home.clock(),
                device="x",
            )
        )
    for use in (lambda: tokens.find(f"wif_77_{secret}"), lambda: sessions.find(secret)):
        with pytest.raises(RegistryError) as refused:
            use()
        assert refused.value.code == "tampered"
    with engine.begin() as connection:
        connection.execute(Account.__table__.update().values(role="administrator"))
    for use in (
        lambda: directory.by_identifier("c.martin"),
        lambda: directory.get(agent.id),
        lambda: Credentials(home.engine, home.sealer, home.clock).new_recovery(agent),
    ):
        with pytest.raises(RegistryError, match="account"):
            use()


def mark(home, issued):
    """What phones are told of an attestation: 0 valid, 1 revoked, 2 suspended, 3 replaced."""
    number, index = issued
    data = status.read((home.public / f"status-{number}.cose").read_bytes(), number).values
    return data[index >> 2] >> (index & 3) * 2 & 3


def test_what_was_written_by_hand_is_neither_published_nor_printed_nor_acted_on(attacked):
    """Un-revoking by SQL would be green at the next publication; an act done on such a row would even hide it."""
    home, tables, engine = attacked
    desk, author = made_up(home), "agent-1"
    people = [{"family_name": name} for name in ("ALPHA", "BETA", "GAMMA", "DELTA")]
    numbers = [one.number for one in issue_many(desk, [record(**one) for one in people], author)]
    revoked, suspended, plain, another = map(int, numbers)
    acts.do(desk, "revoke", revoked, FRAUD, author)
    acts.do(desk, "suspend", suspended, FRAUD, author)
    foreign.mark(desk, foreign.Foreign((1, 77)), "essai", author)
    home.publish(author)
    table, archive, marks = (tables[name] for name in ("attestation", "archive", "carried_mark"))
    with engine.connect() as connection:
        rows = {row.number: row for row in connection.execute(table.select())}
    places = {number: (row.list_number, row.list_index) for number, row in rows.items()}
    shown = {revoked: 1, suspended: 2, plain: 0, another: 0}

    def write_by_hand(statement):
        with engine.begin() as connection:
            assert connection.execute(statement).rowcount in (1, -1)

    def refused(*works):
        for work in works:
            with pytest.raises(RegistryError) as error:
                work()
            assert error.value.code == "tampered"
        assert {number: mark(home, places[number]) for number in shown} == shown

    def publish():
        home.publish(author)

    for number, changed, uses in (
        (revoked, {"state": 0}, (publish, lambda: acts.do(desk, "suspend", revoked, FRAUD, author))),
        (suspended, {"state": 0}, (publish, lambda: acts.do(desk, "revoke", suspended, FRAUD, author))),
        (plain, {"state": 1}, (publish,)),
        (plain, {"next_state": 1, "next_at": 1}, (publish, lambda: acts.do(desk, "suspend", another, FRAUD, author))),
        (revoked, {"list_index": (places[revoked][1] + 1) % registry.models.LIST_SIZE}, (publish,)),
    ):
        write_by_hand(table.update().where(table.c.number == number).values(changed))
        refused(*uses)
        before = {name: rows[number]._mapping[name] for name in changed}
        write_by_hand(table.update().where(table.c.number == number).values(before))
    with engine.connect() as connection:
        kept = {row.attestation_id: row for row in connection.execute(archive.select())}
        [carried] = connection.execute(marks.select().where(marks.c.list_index == 77)).all()
    mine = archive.c.attestation_id == rows[plain].id
    for changed in (
        {"annex": kept[rows[plain].id].annex.replace("MARTIN", "PRÉFET")},
        {"token": kept[rows[another].id].token},
    ):
        write_by_hand(archive.update().where(mine).values(changed))
        refused(lambda: print_document(desk, plain), lambda: qr_text(desk, plain))
        write_by_hand(
            archive.update().where(mine).values({name: getattr(kept[rows[plain].id], name) for name in changed})
        )
    write_by_hand(marks.delete().where(marks.c.list_index == 77))
    refused(publish)
    write_by_hand(marks.insert().values(carried._mapping))
    publish()
    assert mark(home, (1, 77)) == 1 and found(home) == []
    for act, number in (("take_effect", plain), ("suspend", revoked)):
        told = chain.Act(act, str(number), {"state": "suspended"})
        write(home.engine, lambda connection, told=told: chain.append(connection, home.clock(), author, [told]))
    said = " ".join(crosscheck.differences(home.engine))
    assert f"no decision on attestation {plain}" in said and f"attestation {revoked}, revoked for good" in said


def test_code_in_the_database_is_no_accomplice(attacked):
    """A trigger changes what the program writes before it is sealed: then nothing is written, and it is named."""
    home, _tables, engine = attacked
    directory = Directory(home.engine, home.clock)
    agent = directory.by_identifier("c.martin")
    if engine.dialect.name == "sqlite":
        made = "UPDATE account SET role = 'administrator' WHERE id = NEW.id AND role <> 'administrator';"
        statements = [f"CREATE TRIGGER helper AFTER UPDATE ON account BEGIN {made} END"]
    else:
        body = "BEGIN NEW.role := 'administrator'; RETURN NEW; END"
        statements = [
            f"CREATE FUNCTION helper() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            "CREATE TRIGGER helper BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION helper()",
        ]
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    with pytest.raises(RegistryError, match="trigger"):
        directory.set_enabled(agent.id, True, "cli:root")
    assert any("trigger (helper)" in problem for problem in auditing.verify(home.engine).problems)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER helper" + (" ON account" if engine.dialect.name != "sqlite" else ""))
    assert directory.by_identifier("c.martin").role == "supervisor" and found(home) == []


READERS = {
    "draft": lambda home: Drafts(home.engine, home.clock).find("1", 1),
    "import_job": lambda home: importing.find(SimpleNamespace(engine=home.engine), "1", 1),
    "request": lambda home: requests.by_id(home.engine, 1),
    "request_letter": lambda home: write(home.engine, lambda connection: letters.pdf_of(connection, 1, 1)),
}
"""What is read before something is signed, sent or shown to be confirmed, by table."""


def test_what_is_read_to_be_signed_or_sent_is_read_through_its_seal(attacked):
    home, tables, engine = attacked
    for name, read in READERS.items():
        read(home)
        table = tables[name]
        column = next(one for one in table.columns if one.name in ("fields", "accepted", "record", "pdf"))
        with engine.begin() as connection:
            [row] = connection.execute(table.select()).all()
            value = other(column, row._mapping[column.name])
            connection.execute(table.update().values({column.name: value}))
        with pytest.raises(RegistryError) as refused:
            read(home)
        assert refused.value.code == "tampered", name
        with engine.begin() as connection:
            connection.execute(table.update().values({column.name: row._mapping[column.name]}))
        read(home)


def test_an_act_whose_author_might_not_do_it_is_named(place):
    """The trail itself may be in order, and an act in it still nobody's to do."""
    home = filled(place)
    directory = Directory(home.engine, home.clock)
    directory.add("a.essai", "administrator", (), "Essai", "Administratrice", "Bureau", "cli:root")
    auditor, _ = directory.add("p.temoin", "auditor", (), "Témoin", "Auditeur", "Mission", "cli:root")
    elsewhere, _ = directory.add("h.modele", "agent", ("69",), "Modèle", "Agent", "Service", "cli:root")
    directory.set_enabled(directory.by_identifier("c.martin").id, False, "cli:root")
    assert found(home) == []
    for author in (auditor.author, elsewhere.author, "agent-1", "agent-99"):
        [issued] = issue_many(made_up(home), [record()], author)
        assert issued.number
    problems = found(home)
    named = (auditor.author, elsewhere.author, "agent-1", "agent-99")
    assert len(problems) == 4 and all(name in problem for name, problem in zip(named, problems, strict=True))


LATER = {"import_job": ("warned", "already", "accepted"), "session": ("id_token",)}
"""Columns of migrations after that of the seals: a table of before has none of them."""


def test_rows_of_before_are_entered_once(place):
    """A home of an earlier program: accounts and tokens come into the trail, tokens go on working, once and no more."""
    home = filled(place)
    agent = Directory(home.engine, home.clock).by_identifier("c.martin")
    secret = "a-token-of-before-of-forty-three-characters-0"
    engine = create_engine(registry.database.read_url(place.database or str(place.path / "wif.sqlite3")))
    with engine.begin() as connection:
        before = sha256(secret.encode()).digest()
        connection.execute(ApiToken.__table__.update().values(digest=before))
        for table, columns in [*COLUMNS.items(), *LATER.items()]:
            for column in columns:
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.exec_driver_sql("DROP TABLE row_seal")
        connection.exec_driver_sql("DROP TABLE row_total")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0014'")
    with pytest.raises(RegistryError) as refused:
        place.home().upgrade()
    assert refused.value.code == "tampered", "the trail says that the rows were sealed: somebody took the seals away"
    with engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT seq, details FROM audit ORDER BY seq").all()
        prev = bytes(32)
        for seq, details in rows:
            told = json.dumps(
                {k: v for k, v in json.loads(details).items() if k != "row"}, sort_keys=True, separators=(",", ":")
            )
            row = connection.execute(
                Base.metadata.tables["audit"].select().where(registry.models.Audit.seq == seq)
            ).one()
            hash_ = chain.link(prev, seq, row.at, row.actor, row.act, row.subject, told)
            table = Base.metadata.tables["audit"]
            connection.execute(table.update().where(table.c.seq == seq).values(details=told, prev=prev, hash=hash_))
            prev = hash_
        head = Base.metadata.tables["chain_head"]
        connection.execute(head.update().values(hash=prev))
    (place.path / "public" / "audit-head.json").unlink()
    engine.dispose()
    home = place.home()
    assert home.upgrade() is True
    assert found(place.home()) == []
    assert Tokens(home.engine, home.clock).find(f"wif_1_{secret}").account_id == agent.id
    entered = [entry for entry in chain.entries(home.engine) if entry["act"] in ("account_entered", "token_entered")]
    assert [entry["subject"] for entry in entered] == ["agent-1", "agent-1"]


def test_another_secret_is_said_and_sealing_again_is_an_act(place):
    """web.secret lost: nothing opens, the words say what to do, and the way back stands in the trail."""
    filled(place)
    (place.path / "web.secret").unlink()
    code, _, said = wif(place, "audit", "verify")
    assert code == 1 and "web.secret" in said
    code, _, said = wif(place, "audit", "reseal")
    assert code == 2 and "--yes" in said
    code, [line], said = wif(place, "audit", "reseal", "--yes")
    assert code == 0, said
    assert line["tokens_revoked"] == 1
    assert wif(place, "audit", "verify")[0] == 0
    assert [entry["act"] for entry in chain.entries(place.home().engine)][-3:] == [
        "resealed",
        "account_entered",
        "token_entered",
    ]
