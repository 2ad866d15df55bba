import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../../verifier_pwa/src/js/lists-stored.js';

/** As much of IndexedDB as reading takes: one record, or a database that does not open. Counts its openings. */
function factory(record, fault = null) {
  const made = { opened: 0, open };
  function answer(result, error) {
    const request = { result, error };
    queueMicrotask(() => (error ? request.onerror() : request.onsuccess()));
    return request;
  }
  function open() {
    made.opened += 1;
    if (fault) return answer(undefined, fault);
    return answer({ close() {}, transaction: () => ({ objectStore: () => ({ get: () => answer(record()) }) }) });
  }
  return made;
}

test('a read that was begun is the next one’s answer, once', async () => {
  let version = 1;
  const database = factory(() => ({ trustVersion: version }));
  const store = new Store(database, undefined);
  store.begin();
  await new Promise((resolve) => { setTimeout(resolve); });
  version = 2;
  assert.equal((await store.read()).kept.trustVersion, 1);
  assert.equal(database.opened, 1);
  assert.equal((await store.read()).kept.trustVersion, 2);
  assert.equal(database.opened, 2);
});

test('a storage that stays closed is told to whoever reads, not to the page', async () => {
  const database = factory(() => undefined, new DOMException('closed', 'UnknownError'));
  const store = new Store(database, undefined);
  store.begin();
  await new Promise((resolve) => { setTimeout(resolve); }); // an unhandled rejection would end this process
  await assert.rejects(store.read(), DOMException);
});
