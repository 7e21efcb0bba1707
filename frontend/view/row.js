import { isMentioned } from '../model/formatted.js';
import { t } from '../strings.js';
import { Component, html } from '../vendor/htm-preact.js';
import { bodyOf } from './body.js';
import { Icon } from './icon.js';

/** @typedef {import('../model/rows.js').Row} Row */
/** @typedef {import('../model/rows.js').Said} Said */
/** @typedef {{retry(id: string): void, discard(id: string): void, copyText(text: string): void, copyLink(seq: number): void}} Deeds */
/** @typedef {{row: Row, name: string, isActive: boolean, isTarget: boolean, deeds: Deeds}} Props */

const DAY_MS = 24 * 60 * 60_000;
const HUES = 8;
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

/** One line of the timeline; drawn again only if it has changed, for there are hundreds. @extends {Component<Props>} */
export class RowView extends Component {
  /** As it was when it was drawn: what is pending changes in place. */
  #drawn = '';

  /** @param {Props} next */
  shouldComponentUpdate(next) {
    return signature(next) !== this.#drawn;
  }

  render() {
    const { row } = this.props;
    this.#drawn = signature(this.props);
    if (row.type === 'message') {
      return messageOf(row, this.props);
    }
    if (row.type === 'day') {
      return html`<li class="line day" data-key=${row.key}><span>${dayOf(row.at)}</span></li>`;
    }
    return html`<li class=${`line ${row.type}`} data-key=${row.key}>
      <span>${t.lines[row.type]}</span>
    </li>`;
  }
}

/** @param {Props} props */
function signature({ row, name, isActive, isTarget }) {
  if (row.type !== 'message') {
    return row.type === 'day' ? dayOf(row.at) : row.type;
  }
  const { message, pending, isOwn, isFirst } = row;
  return JSON.stringify([
    message.seq,
    isOwn,
    isFirst,
    isActive,
    isTarget,
    name,
    pending?.state,
    pending?.problem,
  ]);
}

/** @param {Said} row @param {Props} props */
function messageOf({ key, message, pending, isOwn, isFirst }, { name, isActive, isTarget, deeds }) {
  const who = nameOf(message);
  const at = new Date(message.at);
  const classes = ['message'];
  const add = (/** @type {unknown} */ is, /** @type {string} */ kind) => is && classes.push(kind);
  add(isOwn, 'own');
  add(isFirst, 'first');
  add(isTarget, 'target');
  add(!isOwn && isMentioned(message.text ?? '', name), 'called');
  add(pending, pending?.state === 'pending' ? 'pending' : 'failed');
  return html`<li class=${classes.join(' ')} data-key=${key} data-seq=${message.seq} tabindex="-1">
    ${isFirst && !isOwn && html`<span class=${`avatar hue${hueOf(message.from.id)}`} aria-hidden="true">${initialOf(who)}</span>`}
    <div class="bubble">
      ${isFirst && html`<bdi class=${`author hue${hueOf(message.from.id)}`}>${who}</bdi> `}
      ${bodyOf(message, name)}
      <span class="meta">
        <time datetime=${at.toISOString()} title=${FULL.format(at)}>${TIME.format(at)}</time>
        ${pending && html` <span class="state">${stateOf(pending)}</span>`}
      </span>
      ${
        pending &&
        pending.state !== 'pending' &&
        html`<span class="choices">
        <button type="button" onClick=${() => deeds.retry(pending.id)}>${t.sendAgain}</button>
        <button type="button" class="quiet" onClick=${() => deeds.discard(pending.id)}>${t.discard}</button>
      </span>`
      }
      ${
        isActive &&
        !pending &&
        html`<span class="tools">
        ${toolOf('copy', t.copyText, () => deeds.copyText(message.text ?? ''))}
        ${toolOf('link', t.copyLink, () => deeds.copyLink(message.seq))}
      </span>`
      }
    </div>
  </li>`;
}

/** @param {'copy' | 'link'} icon @param {string} label @param {() => void} onClick */
function toolOf(icon, label, onClick) {
  return html`<button type="button" class="tool" aria-label=${label} title=${label} onClick=${onClick}>
    <${Icon} name=${icon} />
  </button>`;
}

/** @param {import('../model/outbox.js').Pending} pending */
function stateOf({ state, problem = '' }) {
  return state === 'pending' ? t.sending : state === 'failed' ? t.notSent(problem) : t.notConfirmed;
}

/** @param {import('../model/timeline.js').Message} message */
export function nameOf({ from, kind }) {
  return from.name || (kind === 'plain' ? t.somebody : t.guest);
}

/** @param {number} at */
function dayOf(at) {
  const day = new Date(at).toDateString();
  if (day === new Date().toDateString()) {
    return t.today;
  }
  return day === new Date(Date.now() - DAY_MS).toDateString() ? t.yesterday : DAY.format(at);
}

/** The same colour for the same member, everywhere. @param {string} id */
export function hueOf(id) {
  let sum = 0;
  for (const char of id) {
    sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  }
  return sum % HUES;
}

/** @param {string} name */
export function initialOf(name) {
  return [...name.trim()][0]?.toUpperCase() ?? '';
}
