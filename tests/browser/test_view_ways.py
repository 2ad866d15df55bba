"""The ways in: the camera filming printed pages, photos, PDFs, texts, a handheld scanner; and what is no
attestation.
"""

from __future__ import annotations

import csv
import io
from urllib.parse import quote

import cv2
import numpy as np
import pypdfium2
import pytest
import segno
import zxingcpp
from PIL import Image

from bench.reading import frames
from tests.browser.samples import publish_states, samples
from tests.support.paper import around_code, drawn, film, held, printed
from tests.support.sites import DAY, PHONE, poll

LOCKED_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"3 0 obj<</Filter/Standard/V 1/R 2/P -4/O<"
    + b"11" * 32
    + b">/U<"
    + b"22" * 32
    + b">>>endobj\ntrailer<</Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]/Size 4>>\n%%EOF\n"
)
"""A PDF whose password is not the empty one."""
FALSE_CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
A_CAMERA = "navigator.mediaDevices.enumerateDevices = async () => [{ kind: 'videoinput', deviceId: '', label: '' }];"
CURLED = 22
"""A frame of the reading bench that is too curled for the plain engine."""
DESK = {"viewport": {"width": 1440, "height": 900}, "locale": "fr-FR"}
BY_CAMERA = [
    "foreign", "unsupported", "malformed", "unknown_key", "bad_signature", "invalid_claims", "untrusted_key", "revoked",
    "replaced", "suspended", "clock_wrong", "not_yet_valid", "expired", "status_unknown", "valid",
]  # fmt: skip


@pytest.fixture(scope="module")
def verifier(verifier):
    publish_states(verifier)
    return verifier


@pytest.fixture
def page(verifier, context):
    made = context.new_page()
    made.goto(verifier.origin)
    poll(lambda: made.locator('[data-action="text"]').count() == 1)
    return made


def give(page, name: str, content: bytes) -> None:
    """Chooses a file."""
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def verdict(page, seconds: float = 30) -> str | None:
    poll(lambda: page.locator("[data-verdict]").count() == 1, seconds, "a verdict")
    return page.locator("[data-verdict]").get_attribute("data-verdict")


def trouble(page, seconds: float = 30) -> str | None:
    poll(lambda: page.locator("[data-trouble]").count() == 1, seconds, "words of what is wrong")
    return page.locator("[data-trouble]").get_attribute("data-trouble")


def picture(*texts: str | bytes, columns: int = 1, scale: int = 4) -> np.ndarray:
    """A grey picture of several codes, side by side."""
    codes = []
    for text in texts:
        out = io.BytesIO()
        segno.make(text, error="m", micro=False).save(out, kind="png", scale=scale, border=6)
        codes.append(np.asarray(Image.open(out).convert("L")))
    side = max(code.shape[0] for code in codes)
    rows = -(-len(codes) // columns)
    sheet = np.full((rows * side, columns * side), 255, np.uint8)
    for number, code in enumerate(codes):
        top, left = number // columns * side, number % columns * side
        sheet[top : top + code.shape[0], left : left + code.shape[1]] = code
    return sheet


def coded(pixels: np.ndarray, kind: str = ".png") -> bytes:
    return cv2.imencode(kind, pixels)[1].tobytes()


@pytest.fixture
def filming(launch, tmp_path):
    """A function that starts a browser whose camera sees this scene; Chromium takes one film for its whole life."""
    started = []

    def show(scene: np.ndarray):
        filmed = film(scene, tmp_path / "film.mjpeg", frames=4)
        started.append(launch([*FALSE_CAMERA, f"--use-file-for-fake-video-capture={filmed}"]))
        return started[-1]

    yield show
    for browser in started:
        browser.close()


@pytest.mark.parametrize(("name", "language", "screen"), [
    (name, "en" if number % 2 else "fr", DESK if number in (3, 14) else PHONE) for number, name in enumerate(BY_CAMERA)
])  # fmt: skip
def test_each_verdict_by_camera_from_the_printed_page(verifier, filming, name, language, screen):
    sample = samples(verifier)["valid" if name == "clock_wrong" else name]
    context = filming(around_code(drawn(printed(verifier, sample.text)))).new_context(**screen)
    context.add_init_script(f"localStorage.setItem('wif.settings', JSON.stringify({{ language: '{language}' }}))")
    page = context.new_page()
    if name == "clock_wrong":
        page.clock.set_fixed_time(verifier.now - 40 * DAY)
    before = len(verifier.requests())
    page.goto(verifier.origin)
    # On a first visit the site's own lists, older than the published ones, may speak until these have come.
    poll(
        lambda: (
            page.locator("[data-verdict]").count() == 1
            and page.locator("[data-verdict]").get_attribute("data-verdict") == name
        ),
        60,
        name,
    )
    assert page.locator("html").get_attribute("lang") == language
    assert name == "clock_wrong" or language == "en" or sample.words in page.locator("h1").inner_text()
    context.close()
    sent = [line for line in verifier.requests()[before:] if line["method"] != "GET" or line["body"]]
    assert sent == []


def test_a_code_that_is_not_ours_does_not_hide_ours_beside_it(verifier, filming):
    ours = samples(verifier)["valid"].text
    sheet = cv2.resize(picture("https://example.org/menu", ours, columns=2), (1600, 800), interpolation=cv2.INTER_AREA)
    context = filming(cv2.copyMakeBorder(sheet, 140, 140, 160, 160, cv2.BORDER_CONSTANT, value=255)).new_context(
        **PHONE
    )
    page = context.new_page()
    page.goto(verifier.origin)
    assert verdict(page, 60) == "valid"
    context.close()


def test_two_of_ours_in_view_are_both_named_and_the_same_paper_gives_no_second_verdict(verifier, filming):
    one, two = (
        verifier.text(verifier.issuer.token(index=index, family_name=name))
        for index, name in ((21, "PREMIER"), (22, "SECOND"))
    )
    sheet = cv2.resize(picture(one, two, columns=2), (1600, 800), interpolation=cv2.INTER_AREA)
    context = filming(cv2.copyMakeBorder(sheet, 140, 140, 160, 160, cv2.BORDER_CONSTANT, value=255)).new_context(
        **PHONE
    )
    page = context.new_page()
    page.goto(verifier.origin)
    poll(lambda: page.locator("[data-choice] button").count() == 2, 60, "a choice of two")
    assert page.locator("[data-verdict]").count() == 0
    named = page.locator("[data-choice]").inner_text()
    assert "PREMIER" in named and "SECOND" in named
    context.close()
    context = filming(picture(one, scale=8)).new_context(**PHONE)
    page = context.new_page()
    page.goto(verifier.origin)
    assert verdict(page, 60) == "valid"
    page.locator('[data-action="again"]').click()
    poll(lambda: page.locator("[data-same]").count() == 1, 60, "words for the same paper")
    assert "déjà vérifiée à" in page.locator("[data-same]").inner_text() and page.locator("[data-verdict]").count() == 0
    page.locator('[data-action="show-again"]').click()
    assert verdict(page) == "valid"
    context.close()


def test_the_camera_is_released_when_the_page_is_left_and_taken_again(verifier, launch):
    browser = launch(FALSE_CAMERA)
    page = browser.new_context(**PHONE).new_page()
    page.goto(verifier.origin)
    poll(lambda: page.locator('[data-camera="on"]').count() == 1)
    track = page.evaluate_handle("() => document.querySelector('video').srcObject.getVideoTracks()[0]")
    assert page.evaluate("(track) => track.getSettings().width", track) == 1920
    page.locator('[data-action="about"]').click()
    poll(lambda: page.evaluate("(track) => track.readyState", track) == "ended")
    page.locator('[data-action="scan"]').click()
    poll(lambda: page.locator('[data-camera="on"]').count() == 1)
    browser.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "L’accès à la caméra est refusé"), ("NotFoundError", "Aucune caméra"),
        ("NotReadableError", "utilisée par une autre application"), ("UnknownError", "n’a pas pu démarrer"),
    ],
)  # fmt: skip
def test_a_camera_that_does_not_open_is_explained_with_the_other_ways(verifier, context, error, words):
    context.add_init_script(A_CAMERA)
    context.add_init_script(
        f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', '{error}'); }};"
    )
    page = context.new_page()
    page.goto(verifier.origin)
    poll(lambda: words in page.locator(".aim").inner_text())
    assert page.locator('[data-action="text"]').is_visible() and page.locator('[data-action="file"]').is_visible()
    assert page.locator(".aim button").is_visible()


def test_a_browser_without_webassembly_says_so_and_still_takes_links(verifier, context):
    context.add_init_script("delete globalThis.WebAssembly;")
    page = context.new_page()
    page.goto(verifier.origin)
    poll(lambda: page.locator('[data-action="text"]').count() == 1)
    give(page, "photo.png", coded(picture(samples(verifier)["valid"].text)))
    assert trouble(page) == "blocked"
    page.goto(verifier.link(verifier.issuer.token()))
    assert verdict(page) == "valid"


def test_an_insecure_address_is_told_apart(verifier, context):
    context.add_init_script(
        "Object.defineProperty(globalThis, 'isSecureContext', { get: () => false }); delete"
        " Navigator.prototype.mediaDevices;"
    )
    page = context.new_page()
    page.goto(verifier.origin)
    poll(lambda: "adresses sûres" in page.locator(".aim").inner_text())


def test_a_pdf_whose_pages_cannot_be_drawn_yet_is_amber(verifier, context):
    """What its bytes say is told, never in green: the engine that draws pages is not on this phone."""
    context.add_init_script("localStorage.setItem('wif.settings', JSON.stringify({ language: 'fr' }))")
    page = context.new_page()
    page.route("**/v/pdfjs*/**", lambda route: route.abort())
    page.goto(verifier.origin)
    poll(lambda: page.locator('[data-action="text"]').count() == 1)
    give(page, "attestation.pdf", printed(verifier, samples(verifier)["valid"].text))
    assert verdict(page, 60) == "valid" and page.locator("[data-verdict]").get_attribute("data-level") == "amber"
    assert "PAGE NON LUE" in page.locator("h1").inner_text() and page.locator('[data-action="keep"]').count() == 0


def level(page) -> str | None:
    return page.locator("[data-verdict]").get_attribute("data-level")


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_what_is_drawn_speaks_where_a_genuine_text_is_hidden_in_the_bytes(verifier, page, kind):
    """A page that is forged, or another's, with a genuine text appended: both are told, and the verdict is the worse."""
    forged = samples(verifier)["bad_signature"].text
    genuine = verifier.text(verifier.issuer.token(index=31, family_name="CACHÉE"))
    for drawn_text, expected in (
        (forged, ("bad_signature", "red")), ("https://example.org/#1", ("foreign", "grey")), (samples(verifier)["valid"].text, ("valid", "amber")),
    ):  # fmt: skip
        paper = picture(drawn_text, scale=8)
        content = scanned_pdf([paper]) if kind == "pdf" else coded(paper)
        give(page, f"file.{kind}", content + b"\n%" + genuine.encode() + b"\n")
        poll(lambda expected=expected: (page.locator('[data-doubt="differs"]').count() == 1 and (verdict(page), level(page)) == expected), 60, str(expected))  # fmt: skip
        assert page.locator("[data-other]").count() == 1
        assert (
            "diff" in page.locator("[data-verdict]").inner_text()
            or "ne sont pas les mêmes" in page.locator("[data-verdict]").inner_text()
        )
    blank = np.full((900, 900), 255, np.uint8)
    give(page, f"blank.{kind}", (scanned_pdf([blank]) if kind == "pdf" else coded(blank)) + genuine.encode())
    poll(lambda: page.locator('[data-doubt="unread"]').count() == 1 and level(page) == "amber", 60, "an unread page")


def test_our_own_page_is_green_and_a_merged_pdf_names_every_paper(verifier, page):
    own = printed(verifier, samples(verifier)["valid"].text)
    give(page, "attestation.pdf", own)
    poll(lambda: verdict(page) == "valid" and level(page) == "green", 60, "green")
    merged, second = (
        pypdfium2.PdfDocument.new(),
        scanned_pdf([drawn(printed(verifier, samples(verifier)["expired"].text), 200)]),
    )
    for part in (own, second):
        merged.import_pages(pypdfium2.PdfDocument(part))
    out = io.BytesIO()
    merged.save(out)
    give(page, "merged.pdf", out.getvalue() + b"\n%" + samples(verifier)["valid"].text.encode())
    poll(lambda: page.locator("[data-choice] button").count() == 2, 60, "both papers")


def test_several_files_give_one_list_with_one_export(verifier, page, tmp_path):
    files = [
        ("one.png", coded(picture(samples(verifier)["valid"].text))),
        ("two.png", coded(picture(samples(verifier)["bad_signature"].text))),
        ("=three.heic", b"\0\0\0\x18ftypheic" + bytes(64)),
    ]
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files]
    )
    poll(lambda: page.locator("[data-pile] tbody tr").count() == 3, 60, "the list")
    assert page.locator("[data-result]").evaluate_all("(all) => all.map((one) => one.dataset.result)") == [
        "bad_signature",
        "valid",
    ]
    assert "HEIC" in page.locator('[data-trouble="format"]').inner_text()
    with page.expect_download() as download:
        page.locator('[data-action="export"]').click()
    saved = tmp_path / "list.csv"
    download.value.save_as(saved)
    rows = list(csv.reader(saved.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["two.png", "'=three.heic", "one.png"] and rows[3][2] == "valid"
    page.locator('[data-result="valid"] button').click()
    assert verdict(page) == "valid"


def scanned_pdf(pages: list[np.ndarray], **options: object) -> bytes:
    """A PDF of pictures, as a copier makes one."""
    out = io.BytesIO()
    images = [Image.fromarray(page) for page in pages]
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=200, **options)
    return out.getvalue()


def test_another_pdf_is_read_on_every_page(verifier, page):
    blank = np.full((2339, 1654), 255, np.uint8)
    give(page, "scan.pdf", scanned_pdf([blank, drawn(printed(verifier, samples(verifier)["suspended"].text), 200)]))
    poll(lambda: verdict(page) == "suspended", 60, "suspended")  # the lists of the site are older than the act


def test_a_broken_and_a_locked_pdf_are_explained(verifier, page):
    give(page, "broken.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40)
    assert trouble(page, 60) == "pdf_broken"
    give(page, "locked.pdf", LOCKED_PDF)
    poll(lambda: page.locator("[data-trouble]").count() == 1 and trouble(page) == "pdf_locked", 60)
    assert "mot de passe" in page.locator("[data-trouble]").inner_text()


def test_a_photo_of_the_paper_is_read(verifier, page):
    photo = held(
        around_code(drawn(printed(verifier, samples(verifier)["expired"].text))), 2.0, np.random.default_rng(3)
    )
    give(page, "photo.jpg", coded(photo, ".jpg"))
    assert verdict(page) == "expired"


def test_a_photo_of_curled_paper_is_read_where_the_plain_engine_fails(page):
    sheet, text, _ = frames.paper()
    hand = frames.Hand(sheet, np.random.default_rng([frames.SEED, list(frames.KINDS).index("curl"), CURLED]))
    photo = frames.degraded("curl", hand)
    assert text not in [code.text for code in zxingcpp.read_barcodes(photo)]
    give(page, "curl.png", coded(photo))
    assert verdict(page, 60) == "foreign"  # it was read: the address is that of the reference attestation


def test_a_photo_of_forty_megapixels_is_read(verifier, page):
    sheet = np.full((5464, 7320), 235, np.uint8)
    paper = drawn(printed(verifier, samples(verifier)["valid"].text), 150)
    sheet[3000 : 3000 + paper.shape[0], 4000 : 4000 + paper.shape[1]] = paper
    give(page, "photo.jpg", coded(sheet, ".jpg"))
    poll(
        lambda: page.locator(".working").count() + page.locator("[data-verdict]").count() == 1, 2, "a sign of progress"
    )
    assert verdict(page, 60) == "valid"


def test_of_ten_codes_ours_is_chosen(verifier, page):
    others = [f"https://example.org/{number}" for number in range(9)]
    give(
        page, "ten.png", coded(picture(*others[:5], samples(verifier)["revoked"].text, *others[5:], columns=4, scale=3))
    )
    poll(lambda: verdict(page) == "revoked", 60, "revoked")  # the lists of the site are older than the act


def test_several_of_ours_are_a_list_to_choose_from(verifier, page):
    give(page, "two.png", coded(picture(samples(verifier)["valid"].text, samples(verifier)["expired"].text, columns=2)))
    poll(lambda: page.locator('[data-action="choose"]').count() == 2)
    assert page.locator("[data-verdict]").count() == 0
    page.locator('[data-action="choose"]', has_text="EXPIRÉE").click()
    assert verdict(page) == "expired"


@pytest.mark.parametrize("shown_for", [(1, 100_000), (100_000, 1)], ids=["first", "last"])
def test_a_png_that_moves_is_not_judged_by_the_picture_that_is_not_seen(verifier, page, shown_for):
    """An APNG flashes a genuine page and then stays on another: browsers decode the first, and people see the second."""
    texts = samples(verifier)
    genuine, expired = (Image.fromarray(picture(texts[name].text)) for name in ("valid", "expired"))
    moving = io.BytesIO()
    genuine.save(moving, "PNG", save_all=True, append_images=[expired], duration=list(shown_for))
    give(page, "moving.png", moving.getvalue())
    assert trouble(page) == "moving" and page.locator("[data-verdict]").count() == 0


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("nothing.png", coded(np.full((600, 800), 200, np.uint8)), "none"), ("text.jpg", b"This is no picture.", "not_a_picture"),
        ("empty.png", b"", "not_a_picture"), ("cut.png", coded(np.full((600, 800), 200, np.uint8))[:200], None),
    ],
)  # fmt: skip
def test_a_picture_without_a_code_or_none_at_all_is_explained(page, name, content, expected):
    give(page, name, content)
    said = trouble(page)
    assert said == expected if expected else said in ("none", "not_a_picture")
    assert page.locator("[data-trouble] [role=alert]").inner_text().strip()


@pytest.mark.parametrize(
    "content",
    ["HC1:6BFOXN%TSMAHN-H" + "A0" * 300, "a" * 2300, bytes(range(256)) * 6, "0" * 5500],
    ids=["pass", "large", "binary", "digits"],
)
def test_any_other_code_in_a_photo_gets_an_answer(verifier, page, content):
    give(page, "code.png", coded(picture(content, scale=5)))
    assert verdict(page) == "foreign"
    assert page.url == f"{verifier.origin}/"


def test_other_square_codes_are_named_as_not_ours(verifier, page):
    code = zxingcpp.create_barcode("LOT 4471-B/EXEMPLE 2026-11", zxingcpp.BarcodeFormat.DataMatrix)
    pixels = np.asarray(code.to_image(scale=8))
    give(page, "label.png", coded(cv2.copyMakeBorder(pixels, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=255)))
    assert verdict(page) == "foreign"


@pytest.mark.parametrize(
    "text",
    [
        "HC1:NCFOXN%TSMAHN-H",
        "https://example.org/" + "a" * 2000,
        "\u202e\x00binaire",
        "javascript:alert(1)",
        "1" * 7000,
    ],
)
def test_any_other_text_gets_an_answer_and_opens_nothing(verifier, page, text):
    page.locator('[data-action="text"]').fill(text)
    assert verdict(page) in ("foreign", "malformed")
    assert page.url == f"{verifier.origin}/"


def test_a_wedge_scanner_types_into_the_field(verifier, page):
    page.locator('[data-action="text"]').focus()
    page.keyboard.insert_text(samples(verifier)["valid"].text)
    page.keyboard.press("Enter")
    assert verdict(page) == "valid"


def test_a_wedge_scanner_is_heard_wherever_the_focus_is_even_on_a_french_keyboard(verifier, page):
    text = samples(verifier)["valid"].text
    typed = """(keys) => { for (const [key, code, shiftKey] of keys) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code, shiftKey, bubbles: true })); }"""
    page.evaluate(typed, [(sign, "", False) for sign in text] + [("Enter", "Enter", False)])
    assert verdict(page) == "valid"
    page.evaluate(typed, [key(sign) for sign in text] + [("Enter", "Enter", False)])
    poll(lambda: page.locator("[data-verdict]").get_attribute("data-verdict") == "valid")


def key(sign: str) -> tuple[str, str, bool]:
    """What a French keyboard's driver makes of the key that writes `sign` on a United States keyboard."""
    if sign.isdigit():
        return "à&é\"'(-è_ç"[int(sign)], f"Digit{sign}", False
    if sign.isalpha():
        return sign.translate(str.maketrans("QAWZM", "AQZW?")), f"Key{sign}", True
    return {
        ":": ("M", "Semicolon", True),
        "/": ("!", "Slash", False),
        "#": ("3", "Digit3", True),
        ".": (":", "Period", False),
    }[sign]


def test_links_and_pasted_texts_are_read_with_what_is_around_them(verifier, page):
    text = samples(verifier)["valid"].text
    digits = text.partition("#")[2]
    page.goto("about:blank")
    for path in (f"%23{digits}", f"#{digits}.", f"?fbclid=x#{digits}", f"%2523{digits}?utm_source=x"):
        page.goto(f"{verifier.origin}/{path}")
        poll(lambda: page.locator("[data-verdict]").count() == 1, 30, path[:8])
        assert (
            page.locator("[data-verdict]").get_attribute("data-verdict") == "valid"
            and page.url == f"{verifier.origin}/"
        )
    entries = page.context.new_cdp_session(page).send("Page.getNavigationHistory")["entries"]
    assert not [entry for entry in entries if digits[:40] in entry["url"]]
    wrapped = f"https://fra01.safelinks.protection.outlook.com/?url={quote(f'{verifier.origin}/%23{digits}', safe='')}&reserved=0"
    page.evaluate(PASTE, f"Bonjour,\n> voici : {wrapped} Cordialement")
    poll(lambda: page.locator("[data-verdict]").get_attribute("data-verdict") == "valid")
    other = verifier.text(verifier.issuer.token(index=23, family_name="AUTRE"))
    page.evaluate(PASTE, f"{text} et {other}")
    poll(lambda: page.locator("[data-choice] button").count() == 2, what="a choice of two")
    page.evaluate(PASTE, "n° 482 913 0571")
    assert trouble(page) == "number" and page.locator("[data-verdict]").count() == 0
    page.evaluate(PASTE, samples(verifier)["valid"].text[300:])
    poll(lambda: trouble(page) == "tail", what="word that this is a part of a code")
    assert page.locator("[data-verdict]").count() == 0, "a tail is never judged by itself"
    page.evaluate(PASTE, f"https://evil.example/#{digits}")
    poll(lambda: page.locator('[data-verdict="foreign"]').count() == 1, what="foreign")
    poll(lambda: page.locator(".aside .details").count() == 1)
    assert page.locator('[data-action="keep"]').count() == 0, "nothing to prove of what was no code"


PASTE = """(text) => { const data = new DataTransfer(); data.setData('text/plain', text);
  document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true })); }"""


def test_nothing_waits_for_the_person_who_is_asked_for_the_camera(verifier, context):
    context.add_init_script(A_CAMERA + "navigator.mediaDevices.getUserMedia = () => new Promise(() => {});")
    page = context.new_page()
    page.goto(verifier.origin)
    poll(lambda: page.locator('[data-action="text"]').count() == 1)
    page.evaluate(PASTE, samples(verifier)["revoked"].text)
    poll(lambda: verdict(page) == "revoked", 60, "revoked")  # the lists of the site are older than the act
    page.locator('[data-action="again"]').click()
    poll(lambda: page.locator('[data-action="text"]').count() == 1)
    give(page, "photo.png", coded(picture(samples(verifier)["expired"].text)))
    assert verdict(page) == "expired"
    poll(lambda: page.locator("html").get_attribute("data-offline") == "ready", 60, "off-line use")


def test_a_file_chosen_before_the_page_listens_is_read(verifier, context):
    page = context.new_page()
    held: list = []
    page.route("**/js/main.js", lambda route: held.append(route))
    page.goto(verifier.origin, wait_until="commit")
    poll(lambda: page.locator("input[type=file]").count() == 1 and held)
    give(page, "attestation.pdf", printed(verifier, samples(verifier)["revoked"].text))
    held[0].continue_()
    poll(lambda: verdict(page) == "revoked", 60, "revoked")  # the lists of the site are older than the act


def test_pasted_and_dropped_things_are_taken_anywhere(verifier, page):
    text = samples(verifier)["revoked"].text
    page.locator('[data-action="about"]').click()
    page.evaluate(PASTE, f" {text[:50]}\n {text[50:]} ")
    poll(lambda: verdict(page) == "revoked", 60, "revoked")  # the lists of the site are older than the act
    page.evaluate("""(bytes) => { const data = new DataTransfer(); data.items.add(new File([new Uint8Array(bytes)], 'x.png'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })); }""",
      list(coded(picture(samples(verifier)["expired"].text))))  # fmt: skip
    poll(
        lambda: (
            page.locator("[data-verdict]").count() == 1
            and page.locator("[data-verdict]").get_attribute("data-verdict") == "expired"
        )
    )


def test_an_engine_that_the_network_keeps_back_is_not_blamed_on_the_browser(verifier, context):
    page = context.new_page()
    page.route("**/*.wasm", lambda route: route.abort())
    page.goto(verifier.origin)
    poll(lambda: page.locator('[data-action="text"]').count() == 1)
    give(page, "photo.png", coded(picture(samples(verifier)["valid"].text)))
    assert trouble(page, 60) == "unreached"
    assert "réseau" in page.locator("[data-trouble]").inner_text()
