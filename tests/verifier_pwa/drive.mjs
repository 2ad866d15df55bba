// Runs the verifier's lists over a made-up network, clock and store. Reads a scenario from standard input as JSON:
// {"steps": [{"do": "open" | "check" | "ready" | "files_lost" | "lose" | "spoil", "tab", "now", "site", "store", "answers"}]}, and writes
// what is held after each step. Bytes are hexadecimal.

import { openLists } from '../../verifier_pwa/src/js/lists.js';
import { supersedes } from '../../verifier_pwa/src/js/lists-stored.js';

const scenario = JSON.parse(await new Response(process.stdin).text());
const stores = { memory: { kept: null, marked: null }, broken: null };
let now = 0;
let answers = {};
let asked = [];
const tabs = {};
let lists;
let changes = 0;

const memory = {
  async read() {
    const { kept, marked } = stores.memory;
    return { kept: kept && structuredClone(kept), lostSince: kept ? null : marked };
  },
  async write(fresh) {
    const { kept } = stores.memory;
    if (!supersedes(kept ?? undefined, fresh)) return false;
    stores.memory = { kept: structuredClone({ ...fresh, floor: Math.max(fresh.floor, kept?.floor ?? 0) }), marked: fresh.since };
    return true;
  },
};
const broken = {
  async read() { throw new DOMException('no', 'UnknownError'); },
  async write() { throw new DOMException('no', 'QuotaExceededError'); },
};
const full = { read: memory.read, write: broken.write };

async function network(path, { signal }) {
  asked.push(path);
  const answer = answers[path] ?? { status: 404, type: 'text/plain', body: '' };
  if (answer.failure === 'offline') throw new TypeError('fetch failed');
  if (answer.failure === 'redirect') return { type: 'opaqueredirect', status: 0, ok: false, headers: new Headers(), body: null };
  if (answer.failure === 'silence') return new Promise((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason)); });
  const bytes = Buffer.from(answer.body, 'hex');
  if (answer.failure === 'cut') {
    const body = new ReadableStream({ start(control) { control.enqueue(bytes.subarray(0, 10)); control.error(new TypeError('network error')); } });
    return new Response(body, { status: answer.status, headers: { 'content-type': answer.type } });
  }
  return new Response(bytes, { status: answer.status, headers: { 'content-type': answer.type } });
}

setInterval(() => {}, 1000); // a time limit alone does not keep Node waiting
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const report = [];
for (const step of scenario.steps) {
  now = step.now ?? now;
  answers = step.answers ?? answers;
  asked = [];
  let result = null;
  const tab = step.tab ?? 'one';
  lists = tabs[tab];
  if (step.do === 'open') {
    const store = { memory, broken, full, none: null }[step.store ?? 'memory'];
    lists = await openLists({ now: () => now, fetch: network, site: step.site, store, timeoutMs: 200 });
    tabs[tab] = lists;
    changes = 0;
    lists.addEventListener('change', () => { changes += 1; });
  } else if (step.do === 'check') {
    result = await lists.check();
  } else if (step.do === 'ready') {
    await lists.markReady();
  } else if (step.do === 'accept_anchors') {
    result = await lists.acceptAnchors();
  } else if (step.do === 'files_lost') {
    lists.noteFilesLost();
  } else if (step.do === 'lose') {
    stores.memory.kept = null;
  } else if (step.do === 'spoil') {
    stores.memory.kept.trust = new Uint8Array([1, 2, 3]);
  }
  report.push({
    result, asked, changes,
    version: lists.trust?.version ?? null,
    build_time: lists.trust?.buildTime ?? null,
    status: Object.fromEntries([...lists.status].map(([number, list]) => [number, list.issuedAt])),
    pinned: lists.pinned.keys.map(hex),
    floor: lists.floor, checked_at: lists.checkedAt, ready_since: lists.readySince,
    strange: lists.strange, lost: lists.lost, lost_since: lists.lostSince, storage: lists.storage, kept: stores.memory.kept !== null,
  });
}
process.stdout.write(JSON.stringify(report));
process.exit(0);
