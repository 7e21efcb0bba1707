import { formatted, isMentioned } from '../model/formatted.js';
import { fill, t } from '../strings.js';
import { Component, h, html } from '../vendor/htm-preact.js';
import { Avatar, colorOf, IconButton, nameOf } from './controls.js';

const TAGS = { strong: 'strong', em: 'em', del: 'del', quote: 'blockquote', paragraph: 'p' };
const DAY_MS = 24 * 60 * 60_000;
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

/** One line of the timeline; drawn again only if it has changed, for there are hundreds. @extends {Component<RowProps>} */
export class RowView extends Component {
	/** As it was when it was drawn: what is pending changes in place. */
	#drawn = '';

	/** @param {RowProps} next */
	shouldComponentUpdate(next) {
		return signature(next) !== this.#drawn;
	}

	render() {
		const { row } = this.props;
		this.#drawn = signature(this.props);
		if (row.type === 'message') {
			return messageOf(row, this.props);
		}
		return html`<li class=${`line ${row.type}`} data-key=${row.key}><span>${lineOf(row)}</span></li>`;
	}
}

/** @param {RowProps} props */
function signature({ row, name, isActive, isTarget }) {
	if (row.type !== 'message') {
		return row.type + lineOf(row);
	}
	const { message, pending = {}, isFirst } = row;
	return JSON.stringify([name, message.seq, message.kind, isFirst, isActive, isTarget, pending]);
}

/** @param {Exclude<Row, Said>} row */
function lineOf(row) {
	if (row.type === 'day') {
		return dayOf(row.at);
	}
	return row.type === 'deleted' ? fill(t.deleted, { count: row.count }) : t.lines[row.type];
}

/** @param {Said} row @param {RowProps} props */
function messageOf({ key, message, pending, isOwn, isFirst }, { name, isActive, isTarget, app }) {
	const { from, seq, text = '' } = message;
	const who = nameOf(message) + (app.conversation?.tagOf(from) ?? '');
	const at = new Date(message.at);
	const problem = pending?.problem ?? '';
	const classes = [
		'message',
		isOwn && 'own',
		isFirst && 'first',
		isTarget && 'target',
		!isOwn && isMentioned(text, name) && 'called',
		pending && (pending.state === 'pending' ? 'pending' : 'failed'),
	];
	const kind = classes.filter(Boolean).join(' ');
	return html`<li class=${kind} data-key=${key} data-seq=${seq} tabindex="-1">
		${isFirst && !isOwn && html`<${Avatar} id=${from.id} name=${who} />`}
		<div class="bubble">
			${isFirst && html`<bdi class=${isOwn ? 'unseen' : 'author'} style=${colorOf(from.id)}>${who}</bdi> `}
			${bodyOf(message, name)}
			<small>
				<time datetime=${at.toISOString()} title=${FULL.format(at)}>${TIME.format(at)}</time>
				${pending && html` <span class="state">${fill(t.sendStates[pending.state], { problem })}</span>`}
			</small>
			${pending && pending.state !== 'pending' && choicesOf(pending, app)}
			${isActive && !pending && toolsOf(message, app)}
		</div>
	</li>`;
}

/** @param {Pending} pending @param {App} app */
function choicesOf({ id }, { conversation }) {
	return html`<span class="choices">
		<button type="button" onClick=${() => conversation?.outbox.retry(id)}>${t.sendAgain}</button>
		<button type="button" class="quiet" onClick=${() => conversation?.outbox.remove(id)}>${t.discard}</button>
	</span>`;
}

/** @param {Message} message @param {App} app */
function toolsOf({ seq, text = '' }, app) {
	const { conversation } = app;
	const onDelete = () => confirm(t.deleteThis) && conversation?.delete(seq);
	return html`<span class="tools">
		${conversation?.mayModerate && html`<${IconButton} icon="close" label=${t.delete} onClick=${onDelete} />`}
		<${IconButton} icon="copy" label=${t.copyText} onClick=${() => app.copy(text)} />
		<${IconButton} icon="link" label=${t.copyLink} onClick=${() => app.copy(app.addressOf(seq))} />
	</span>`;
}

/** @param {number} at */
function dayOf(at) {
	const day = new Date(at).toDateString();
	if (day === new Date().toDateString()) {
		return t.today;
	}
	return day === new Date(Date.now() - DAY_MS).toDateString() ? t.yesterday : DAY.format(at);
}

/**
 * What a message says, as elements: no text is ever read as HTML.
 * @param {Message} message
 * @param {string} me one's own name
 */
function bodyOf({ text, data = '' }, me) {
	const said =
		text === undefined
			? fill(t.bytes, { count: Math.floor(data.length * 0.75) })
			: formatted(text, me).map(elementOf);
	return html`<div class="body" dir="auto">${said}</div>`;
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
			return html`<b>${part.text}</b>`;
		default:
			return h(TAGS[part.type], null, part.parts.map(elementOf));
	}
}

/** @param {Link} link */
function linkOf({ href, text, host }) {
	const rel = 'noopener noreferrer nofollow ugc';
	const link = html`<a href=${href} title=${href} target="_blank" rel=${rel}>${text}</a>`;
	return host ? [link, html` <small>(${host})</small>`] : link;
}
