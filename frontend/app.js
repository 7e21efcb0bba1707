import { Outbox } from './model/outbox.js';
import { placeOf } from './model/place.js';
import { Store } from './model/store.js';
import { Timeline } from './model/timeline.js';
import { Connection } from './net/connection.js';
import { ComposerView } from './view/composer-view.js';
import { StatusView } from './view/status-view.js';
import { TimelineView } from './view/timeline-view.js';

/** How many messages from before are shown to a newcomer. */
const HISTORY = 100;
/** How many missed messages are worth to be fetched on return; beyond, the newest. */
const AT_MOST = 500;

/** @template {HTMLElement} T @param {string} id @returns {T} */
const byId = (id) => /** @type {T} */ (document.getElementById(id));

/** @param {import('./model/place.js').Place} place @param {Store} store @param {string} name */
function chat(place, store, name) {
  const timeline = new Timeline();
  const connection = new Connection(place.url, () => ({
    type: 'hello',
    name,
    key: store.key(),
    history: HISTORY,
    ...(timeline.cursor && { cursor: timeline.cursor, atMost: AT_MOST }),
  }));
  const outbox = new Outbox(store, place.room, (object) => connection.send(object));

  const list = new TimelineView(
    byId('timeline'),
    (id) => outbox.retry(id),
    (id) => outbox.discard(id),
  );
  const composer = new ComposerView(byId('composer'), (text) => outbox.add(text));
  const status = new StatusView(byId('status'), byId('retry'), () => connection.open());

  timeline.addEventListener('message', (e) => list.add(/** @type {CustomEvent} */ (e).detail));
  timeline.addEventListener('note', (e) => list.note(/** @type {CustomEvent} */ (e).detail));
  timeline.addEventListener('clear', () => list.clear());
  outbox.addEventListener('change', () => list.showPending(outbox.pending, name));
  list.showPending(outbox.pending, name);

  let me = '';
  let retryWindow = 0;
  let isResent = false;

  connection.addEventListener('state', (e) => {
    const { detail } = /** @type {CustomEvent} */ (e);
    status.show(detail);
    list.announces = detail.state === 'live';
  });

  connection.addEventListener('object', (e) => {
    const object = /** @type {CustomEvent} */ (e).detail;
    switch (object.type) {
      case 'welcome':
        me = list.me = object.you.id;
        composer.maxBytes = object.limits.message;
        retryWindow = object.retryWindow;
        isResent = false;
        timeline.onWelcome(object);
        break;
      case 'message':
        if (!timeline.add(object)) {
          connection.restart();
        } else if (object.id && object.from.id === me) {
          outbox.confirm(object.id);
        }
        break;
      case 'live':
        if (!isResent) {
          isResent = true;
          outbox.resend(retryWindow);
        }
        break;
      case 'ok':
        outbox.confirm(object.id);
        break;
      case 'error':
        if (object.id && object.retryAfter) {
          setTimeout(() => outbox.resend(retryWindow), object.retryAfter);
        } else if (object.id) {
          outbox.fail(object.id, object.message);
        } else {
          composer.say(object.message);
        }
        break;
    }
  });

  addEventListener('online', () => connection.hurry());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') {
      connection.hurry();
    }
  });

  byId('join').hidden = true;
  byId('chat').hidden = false;
  composer.focus();
  connection.open();
}

function start() {
  const place = placeOf(location);
  const store = new Store(place.server, Store.browser());
  byId('room').textContent = place.room;
  document.title = `${place.room} – Durable Chat`;

  const name = /** @type {HTMLInputElement} */ (byId('name'));
  name.value = store.get('name') ?? '';
  byId('server').textContent = place.host;
  byId('foreign').hidden = !place.isForeign || store.get('trusted');
  if (name.value && byId('foreign').hidden) {
    chat(place, store, name.value);
    return;
  }
  const form = byId('join');
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = name.value.trim();
    if (chosen) {
      store.put('name', chosen);
      store.put('trusted', true);
      chat(place, store, chosen);
    }
  });
  name.focus();
}

try {
  start();
} catch (e) {
  byId('status').textContent = /** @type {Error} */ (e).message;
}
