// What JavaScript adds: everything essential works without it. Texts enter the page as text only.

document.documentElement.classList.add('js');
const words = () => document.querySelector('meta[name="csrf-token"]')?.getAttribute('content') ?? '';

/** Sends a form's fields and gives the answer, or null when the server did not answer well. */
async function send(/** @type {string} */ address, /** @type {FormData} */ data, /** @type {AbortSignal} */ signal) {
  try {
    const answer = await fetch(address, {
      method: 'POST', body: data, signal, credentials: 'same-origin', headers: { 'X-CSRFToken': words(), Accept: 'application/json, image/png' },
    });
    return answer.ok ? answer : null;
  } catch {
    return null; // off line or superseded by a later change: the next change asks again
  }
}

/** A form is sent once: the second click of a double click does nothing. */
for (const form of document.querySelectorAll('form[data-once]')) {
  let sent = false;
  form.addEventListener('submit', (event) => {
    if (sent) { event.preventDefault(); return; }
    sent = true;
    const button = form.querySelector('button[data-busy]');
    if (button) {
      button.setAttribute('aria-disabled', 'true');
      button.textContent = button.getAttribute('data-busy');
    }
    addEventListener('pageshow', (shown) => { if (shown.persisted) location.reload(); }, { once: true });
  });
}

document.querySelector('[data-print]')?.addEventListener('click', () => window.print());
const problems = document.getElementById('problems');
if (problems) problems.focus();

/** Menus close with Escape and with a click elsewhere. */
for (const menu of document.querySelectorAll('.menu, .person')) {
  menu.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && menu.open) { menu.open = false; menu.querySelector('summary').focus(); }
  });
  document.addEventListener('click', (event) => { if (!menu.contains(event.target)) menu.open = false; });
}

/** The form of a record: checks as one types, and the page beside it. */
const record = document.getElementById('record');
if (record) {
  const touched = new Set(), picture = document.getElementById('preview'), paper = document.getElementById('paper');
  let checking = new AbortController(), drawing = new AbortController(), checkTimer = 0, drawTimer = 0, shown = '';

  /** Nothing, for an answer that a newer question has made needless while it came. */
  const needless = (error) => {
    if (error.name !== 'AbortError') throw error;
    return null;
  };

  const check = async () => {
    checking.abort();
    checking = new AbortController();
    const answer = await send(record.dataset.check, new FormData(record), checking.signal);
    if (!answer) return;
    const found = await answer.json().catch(needless);
    if (!found) return;
    for (const field of record.querySelectorAll('[data-field]')) {
      const name = field.dataset.field, input = field.querySelector('input, select'), error = field.querySelector('.error');
      if (!touched.has(name) && !error.textContent) continue;
      const text = found[name] ?? '';
      error.textContent = text;
      field.classList.toggle('wrong', text !== '');
      if (text) input.setAttribute('aria-invalid', 'true'); else input.removeAttribute('aria-invalid');
    }
  };

  const draw = async () => {
    drawing.abort();
    drawing = new AbortController();
    paper.classList.add('stale');
    const answer = await send(record.dataset.preview, new FormData(record), drawing.signal);
    if (!answer || answer.status !== 200) return;
    const page = await answer.blob().catch(needless);
    if (!page) return;
    const address = URL.createObjectURL(page);
    picture.addEventListener('load', () => {
      paper.classList.remove('stale');
      if (shown) URL.revokeObjectURL(shown);
      shown = address;
    }, { once: true });
    picture.src = address;
    picture.hidden = false;
  };

  const later = () => {
    clearTimeout(drawTimer);
    drawTimer = setTimeout(draw, 700);
  };
  const touch = (event) => {
    const field = event.target.closest('[data-field]');
    if (!field || !event.target.value) return;
    touched.add(field.dataset.field);
    clearTimeout(checkTimer);
    checkTimer = setTimeout(check, 250);
  };
  record.addEventListener('focusout', touch);
  record.addEventListener('change', (event) => { touch(event); later(); });
  record.addEventListener('input', (event) => {
    later();
    if (event.target.closest('.wrong')) touch(event);
  });
  if (matchMedia('(min-width: 70rem)').matches) draw(); else if (picture.getAttribute('src')) picture.hidden = false;
}

/** The reason of an act proposes its legal basis, and says when the person is heard first. */
const basis = document.querySelector('input[name="legal_basis"]');
if (basis) {
  let proposed = basis.value;
  document.addEventListener('change', (event) => {
    if (event.target.name !== 'reason') return;
    if (basis.value === '' || basis.value === proposed) {
      basis.value = event.target.dataset.basis;
      proposed = basis.value;
    }
  });
}

/** An attestation's page follows the publication until the verdict is the new one. */
const now = document.querySelector('[data-verdict-from][data-waiting]');
if (now) {
  let left = 40;
  const look = async () => {
    left -= 1;
    try {
      const answer = await fetch(now.dataset.verdictFrom, { credentials: 'same-origin' });
      const page = answer.ok ? await answer.text() : '';
      const fresh = page.match(/data-verdict="([a-z_]+)"/)?.[1];
      const waits = page.includes('data-waiting');
      if (fresh && !waits) { location.reload(); return; }
    } catch { /* off line: looked at again below */ }
    if (left > 0) setTimeout(look, 3000);
  };
  setTimeout(look, 3000);
}

/** Progress of an import. */
const progress = document.querySelector('[data-progress]');
if (progress) {
  const format = new Intl.NumberFormat(document.documentElement.lang);
  const look = async () => {
    try {
      const answer = await fetch(progress.dataset.progress, { credentials: 'same-origin', headers: { Accept: 'application/json' } });
      if (answer.ok) {
        const job = await answer.json();
        for (const name of ['rows', 'good', 'warned', 'already', 'refused']) progress.querySelector(`[data-count="${name}"]`).textContent = format.format(job[name]);
        if (job.state !== 'checking' && job.state !== 'signing') { location.reload(); return; }
      }
    } catch { /* off line: looked at again below */ }
    setTimeout(look, 1000);
  };
  setTimeout(look, 500);
}
