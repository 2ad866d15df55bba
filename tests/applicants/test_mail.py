"""Notices against a real SMTP server: what is sent, to whom, once; what happens when the server or the sender fails."""

import hashlib
import itertools
import ssl
import time

import pytest
import trustme
from sqlalchemy import create_engine, select

from issuer.applicants.mail_settings import KINDS, MailSettings, from_table
from issuer.applicants.mailing import MOST_ATTEMPTS, MailingContext, pause, send_due
from issuer.applicants.notices import Links, compose, usable
from issuer.applicants.smtp import MailError, MailServer
from issuer.errors import ConfigError
from issuer.registry import notices, requests, seals
from issuer.registry.database import reading, write
from issuer.registry.models import Base
from issuer.registry.notice_tables import NoticeCursor
from tests.applicants.mailbox import Mailbox
from tests.support.agency import PASSPHRASE, Agency, free_port
from tests.support.console import Wif
from tests.support.processes import poll
from tests.support.requests import DAY, add, step

NOW = 1_772_452_800


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def box():
    port = free_port()
    made = Mailbox(port)
    made.port = port
    yield made
    made.stop()


def make_context(engine, port, **changes):
    count = itertools.count()
    settings = MailSettings(
        host="127.0.0.1", sender="ne-pas-repondre@exemple.example", port=port, security="none", **changes
    )
    made = MailingContext(
        engine,
        settings,
        Clock(),
        lambda: f"{next(count):024x}",
        lambda address: hashlib.sha256(address.encode()).hexdigest(),
        lambda hashed: Links(
            "https://emission.example/usagers/demande", f"https://emission.example/usagers/courriels/{hashed}"
        ),
    )
    send_due(made)
    return made


def change(engine, request_id, **values):
    write(engine, lambda connection: requests.change(connection, request_id, NOW, values))


def test_each_step_is_told_once(engine, box):
    context = make_context(engine, box.port)
    request_id = add(engine, NOW, dossier=44950)
    assert send_due(context).sent == 1
    for what in KINDS[1:]:
        step(engine, request_id, NOW, what)
        assert send_due(context).sent == 1
    step(engine, request_id, NOW, "corrected")
    assert send_due(context).sent == 0 and len(box.messages) == len(KINDS)
    assert box.recipients == [["mai@usager.example"]] * len(KINDS)
    assert len({message["Message-ID"] for message in box.messages}) == len(KINDS)
    assert notices.outcomes(engine) == {"sent": len(KINDS)}


def test_a_message_says_the_number_and_nobody_in_both_languages(sqlite_engine, box):
    context = make_context(sqlite_engine, box.port)
    add(sqlite_engine, NOW, ("en_instruction",), dossier=44950)
    send_due(context)
    message = box.messages[0]
    plain, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for text in (plain, page):
        assert (
            "44950" in text
            and text.index("Bonjour") < text.index("Hello")
            and "https://emission.example/usagers/demande" in text
        )
        assert not any(word in text for word in ("NGUYEN", "Mai", "1996", "EXEMPLE", "Passeport"))
    assert 'lang="fr"' in page and 'lang="en"' in page
    assert message["Subject"] == "Demande 44950\N{NO-BREAK SPACE}: en instruction / Request 44950: under examination"
    assert (
        message["From"] == "Work In France <ne-pas-repondre@exemple.example>"
        and message["Auto-Submitted"] == "auto-generated"
    )
    assert (
        message["List-Unsubscribe"].startswith("<https://emission.example/usagers/courriels/")
        and message["List-Unsubscribe-Post"]
    )


def test_the_first_look_and_old_news_send_no_flood(engine, box):
    for n in range(30):
        add(engine, NOW, dossier=n + 1)
    context = make_context(engine, box.port)
    assert send_due(context).enqueued == 0, "what came before the first look is no news"
    late = add(engine, NOW - 30 * DAY, ())
    step(engine, late, NOW - 30 * DAY, "accepte", seen_at=NOW)
    assert send_due(context).enqueued == 0, "a first synchronisation brings the history of years"
    step(engine, late, NOW - DAY, "attested", seen_at=NOW)
    assert send_due(context).sent == 1


def test_of_several_steps_seen_together_the_last_is_told(sqlite_engine, box):
    context = make_context(sqlite_engine, box.port)
    add(sqlite_engine, NOW, ("en_construction", "en_instruction", "message", "accepte", "corrected"))
    assert send_due(context).sent == 1 and "décision rendue" in box.messages[0]["Subject"]


def test_only_the_chosen_steps_are_told(sqlite_engine, box):
    context = make_context(sqlite_engine, box.port, steps=("attested",))
    add(sqlite_engine, NOW, ("en_construction",))
    assert send_due(context).enqueued == 0


def test_who_wants_none_gets_none_until_asking_again(engine, box):
    context = make_context(engine, box.port)
    hashed = context.address_hash("mai@usager.example")
    notices.stop(engine, hashed, NOW)
    notices.stop(engine, hashed, NOW)
    request_id = add(engine, NOW)
    assert (send_due(context).dropped, box.messages) == (1, [])
    notices.resume(engine, hashed)
    step(engine, request_id, NOW, "en_instruction")
    assert send_due(context).sent == 1 and notices.outcomes(engine) == {"stopped": 1, "sent": 1}


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "nobody",
        "a@b",
        "a@b.example\r\nBcc: other@usager.example",
        "a@b.example\n",
        "a@b.example, c@d.example",
        "<a@b.example>",
        "a b@c.example",
        '"a"@b.example',
        "a@[127.0.0.1]",
        "é@b.example",
        "a@-b.example",
        "a@b..example",
        "x" * 65 + "@b.example",
        "a@" + "b" * 190 + ".example",
        "a@b.example ",
    ],
)
def test_no_address_injects_a_header_or_a_second_recipient(sqlite_engine, box, address):
    assert usable(address) is None
    context = make_context(sqlite_engine, box.port)
    add(sqlite_engine, NOW, email=address)
    assert (send_due(context).dropped, box.recipients, notices.outcomes(sqlite_engine)) == (1, [], {"address": 1})


def test_a_line_break_in_any_header_is_refused_by_the_library():
    settings = MailSettings(host="x", sender="a@b.example")
    with pytest.raises(ValueError):
        compose("accepte", 1, "a@b.example\r\nBcc: c@d.example", "t", NOW, None, settings)
    with pytest.raises(ValueError):
        compose(
            "accepte",
            1,
            "a@b.example",
            "t",
            NOW,
            None,
            MailSettings(host="x", sender="a@b.example", name="x\r\nBcc: c@d.example"),
        )


def test_a_refusal_for_now_is_tried_again_later_with_the_same_message_id(sqlite_engine, box):
    context = make_context(sqlite_engine, box.port)
    add(sqlite_engine, NOW)
    box.answers = ["451 later", "451 later"]
    assert send_due(context).postponed == 1 and send_due(context).sent == 0
    context.clock.now += pause(1)
    assert send_due(context).postponed == 1
    context.clock.now += pause(1)
    assert send_due(context).sent == 0, "twice as long each time"
    context.clock.now += pause(2)
    assert send_due(context).sent == 1 and box.messages[0]["Message-ID"] == "<notice." + "0" * 24 + "@exemple.example>"


def test_a_refusal_for_good_is_not_tried_again_and_stops_nobody_else(sqlite_engine, box):
    context = make_context(sqlite_engine, box.port)
    add(sqlite_engine, NOW)
    add(sqlite_engine, NOW, email="second@usager.example")
    box.answers = ["550 no such mailbox"]
    done = send_due(context)
    assert (done.dropped, done.sent, box.recipients) == (1, 1, [["second@usager.example"]])
    context.clock.now += 5 * DAY
    assert send_due(context).sent == 0


@pytest.mark.parametrize("table", ["notice", "request"])
def test_a_row_changed_by_hand_sends_nothing_and_stops_nobody_else(sqlite_engine, box, table):
    seals.use(sqlite_engine, bytes(range(32)))
    write(sqlite_engine, seals.seal_everything)
    context = make_context(sqlite_engine, box.port)
    first = add(sqlite_engine, NOW)
    add(sqlite_engine, NOW, email="second@usager.example")
    notices.enqueue(sqlite_engine, context.settings.steps, NOW, context.token)
    raw = create_engine(sqlite_engine.url)
    changed = {"notice": ("request_id", "kind", "accepte"), "request": ("id", "email", "autre@usager.example")}[table]
    with raw.begin() as connection:
        at = Base.metadata.tables[table]
        connection.execute(at.update().where(at.c[changed[0]] == first).values({changed[1]: changed[2]}))
    raw.dispose()
    assert send_due(context).sent == 1 and box.recipients == [["second@usager.example"]]
    assert notices.outcomes(sqlite_engine) == {"sent": 1, "waiting": 1}


@pytest.mark.parametrize("statement", ["insert", "update"])
def test_a_step_written_by_hand_is_told_to_nobody(sqlite_engine, box, statement):
    seals.use(sqlite_engine, bytes(range(32)))
    write(sqlite_engine, seals.seal_everything)
    context = make_context(sqlite_engine, box.port)
    first = add(sqlite_engine, NOW)
    assert send_due(context).sent == 1
    if statement == "update":
        step(sqlite_engine, first, NOW, "corrected")
    raw, at = create_engine(sqlite_engine.url), Base.metadata.tables["request_event"]
    forged = {"request_id": first, "at": NOW, "what": "accepte", "author": "agent-1", "seen_at": NOW}
    with raw.begin() as connection:
        of_first = at.update().where(at.c.request_id == first, at.c.what == "corrected")
        connection.execute((at.insert() if statement == "insert" else of_first).values(forged))
    raw.dispose()
    add(sqlite_engine, NOW, email="second@usager.example")
    assert send_due(context).sent == 1 and box.recipients[-1] == ["second@usager.example"]


def test_a_message_refused_for_now_is_given_up_in_the_end(sqlite_engine, box):
    context = make_context(sqlite_engine, box.port)
    add(sqlite_engine, NOW)
    for _ in range(MOST_ATTEMPTS):
        box.answers = ["451 later"]
        send_due(context)
        context.clock.now += 6 * 3600
    assert notices.outcomes(sqlite_engine) == {"exhausted": 1} and box.messages == []


def test_an_absent_server_uses_no_notice_up(sqlite_engine, box):
    context = make_context(sqlite_engine, free_port())
    add(sqlite_engine, NOW)
    for _ in range(MOST_ATTEMPTS + 2):
        assert send_due(context).fault == "unreachable"
    context.settings.__dict__["port"] = box.port
    assert send_due(context).sent == 1


def test_a_sender_that_dies_after_the_server_took_it_sends_the_same_message_again(engine, box, monkeypatch):
    context = make_context(engine, box.port)
    add(engine, NOW)

    def dies(*_unused):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("issuer.applicants.mailing.notices.settle", dies)
        with pytest.raises(KeyboardInterrupt):
            send_due(context)
    assert len(box.messages) == 1
    assert send_due(context).sent == 0, "it is the dead sender's for a while"
    context.clock.now += notices.CLAIM
    assert send_due(context).sent == 1
    first, second = box.messages
    assert first["Message-ID"] == second["Message-ID"] and first["Date"] == second["Date"]
    context.clock.now += DAY
    assert send_due(context).sent == 0


def test_two_senders_never_have_the_same_notice(engine, box):
    make_context(engine, box.port)
    for _ in range(6):
        add(engine, NOW)
    notices.enqueue(engine, KINDS, NOW, lambda: "t")
    claimed = [notices.claim(engine, NOW).event_id for _ in range(6)]
    assert len(set(claimed)) == 6 and notices.claim(engine, NOW) is None


def test_notices_and_cursor_are_one_transaction(engine, box, monkeypatch):
    context = make_context(engine, box.port)
    add(engine, NOW)
    monkeypatch.setattr(notices, "update", lambda *_unused: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        notices.enqueue(engine, KINDS, NOW, lambda: "t")
    monkeypatch.undo()
    assert notices.outcomes(engine) == {} and send_due(context).sent == 1


@pytest.fixture
def authority(tmp_path):
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    return made, tmp_path / "authority.pem"


def protected(authority, host="127.0.0.1"):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(host).configure_cert(context)
    port = free_port()
    return Mailbox(port, context, b"ouvre-toi"), port


def try_server(port, pem, **changes):
    table = {
        "host": "127.0.0.1",
        "sender": "a@b.example",
        "port": port,
        "security": "starttls",
        "certificates": str(pem),
        "user": "wif",
        "password": "ouvre-toi",
    }
    settings = MailSettings(**{**table, **changes})
    with MailServer(settings) as server:
        server.send(compose("try", 0, "c@d.example", "t", NOW, None, settings), settings.sender, "c@d.example")


def test_starttls_with_a_password(authority):
    box, port = protected(authority[0])
    try:
        try_server(port, authority[1])
        assert len(box.messages) == 1
        with pytest.raises(MailError) as wrong:
            try_server(port, authority[1], password="fausse")
        with pytest.raises(MailError) as unknown:
            try_server(port, "")
        assert (wrong.value.code, unknown.value.code, len(box.messages)) == ("credentials", "security", 1)
        assert "fausse" not in str(wrong.value) + repr(MailSettings("h", "s", password="fausse"))
    finally:
        box.stop()


def test_a_certificate_of_another_name_is_not_trusted(authority):
    box, port = protected(authority[0], "mail.example")
    try:
        with pytest.raises(MailError) as other:
            try_server(port, authority[1])
        assert other.value.code == "security" and box.messages == []
    finally:
        box.stop()


def test_a_server_that_lost_its_starttls_gets_no_password(box):
    with pytest.raises(MailError) as refused:
        try_server(box.port, "")
    assert refused.value.code == "security" and box.messages == []


GOOD = {"host": "smtp.exemple.example", "from": "ne-pas-repondre@exemple.example"}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"host": ""}, "mail.host"),
        ({"from": "x"}, "mail.from"),
        ({"from": "a@b.example\r\nBcc: c@d.example"}, "mail.from"),
        ({"port": 0}, "mail.port"),
        ({"port": True}, "mail.port"),
        ({"security": "ssl"}, "mail.security"),
        ({"security": ["tls"]}, "mail.security"),
        ({"from": ["a@b.example"]}, "mail.from"),
        ({"security": "none"}, "mail.security"),
        ({"user": "x"}, "mail.user"),
        ({"steps": ["never"]}, "mail.steps"),
        ({"enabled": 1}, "mail.enabled"),
        ({"smtp": "x"}, "mail.smtp"),
        ({"name": "a\nb"}, "mail.name"),
        ({"password_file": "/nowhere/at/all", "user": "x"}, "mail.password_file"),
    ],
)
def test_a_bad_table_names_its_key(changes, named):
    with pytest.raises(ConfigError, match=named):
        from_table({**GOOD, **changes})


def test_a_table_is_read_and_switched_off(tmp_path):
    (tmp_path / "p").write_text("secret\n")
    settings = from_table(
        {**GOOD, "security": "tls", "user": "wif", "password_file": str(tmp_path / "p"), "steps": ["accepte"]}
    )
    assert (settings.port, settings.password, settings.steps) == (465, "secret", ("accepte",)) and "secret" not in repr(
        settings
    )
    assert from_table({**GOOD, "enabled": False}) is None and from_table(None) is None


def configured(folder, port, web="http://127.0.0.1:8000") -> Agency:
    made = Agency(folder, web=f'address = "{web}"' if web else "idle_minutes = 30")
    with (made.path / "config.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nfrom = "a@b.example"\ndelay = 1\n')
    return made


def test_the_commands_send_count_and_try(tmp_path, box):
    made = configured(tmp_path, box.port)
    wif = Wif(made.path)
    assert wif("mail", "send").rows == [{"enqueued": 0, "sent": 0, "postponed": 0, "dropped": 0, "fault": None}]
    add(made.home.engine, int(time.time()), dossier=44950)
    assert wif("mail", "send").rows[0]["sent"] == 1 and wif("mail", "status").rows == [{"sent": 1}]
    stop = box.messages[0]["List-Unsubscribe"]
    assert stop.startswith("<http://127.0.0.1:8000/usagers/courriels/") and len(stop.rpartition("/")[2]) == 97
    assert wif("mail", "try", "c@d.example").code == 0 and box.recipients[-1] == ["c@d.example"]
    assert wif("mail", "try", "c@d.example\nBcc: x@y.example").code == 2
    box.stop()
    add(made.home.engine, int(time.time()))
    failed = wif("mail", "send")
    assert (
        (failed.code, failed.rows[0]["fault"]) == (1, "unreachable")
        and "does not answer" in failed.words
        and "Traceback" not in failed.words
    )


@pytest.mark.parametrize(("web", "words"), [("", "web.address"), (None, "[mail]")])
def test_a_configuration_that_lacks_something_is_said(tmp_path, web, words):
    made = configured(tmp_path, 25, web) if web is not None else Agency(tmp_path)
    ran = Wif(made.path)("mail", "send")
    assert ran.code == 2 and words in ran.words


def begun(engine) -> bool:
    with reading(engine) as connection:
        return connection.scalar(select(NoticeCursor.event_id)) is not None


def test_the_served_issuer_sends_by_itself(tmp_path, box):
    made = configured(tmp_path, box.port)
    made.start()
    try:
        poll(lambda: begun(made.home.engine), 120, "the first round: what came before it is no news")
        add(made.home.engine, int(time.time()))
        poll(lambda: box.messages, 120, "the notice")
        assert box.messages[0]["To"] == "mai@usager.example"
        assert "usager.example" not in made.log.read_text() and "NGUYEN" not in made.log.read_text()
    finally:
        made.stop()


def test_a_bad_table_stops_the_server_before_it_serves(tmp_path):
    made = configured(tmp_path, 0)
    ran = Wif(made.path)("serve", "issuer", "--bind", f"127.0.0.1:{free_port()}", WIF_PASSPHRASE=PASSPHRASE)
    assert ran.code == 2 and "mail.port" in ran.words
