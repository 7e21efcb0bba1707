import { formatted } from '../model/formatted.js';
import { t } from '../strings.js';
import { h, html } from '../vendor/htm-preact.js';

/** @typedef {import('../model/formatted.js').Part} Part */
/** @typedef {import('../vendor/htm-preact.js').Child} Child */

const TAGS = { strong: 'strong', em: 'em', del: 'del', quote: 'blockquote', paragraph: 'p' };

/**
 * What a message says, as elements: no text is ever read as HTML.
 * @param {import('../model/timeline.js').Message} message
 * @param {string} me one's own name
 */
export function bodyOf({ text, data = '' }, me) {
  return html`<div class="body" dir="auto">
    ${text === undefined ? t.bytes(Math.floor(data.length * 0.75)) : formatted(text, me).map(elementOf)}
  </div>`;
}

/** @param {Part} part @returns {Child} */
function elementOf(part) {
  if (typeof part === 'string') {
    return part;
  }
  switch (part.type) {
    case 'link':
      return linkOf(part);
    case 'code':
      return html`<code>${part.text}</code>`;
    case 'fence':
      return html`<pre tabindex="0" dir="ltr"><code>${part.text}</code></pre>`;
    case 'mention':
      return html`<span class=${part.isMe ? 'mention me' : 'mention'}>${part.text}</span>`;
    default:
      return h(TAGS[part.type], null, part.parts.map(elementOf));
  }
}

/** @param {import('../model/formatted.js').Link} link */
function linkOf({ href, text, host }) {
  const link = html`<a href=${href} title=${href} target="_blank" rel="noopener noreferrer nofollow ugc">
    ${text}
  </a>`;
  return host ? [link, html` <span class="host">(${host})</span>`] : link;
}
