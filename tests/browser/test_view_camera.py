"""What the camera can do, shown by a lens made of a drawing: torch, zoom, other lenses, a picture that stands still."""

from __future__ import annotations

import pytest

from tests.browser.samples import publish_states, samples
from tests.support.sites import poll

LENS = """(() => {
  const canvas = document.createElement('canvas');
  canvas.width = 640; canvas.height = 480;
  const drawing = canvas.getContext('2d');
  globalThis.lens = { moving: true, opened: [], applied: [], stopped: 0, error: null };
  setInterval(() => { if (lens.moving) { drawing.fillStyle = `hsl(${performance.now() / 10 % 360} 40% 60%)`; drawing.fillRect(0, 0, 640, 480); } }, 60);
  navigator.mediaDevices.enumerateDevices = async () => [
    { kind: 'videoinput', deviceId: 'front', label: 'camera2 1, facing front' },
    { kind: 'videoinput', deviceId: 'wide', label: 'camera2 2, facing back ultra wide' },
    { kind: 'videoinput', deviceId: 'main', label: 'camera2 0, facing back' },
  ];
  navigator.mediaDevices.getUserMedia = async ({ video }) => {
    if (lens.error) throw new DOMException('', lens.error);
    const id = video.deviceId?.exact ?? 'wide';
    lens.opened.push(id);
    const stream = canvas.captureStream(15);
    const [track] = stream.getVideoTracks();
    const stop = track.stop.bind(track);
    Object.assign(track, {
      getCapabilities: () => ({ focusMode: id === 'main' ? ['continuous', 'manual'] : ['fixed'], torch: id === 'main', zoom: { min: 1, max: 4, step: 0.1 } }),
      getSettings: () => ({ deviceId: id, facingMode: 'environment', width: 640 }),
      applyConstraints: async ({ advanced: [setting] }) => { lens.applied.push(setting); },
      stop: () => { lens.stopped += 1; stop(); },
    });
    return stream;
  };
})()"""


@pytest.fixture(scope="module")
def verifier(verifier):
    publish_states(verifier)
    return verifier


@pytest.fixture
def page(verifier, context):
    context.add_init_script(LENS)
    made = context.new_page()
    made.goto(verifier.origin)
    on(made)
    return made


def on(page) -> None:
    poll(lambda: page.locator('[data-camera="on"]').count() == 1, what="the picture of the camera")


def test_the_rear_lens_that_focuses_is_chosen_and_the_others_are_released(page):
    assert page.evaluate("[lens.opened, lens.stopped]") == [["wide", "main"], 1]
    assert {"focusMode": "continuous"} in page.evaluate("lens.applied")


def test_the_torch_stays_on_under_the_verdict_and_can_be_put_out_there(verifier, page):
    page.locator('[data-action="torch"]').click()
    poll(lambda: page.locator('[data-action="torch"][aria-pressed="true"]').count() == 1)
    page.locator('[data-action="text"]').fill(samples(verifier)["valid"].text)
    poll(
        lambda: page.locator("[data-verdict] [data-action=torch][aria-pressed=true]").count() == 1,
        what="the torch's switch under the verdict",
    )
    assert page.evaluate("lens.stopped") == 1  # the other lens: the one in use burns on
    page.locator("[data-verdict] [data-action=torch]").click()
    poll(lambda: page.evaluate("lens.applied.filter((one) => 'torch' in one)") == [{"torch": True}, {"torch": False}])


def test_zoom_reaches_the_lens(page):
    page.locator(".tool input[type=range]").fill("2.5")
    poll(lambda: {"zoom": 2.5} in page.evaluate("lens.applied"))


def test_a_chosen_lens_is_opened_and_remembered(verifier, page):
    picker = page.locator(".tool select")
    assert picker.locator("option").count() == 3
    picker.select_option("wide")
    poll(lambda: page.evaluate("lens.opened.at(-1)") == "wide")
    page.goto(f"{verifier.origin}/?again")
    on(page)
    assert page.evaluate("lens.opened") == ["wide"]  # at once, and no other is tried


def test_a_picture_that_stands_still_is_opened_again(page):
    before = page.evaluate("lens.opened.length")
    page.evaluate(
        "globalThis.told = 0; (function look() { document.querySelector('video').requestVideoFrameCallback(() => { told += 1; look(); }); })()"
    )
    poll(lambda: page.evaluate("told") >= 5, what="pictures that move")  # the page has been told of some as well
    page.evaluate("lens.moving = false")
    poll(lambda: page.evaluate("lens.opened.length") > before, 30, "another stream")
    page.evaluate("lens.moving = true")
    on(page)


def test_a_camera_taken_away_is_said_and_given_back(page):
    page.evaluate("document.querySelector('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    poll(lambda: "arrêtée" in page.locator(".aim").inner_text())
    page.locator(".aim button").click()
    on(page)


def test_a_phone_without_a_camera_hears_so_at_once(verifier, context):
    context.add_init_script(
        "navigator.mediaDevices.enumerateDevices = async () => []; navigator.mediaDevices.getUserMedia = () => { throw"
        " new Error('asked'); };"
    )
    page = context.new_page()
    page.goto(verifier.origin)
    poll(lambda: page.locator(".aim strong").count() == 1)
    assert "Aucune caméra" in page.locator(".aim").inner_text()
    assert not page.locator(".finder").is_visible()
