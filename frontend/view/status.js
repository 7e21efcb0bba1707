import { t } from '../strings.js';
import { html, useEffect, useState } from '../vendor/htm-preact.js';

const WORDS = /** @type {Record<string, string>} */ ({
  connecting: t.connecting,
  'catching-up': t.catchingUp,
  live: t.live,
  offline: t.offline,
});

/**
 * Says how the connection is, and offers to hurry it.
 * @param {{line: {state: string, until?: number, reason?: string}, onHurry: () => void}} props
 */
export function Status({ line: { state, until = 0, reason = '' }, onHurry }) {
  const [, tick] = useState(0);
  const isOffline = state === 'offline';
  useEffect(() => {
    if (!isOffline) {
      return undefined;
    }
    const countdown = setInterval(() => tick(Date.now()), 1000);
    return () => clearInterval(countdown);
  }, [isOffline]);
  const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
  // The seconds are for the eye only: nobody wants to have them read out.
  return html`
    <p id="status" class="status" data-state=${state}>
      <span role="status">${state === 'stopped' ? t.stopped(reason) : WORDS[state]}</span>
      ${isOffline && html`<span aria-hidden="true">${t.nextAttempt(seconds)}</span>`}
    </p>
    ${
      (isOffline || state === 'stopped') &&
      html`<button id="retry" type="button" class="small" onClick=${onHurry}>${t.connectNow}</button>`
    }
  `;
}
