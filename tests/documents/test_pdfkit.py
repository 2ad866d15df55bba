"""The other engine: the same page, made by a browser engine that is given nothing to fetch, run or read."""

import http.server
import os
import re
import stat
import threading
import time
from pathlib import Path

import pytest

from issuer.attestation import qr
from issuer.documents import Printer, RenderError, pdf_metadata, pdfkit_engine, wkhtmltopdf
from issuer.documents.sheet import compose
from tests.documents import readers, samples
from tests.support.processes import poll

SECRET = "canary-of-a-local-file-7f3a"
TIMEOUT = 60.0


@pytest.fixture(scope="module")
def pdfkit():
    """The engine, where wkhtmltopdf is installed."""
    try:
        return Printer("pdfkit", TIMEOUT)
    except RenderError as error:
        pytest.skip(f"wkhtmltopdf is not installed: {error}")


@pytest.fixture(scope="module")
def made(pdfkit, documents):
    """Every sample page, printed by this engine."""
    return {name: pdfkit.render(document) for name, document in documents.items()}


@pytest.fixture
def canary():
    """A web server on this machine that notes whatever is asked of it: (its address, the list of requests)."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_HEAD = do_CONNECT = do_GET

        def log_message(self, *arguments):
            """Nothing: what is asked is in the list."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_ordinary_page_takes_one_run_of_wkhtmltopdf(pdfkit, documents, monkeypatch):
    """A run costs a quarter of a second: the type of a full page is not searched for where the page can be drawn
    tighter.
    """
    runs, convert = [], wkhtmltopdf.convert
    monkeypatch.setattr(wkhtmltopdf, "convert", lambda html, timeout: runs.append(html) or convert(html, timeout))
    pdfkit.render(documents["reference"])
    assert len(runs) == 1


TRAPS = {
    "a script": '<p id="p">before</p><script>document.getElementById("p").textContent = "script ran"</script>',
    "a script that asks": (
        "<p>before</p><script>var x = new XMLHttpRequest(); x.open('GET', '{address}/', false); x.send()</script>"
    ),
    "a script that reads": (
        "<p id='p'>before</p><script>var x = new XMLHttpRequest(); x.open('GET', 'file://{path}', false); x.send();"
        "document.getElementById('p').textContent = x.responseText</script>"
    ),
    "a handler": "<p>before</p><img src='nowhere:' onerror='document.write(\"script ran\")'>",
    "a frame of a file": "<p>before</p><iframe src='file://{path}' width='500' height='100'></iframe>",
    "an object of a file": (
        "<p>before</p><object data='file://{path}' type='text/html' width='500' height='100'></object>"
    ),
    "a picture": "<p>before</p><img src='{address}/'>",
    "a style sheet": "<link rel='stylesheet' href='{address}/'><p>before</p>",
    "an import": "<style>@import '{address}/';</style><p>before</p>",
    "a background": "<p style='background: url({address}/)'>before</p>",
    "a font": (
        "<style>@font-face {{ font-family: x; src: url({address}/) }}</style><p style='font-family: x'>before</p>"
    ),
    "a frame": "<p>before</p><iframe src='{address}/'></iframe>",
    "an object": "<p>before</p><object data='{address}/'></object><embed src='{address}/'>",
    "a refresh": "<meta http-equiv='refresh' content='0;{address}/'><p>before</p>",
    "a drawing": "<p>before</p><svg><image xlink:href='{address}/' width='9' height='9'/></svg>",
    "an option": (
        "<meta name='pdfkit-enable-local-file-access' content=''><p>before</p><iframe src='file://{path}'></iframe>"
    ),
}
"""HTML that runs, reads or fetches, each in one way."""


@pytest.mark.wkhtmltopdf
class TestPage:
    def test_every_attestation_stands_on_one_a4_page_with_its_code(self, made, documents):
        for name, pdf in made.items():
            document = readers.pypdfium2.PdfDocument(pdf)
            assert len(document) == 1 and document[0].get_size() == pytest.approx((595, 842), abs=1), name
            assert [code.text for code in readers.codes(readers.picture(pdf, 150))] == [documents[name].qr_text], name

    def test_it_says_what_the_default_engine_says(self, made, pages):
        for name in ("reference", "bare", "demonstration", "month"):
            ours = letters(readers.text(made[name]))
            for word in readers.text(pages[name]).split():
                assert letters(word) in ours, (name, word)

    def test_a_module_is_six_tenths_of_a_millimetre_or_more(self, made):
        for name, pdf in made.items():
            (code,) = readers.codes(readers.picture(pdf, 300))
            modules = len(qr.make_symbol(code.text).matrix)
            width = code.position.top_right.x - code.position.top_left.x
            assert width / modules / 300 * 25.4 >= 0.59, name

    def test_the_qr_text_title_and_date_stand_in_the_metadata(self, made, documents):
        for name, pdf in made.items():
            found = re.findall(rb"https://[a-z0-9.\-]+/#1[0-9]+", pdf, re.IGNORECASE)
            assert len(found) == 2 and set(found) == {documents[name].qr_text.encode()}
            described = readers.xmp(pdf).find(".//{http://purl.org/dc/elements/1.1/}description//{*}li").text
            assert described == documents[name].qr_text
            facts = readers.pypdfium2.PdfDocument(pdf).get_metadata_dict()
            assert facts["Title"].endswith("n° 482 913 0571") and facts["CreationDate"] == "D:20251229092000Z"

    def test_the_same_attestation_gives_the_same_bytes_on_this_machine(self, pdfkit, made, documents):
        second = int(time.time())
        poll(lambda: int(time.time()) > second, what="the next second of the clock")
        for _ in range(3):
            assert pdfkit.render(documents["bare"]) == made["bare"]


@pytest.mark.wkhtmltopdf
class TestHostileFields:
    def test_markup_in_a_field_is_printed_and_fetches_nothing(self, pdfkit, canary, tmp_path):
        address, asked = canary
        secret = tmp_path / "secret.txt"
        secret.write_text(SECRET)
        name = f"<script>document.write(1)</script><img src={address}/n>"
        employer = f"<iframe src=file://{secret}></iframe>"
        claims = samples.replace(
            samples.claims(),
            family_name=name,
            employer_name=employer,
            job=f"<meta http-equiv=refresh content=0;{address}/>",
        )
        signatory = {
            **samples.SIGNATORY,
            "title": f'"><link rel=stylesheet href={address}/t>',
            "service": "{{ 7 * 7 }} {% raw %}",
        }
        pdf = pdfkit.render(samples.printed(claims, signatory, authority=f"</td><img src='{address}/a'>"))
        text = letters(readers.text(pdf))
        for words in (name, employer, signatory["title"], signatory["service"]):
            assert letters(words) in text
        assert letters(SECRET) not in text and asked == []

    @pytest.mark.parametrize("trap", TRAPS)
    def test_even_live_markup_runs_fetches_and_reads_nothing(self, pdfkit, canary, tmp_path, trap):
        """As if the template did not escape: what shuts the engine in holds by itself. It prints the rest, or
        refuses.
        """
        address, asked = canary
        secret = tmp_path / "secret.html"
        secret.write_text(SECRET)
        html = f"<!DOCTYPE html><html><body>{TRAPS[trap].format(address=address, path=secret)}</body></html>"
        try:
            text = readers.text(wkhtmltopdf.convert(html, TIMEOUT))
        except RenderError as refused:
            text = str(refused)
            assert "made no page" in text
        else:
            assert "before" in text
        assert "script ran" not in text and letters(SECRET) not in letters(text) and asked == []

    def test_the_canary_sings_when_it_is_asked(self, canary):
        import urllib.request

        address, asked = canary
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{address}/here", timeout=5).close()
        assert asked == ["/here"]


class TestHtml:
    def test_every_text_of_the_page_is_escaped(self, documents):
        trap = "<b a=\"1\" c='2'>&amp;</b>"
        document = samples.printed(
            samples.replace(samples.claims(), family_name=trap, job=trap, employer_name=trap), authority=trap
        )
        page = pdfkit_engine.page(compose(document))
        assert "<b " not in page and page.count("&lt;b a=&#34;1&#34; c=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;") == 4

    def test_the_page_refers_to_nothing_outside(self, documents):
        page = pdfkit_engine.page(compose(documents["reference"]))
        for word in ("src=", "url(", "@import", "<script", "<iframe", "<link", "<object", "file:", "xlink"):
            assert word not in page
        assert page.count("href=") == 1


class TestProgram:
    """A stand-in for wkhtmltopdf, on PATH before any other."""

    @pytest.fixture
    def program(self, tmp_path, monkeypatch):
        def install(script):
            path = tmp_path / "wkhtmltopdf"
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
            monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
            return path

        return install

    def test_a_missing_program_is_said_with_the_remedy(self, monkeypatch, tmp_path):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(RenderError, match='wkhtmltopdf is not installed: install it, or set pdf_engine = "typst"'):
            Printer("pdfkit")

    def test_a_program_that_hangs_is_killed_with_its_children(self, program, tmp_path):
        program(f"sleep 600 & echo $! > {tmp_path}/child; wait")
        began = time.monotonic()
        with pytest.raises(RenderError, match="took more than 1 seconds and was stopped"):
            wkhtmltopdf.convert("<p>x</p>", 1)
        assert time.monotonic() - began < 30
        child = int((tmp_path / "child").read_text())
        assert not alive(child)

    def test_a_program_that_fails_is_said_without_a_traceback(self, program):
        program("cat > /dev/null; exit 3")
        with pytest.raises(RenderError, match="stopped with code 3 and made no page"):
            wkhtmltopdf.convert("<p>x</p>", 20)

    def test_a_program_that_writes_something_else_is_refused(self, program):
        program("cat > /dev/null; echo hello")
        with pytest.raises(RenderError, match="made no page"):
            wkhtmltopdf.convert("<p>x</p>", 20)

    def test_it_is_called_shut_in_and_reads_from_its_standard_input(self, program, tmp_path, monkeypatch):
        monkeypatch.setenv("WIF_PASSPHRASE", "open sesame")
        program(f'echo "$@" > {tmp_path}/said; cat > {tmp_path}/html; env > {tmp_path}/env; printf %%PDF-1.4')
        html = '<meta name="pdfkit-enable-javascript" content=""><p>été</p>'
        wkhtmltopdf.convert(html, 20)
        words = (tmp_path / "said").read_text().split()
        for option in ("--disable-javascript", "--disable-local-file-access", "--no-images", "--disable-plugins"):
            assert option in words
        assert words[words.index("--proxy") + 1] == "http://127.0.0.1:9" and words[-2:] == ["-", "-"]
        assert "--enable-javascript" not in words and (tmp_path / "html").read_text() == html
        assert "sesame" not in (tmp_path / "env").read_text()


class TestMetadata:
    def test_a_pdf_of_another_make_is_refused_in_words(self, pages):
        from datetime import UTC, datetime

        with pytest.raises(RenderError, match="PDF of an unknown make"):
            pdf_metadata.describe(b"%PDF-1.4\nnothing", "t", "d", datetime.now(UTC))

    def test_pages_are_counted(self, pages):
        assert pdf_metadata.pages(pages["reference"]) == 1


def letters(words: str) -> str:
    """The words without spaces and hyphens: readers drop the hyphen at the end of a line."""
    return "".join(character for character in words if character not in " -\u00ad\ufffe\x02")


def alive(process: int) -> bool:
    """Whether a process still runs (one that is dead but not yet waited for by init does not)."""
    for _ in range(50):
        try:
            os.kill(process, 0)
            with Path(f"/proc/{process}/stat").open() as status:
                if status.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return False
        except (ProcessLookupError, FileNotFoundError):
            return False
        time.sleep(0.1)
    return True
