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
/** The longest name that servers take, in UTF-8. */
const MAX_NAME_BYTES = 128;
/** How many missed messages are worth to be fetched on return; beyond, the newest. */
const AT_MOST = 500;

/** @template {HTMLElement} T @param {string} id @returns {T} */
const byId = (id) => /** @type {T} */ (document.getElementById(id));

/**
 * @param {import('./model/place.js').Place} place
 * @param {Store} store
 * @param {string} name
 * @param {(problem: string) => void} onRefused the server does not take who one says to be
 */
function chat(place, store, name, onRefused) {
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
  const status = new StatusView(byId('status'), byId('retry'), () => connection.insist());

  timeline.addEventListener('message', (e) => list.add(/** @type {CustomEvent} */ (e).detail));
  timeline.addEventListener('note', (e) => list.note(/** @type {CustomEvent} */ (e).detail));
  timeline.addEventListener('clear', () => list.clear());
  outbox.addEventListener('change', () => list.showPending(outbox.pending, name));
  list.showPending(outbox.pending, name);

  let me = '';
  let retryWindow = 0;
  let isWelcome = false;
  let isResent = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let resendTimer;

  connection.addEventListener('state', (e) => {
    const { detail } = /** @type {CustomEvent} */ (e);
    status.show(detail);
    list.announces = detail.state === 'live';
    if (detail.state !== 'live' && detail.state !== 'catching-up') {
      isWelcome = false;
      clearTimeout(resendTimer);
      resendTimer = undefined;
    }
  });

  connection.addEventListener('object', (e) => {
    const object = /** @type {CustomEvent} */ (e).detail;
    switch (object.type) {
      case 'welcome':
        me = list.me = object.you.id;
        composer.maxBytes = object.limits.message;
        retryWindow = object.retryWindow;
        isWelcome = true;
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
        if (!isWelcome) {
          connection.stop(object.message);
          onRefused(object.message);
        } else if (object.id && object.retryAfter) {
          outbox.postpone(object.id);
          // One for all: each refused message asks for it.
          resendTimer ??= setTimeout(() => {
            resendTimer = undefined;
            outbox.resendPostponed();
          }, object.retryAfter);
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
  name.value = String(store.get('name') ?? '');
  byId('server').textContent = place.host;
  byId('foreign').hidden = !place.isForeign || store.get('trusted') === true;

  /** @param {string} problem */
  const ask = (problem) => {
    byId('chat').hidden = true;
    byId('join').hidden = false;
    byId('refused').textContent = problem;
    name.focus();
  };
  let isStarted = false;
  const go = () => {
    isStarted = true;
    chat(place, store, name.value, ask);
  };
  byId('join').addEventListener('submit', (event) => {
    event.preventDefault();
    name.value = name.value.trim();
    if (new TextEncoder().encode(name.value).length > MAX_NAME_BYTES) {
      byId('refused').textContent = 'This name is too long. Choose a shorter one.';
    } else if (name.value) {
      store.put('name', name.value);
      store.put('trusted', true);
      if (isStarted) {
        location.reload();
      } else {
        go();
      }
    }
  });
  if (name.value && byId('foreign').hidden) {
    go();
  } else {
    ask('');
  }
}

try {
  start();
} catch (e) {
  byId('status').textContent = /** @type {Error} */ (e).message;
}
