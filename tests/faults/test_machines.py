"""Several machines for real: two issuers, PostgreSQL on a third, a web server for what is published on a fourth, a proxy
in front. Hosts are network namespaces; a host dies, a line is cut, a clock is wrong, the database is away.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster
from tests.faults.network import Network, program
from tests.faults.witness import Witness
from tests.support.processes import TOP, Running, poll

pytestmark = pytest.mark.postgres
PASSPHRASE = "a passphrase of machines"
AWAY = 60 if os.environ.get("WIF_LONG") else 3
"""Seconds for which the database is away."""
EACH = 3
"""Attestations that are asked for at each fault."""
WIF = (sys.executable, "-X", "utf8", "-m", "issuer.commands")
RSYNCD = """use chroot = no
max connections = 4
uid = root
gid = root
pid file = {folder}/rsyncd.pid
[public]
path = {public}
read only = yes
"""
WEB = """daemon off; pid {folder}/web.pid; error_log {folder}/web.log;
events {{}}
http {{ access_log off; client_body_temp_path {folder}/web-body; proxy_temp_path {folder}/web-proxy;
fastcgi_temp_path {folder}/web-f; uwsgi_temp_path {folder}/web-u; scgi_temp_path {folder}/web-s;
server {{ listen 80; root {folder}/web; add_header Cache-Control no-cache; }} }}
"""
PROXY = """daemon off; pid {folder}/proxy.pid; error_log {folder}/proxy.log;
events {{}}
http {{ access_log off; client_body_temp_path {folder}/proxy-body; proxy_temp_path {folder}/proxy-proxy;
fastcgi_temp_path {folder}/proxy-f; uwsgi_temp_path {folder}/proxy-u; scgi_temp_path {folder}/proxy-s;
upstream issuers {{ server {one}:8000 max_fails=1 fail_timeout=2s; server {two}:8000 max_fails=1 fail_timeout=2s; }}
server {{ listen 80; location / {{ proxy_pass http://issuers; proxy_connect_timeout 1s; proxy_read_timeout 5s;
proxy_set_header Host $host; proxy_set_header X-Forwarded-Host issuer.example; proxy_set_header X-Forwarded-Proto https;
proxy_set_header X-Forwarded-For $remote_addr; }} }} }}
"""
PULL = """while true; do
rsync -rt --delay-updates --exclude trust.cose --exclude log/checkpoint --exclude '.*' rsync://{one}/public/ {to}/ &&
rsync -rt --delay-updates --exclude '.*' rsync://{one}/public/ {to}/
rsync -rt --delay-updates --exclude '.*' rsync://{two}/public/ {to}/
sleep 0.3; done
"""


class Machines:
    """The network, its programs, and how each is started again."""

    def __init__(self) -> None:
        for name in ("nginx", "rsync", "faketime"):
            program(name)
        self.network = Network()
        self.folder = folder = Path(tempfile.mkdtemp(prefix="wif-machines-"))
        folder.chmod(0o755)  # the web server is another account
        self.one, self.two, self.data, self.web, self.proxy = map(
            self.network.host, ("one", "two", "data", "web", "proxy")
        )
        self.cluster = Cluster(self.data.address, self.data.within)
        self.homes = {"one": folder / "one", "two": folder / "two"}

    def environment(self, name: str) -> dict[str, str]:
        """What ``wif`` is told on an issuer."""
        return {
            "WIF_HOME": str(self.homes[name]),
            "WIF_PASSPHRASE": PASSPHRASE,
            "WIF_DATABASE_URL": self.cluster.address,
            "PYTHONPATH": str(TOP),
        }

    def wif(self, name: str, *arguments: str, clock: str = "") -> subprocess.CompletedProcess[str]:
        """A command on an issuer, whose clock may be wrong by ``clock`` (``+20d``)."""
        wrong = (program("faketime"), "-f", clock) if clock else ()
        return getattr(self, name).run(*wrong, *WIF, *arguments, **self.environment(name))

    def found(self) -> None:
        """One home, and its twin on the other issuer; what is published lies in a folder that both share."""
        made = self.wif("one", "init", "--demo", "--origin", "https://verif.example.org", "--authority", "Préfecture")
        assert made.returncode == 0, made.stderr
        config = self.homes["one"] / "config.toml"
        text = config.read_text("utf-8").replace("demonstration = true", "demonstration = false")
        config.write_text(
            f'{text}\n[web]\naddress = "https://issuer.example"\nproxies = 1\npublish_delay = 1\n', "utf-8"
        )
        (self.homes["one"] / "public").rename(self.folder / "public")
        self.homes["two"].mkdir()
        for name in ("config.toml", "web.secret"):
            shutil.copy(self.homes["one"] / name, self.homes["two"] / name)
        shutil.copytree(self.homes["one"] / "keys", self.homes["two"] / "keys")
        for home in self.homes.values():
            (home / "public").symlink_to(self.folder / "public")

    def token(self) -> str:
        """A token of an agent, for the program that asks."""
        script = (
            "from pathlib import Path; from issuer.home import Home; from issuer.accounts import Directory;"
            "from issuer.accounts.tokens import Tokens; import os\n"
            "home = Home(Path(os.environ['WIF_HOME']), lambda: '', os.environ['WIF_DATABASE_URL'])\n"
            "agent, _ = Directory(home.engine, home.clock).add('agent', 'agent', ('75',), 'Exemple', 'Titre', 'Service',"
            " 'cli:test')\n"
            "print(Tokens(home.engine, home.clock).make(agent, 'Essai', ('issue', 'act'), 1, 'cli:test')[1])"
        )
        made = self.one.run(sys.executable, "-c", script, **self.environment("one"))
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    def serve(self, name: str) -> None:
        """The issuer's server on a host, and the published folder for whoever fetches it."""
        host = getattr(self, name)
        bind = f"{host.address}:8000"
        host.start(*WIF, "serve", "issuer", "--bind", bind, log=self.folder / f"{name}.log", **self.environment(name))
        (self.folder / name / "rsyncd.conf").write_text(
            RSYNCD.format(folder=self.folder / name, public=self.folder / "public"), "ascii"
        )
        config = self.folder / name / "rsyncd.conf"
        (self.folder / name / "rsyncd.pid").unlink(missing_ok=True)
        host.start(
            program("rsync"), "--daemon", "--no-detach", f"--config={config}", log=self.folder / f"{name}-rsync.log"
        )

    def front(self, proxy: bool = True) -> None:
        """The web server, what fetches the published files for it, and the proxy."""
        for host, name, text in ((self.web, "web", WEB), (self.proxy, "proxy", PROXY))[: 1 + proxy]:
            config = self.folder / f"{name}.conf"
            config.write_text(text.format(folder=self.folder, one=self.one.address, two=self.two.address), "ascii")
            host.start(program("nginx"), "-c", config, log=self.folder / f"{name}-start.log")
        (self.folder / "web").mkdir(exist_ok=True)
        (self.folder / "web").chmod(0o755)
        pull = PULL.format(one=self.one.address, two=self.two.address, to=self.folder / "web")
        self.web.start("sh", "-c", pull, log=self.folder / "pull.log")

    def answers(self, name: str) -> bool:
        """Whether an issuer is ready, asked from the proxy's host."""
        host = getattr(self, name)
        asked = self.proxy.run(sys.executable, "-c", READY, f"http://{host.address}:8000/readyz")
        return asked.stdout.strip() == "200"

    def end(self) -> None:
        """Everything is switched off."""
        self.cluster.remove()
        self.network.end()
        shutil.rmtree(self.folder, ignore_errors=True)


READY = (
    "import sys, urllib.request as r\ntry: print(r.urlopen(sys.argv[1], timeout=3).status)\nexcept OSError: print(0)"
)
LOOK = """import json, sys, time, urllib.request as r
while True:
    for name in ("status-1.cose", "trust.cose"):
        try: print(json.dumps([name, r.urlopen(f"http://{sys.argv[1]}/{name}", timeout=3).read().hex()]), flush=True)
        except OSError: pass
    time.sleep(0.1)
"""


@pytest.fixture
def machines():
    made = Machines()
    try:
        yield made
    finally:
        made.end()


def issued_time(witness, seen, name, data):
    """Hold what a phone was given against all it was given before: whole, signed, never older."""
    if seen.get(name) != data:
        place = witness.public / name
        place.write_bytes(bytes.fromhex(data))
        seen[name] = data
        if name == "trust.cose":
            version = witness.trust()[1]
            assert version >= witness.version
            witness.version = version
        else:
            trust = witness.trust()
            entry = next(entry for entry in trust[7] if entry[2] == name)
            witness.look_at(name, {key[1]: key[2] for key in trust[6]}[entry[3]])


def test_machines_that_die_and_lines_that_are_cut(machines, tmp_path):
    """Nothing answered is lost, nothing is done twice, no file is torn, and phones are never given an older list."""
    machines.found()
    token = machines.token()
    for name in ("one", "two"):
        machines.serve(name)
    machines.front()
    for name in ("one", "two"):
        poll(lambda name=name: machines.answers(name), 120, f"issuer {name}")
    environment = {**os.environ, "PYTHONPATH": str(TOP)}
    poll(lambda: (machines.folder / "web" / "trust.cose").exists(), 30, "the first files on the web server")
    looking = Running(*(LOOK, machines.web.address), command=[*machines.proxy.within, sys.executable, "-c"])
    asking = Running(
        f"http://{machines.proxy.address}",
        token,
        command=[*machines.proxy.within, sys.executable, "-m", "tests.faults.asking"],
        env=environment,
    )

    def done():
        return [json.loads(line) for line in asking.lines if '"number"' in line]

    with looking, asking:
        wanted = 0

        def ask():
            nonlocal wanted
            wanted += EACH
            asking.process.stdin.write("\n" * EACH)
            asking.process.stdin.flush()

        def answered():
            poll(lambda: len(done()) >= wanted, 120, f"{wanted} answers, {len(done())} came, {asking.lines[-3:]}")

        def go_on():
            ask()
            answered()

        go_on()
        ask()
        machines.one.kill()  # a host dies, and with it where the web server fetches from first
        answered()
        machines.serve("one")
        poll(lambda: machines.answers("one"), 120, "issuer one again")
        machines.network.cut("two")  # a cable is pulled
        go_on()
        machines.network.cut("two", back=True)
        for clock, said in (("+20d", "--clock-is-right"), ("-1d", "behind the last publication")):
            refused = machines.wif("one", "publish", clock=clock)
            assert refused.returncode == 1 and said in refused.stderr, refused.stderr
        publishing = [
            host.start(*WIF, "publish", log=machines.folder / "publish.log", **machines.environment(name))
            for name, host in (("one", machines.one), ("two", machines.two))
        ]
        go_on()
        assert [process.wait(timeout=120) for process in publishing] == [0, 0], (
            machines.folder / "publish.log"
        ).read_text()
        machines.cluster.stop()  # the database is away
        before = len(asking.lines)
        ask()
        poll(lambda: len(asking.lines) > before, 60, "a refusal while the database is away")
        time.sleep(AWAY)
        machines.cluster.start()
        answered()
        machines.web.kill()  # the web server and what fetches for it
        go_on()
        machines.front(proxy=False)
        assert asking.end() and asking.process.returncode == 0
        assert machines.wif("two", "publish").returncode == 0
        last = (
            machines.folder / "public" / "status-1.cose"
        )  # read anew each time: an issuer may publish once more by itself
        poll(
            lambda: any(last.read_bytes().hex() in line for line in looking.lines[-8:]),
            60,
            "the last list on the web server",
        )
    told = done()
    assert [one["reference"] for one in told] == [f"M-{place}" for place in range(wanted)]
    judge = tmp_path / "judge"
    judge.mkdir()
    code = "import sys; from tests.faults.test_machines import judged; judged(*sys.argv[1:])"
    (judge / "answered.json").write_text(json.dumps(told))
    checked = machines.data.run(
        sys.executable, "-c", code, machines.cluster.address, machines.folder / "public", judge, PYTHONPATH=str(TOP)
    )
    assert checked.returncode == 0, checked.stderr
    phone, seen = Witness(machines.cluster.address, judge), {}
    shutil.copy(machines.folder / "public" / "trust.cose", judge)
    for line in looking.lines:
        issued_time(phone, seen, *json.loads(line))
    assert phone.published["status-1.cose"]
    audited = machines.wif("one", "audit", "verify")
    assert audited.returncode == 0, audited.stdout


def judged(address, public, judge):
    """On the database's host: the independent reader over everything that was answered."""
    witness = Witness(address, Path(public))
    witness.check()
    told = json.loads((Path(judge) / "answered.json").read_text())
    for one in told:
        number, _token = witness.token(one["reference"])
        assert number == one["number"], one
        assert witness.state(number) == (2 if one.get("suspended") else 0), one
    assert len(witness.issued) == len(told)
