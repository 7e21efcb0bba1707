import { addressOf, canBeRoom, labelOf } from '../model/place.js';
import { fill, t } from '../strings.js';
import { html, useLayoutEffect } from '../vendor/htm-preact.js';
import { Ask, AskName, Avatar, IconButton, upTo99 } from './controls.js';

/** A column beside the conversation, or a dialog above it where there is no room for one. @param {PanelProps} props */
export function Panel({ app, kind, isColumn, children }) {
	if (isColumn) {
		return html`<aside class=${`panel ${kind}`} aria-label=${t[kind]}>
			<h2>${t[kind]}</h2>
			${children}
		</aside>`;
	}
	return app.panel === kind && html`<${Dialog} app=${app} kind=${kind}>${children}<//>`;
}

/** @param {PanelProps} props */
function Dialog({ app, kind, children }) {
	useLayoutEffect(() => {
		const before = document.activeElement;
		document.querySelector('dialog')?.showModal();
		return () => before instanceof HTMLElement && before.focus();
	}, []);
	const close = () => app.show('');
	/** Beside it, which is to say on it and on nothing in it. @param {Event} event */
	const onClick = ({ target, currentTarget }) => target === currentTarget && close();
	return html`<dialog class=${`panel ${kind}`} aria-label=${t[kind]} onClose=${close} onClick=${onClick}>
		<div class="inside">
			<header>
				<h2>${t[kind]}</h2>
				<${IconButton} icon="close" label=${t.close} onClick=${close} />
			</header>
			${children}
		</div>
	</dialog>`;
}

/** The rooms one knows, and ways into others. @param {{ app: App }} props */
export function RoomList({ app: { rooms, enter, enterPrivate } }) {
	const known = rooms.known.map((each) => {
		const forget = () => rooms.forget(each.room);
		return html`<${RoomLink} key=${each.room} known=${each} here=${rooms.here} onEnter=${enter} onForget=${forget} />`;
	});
	const others = rooms.others.map(
		(room) => html`<${RoomLink} key=${room} known=${{ room, unread: 0 }} onEnter=${enter} />`,
	);
	/** @param {string} room */
	const refuse = (room) => (canBeRoom(room) ? '' : t.noSuchRoomHere);
	return html`
		<ul class="list">${known}</ul>
		${others.length > 0 && html`<h3>${t.publicRooms}</h3>`}
		<ul class="list">${others}</ul>
		<${Ask} id="other" label=${t.roomName} action=${t.go} isInRow refuse=${refuse} onAnswer=${enter} />
		<button type="button" class="quiet wide" onClick=${enterPrivate}>${t.newPrivate}</button>
	`;
}

/** @param {RoomLinkProps} props */
function RoomLink({ known: { room, unread, isMentioned }, here, onEnter, onForget }) {
	const isHere = room === here;
	const label = labelOf(room);
	const shown = upTo99(unread);
	/** @param {MouseEvent} event */
	const go = (event) => {
		// With a key held, the browser opens the address elsewhere.
		if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
			event.preventDefault();
			onEnter(room);
		}
	};
	const news = html` <span class=${isMentioned ? 'pill me' : 'pill'}>
		<span aria-hidden="true">${isMentioned && '@ '}${shown}</span>
		<span class="unseen">${fill(t.unread, { shown })}</span>
	</span>`;
	return html`<li>
		<a href=${addressOf(location, room)} aria-current=${isHere ? 'page' : undefined} onClick=${go}>
			<bdi>${label}</bdi>${unread > 0 && news}
		</a>
		${!isHere && onForget && html`<${IconButton} icon="close" label=${fill(t.forget, { room: label })} onClick=${onForget} />`}
	</li>`;
}

/** Who is in the room. @param {{ conversation: Conversation }} props */
export function People({ conversation }) {
	const { me } = conversation;
	const { count, isListed, members, typing } = conversation.presence;
	const person = (/** @type {Member} */ member) => {
		const { id, name } = member;
		const known = (name || t.guest) + conversation.tagOf(member);
		return html`<li key=${id}>
			<${Avatar} id=${id} name=${known} />
			<bdi>${id === me ? fill(t.you, { name: known }) : known}</bdi>
			${typing.some((who) => who.id === id) && html`<span class="soft">${t.isTyping}</span>`}
		</li>`;
	};
	return html`
		<p class="soft">${fill(t.here, { count })}</p>
		<ul class="list">${isListed && members.map(person)}</ul>
	`;
}

/** @param {{ app: App }} props */
export function Settings({ app }) {
	const { alerts, look, rename } = app;
	const looks = Object.entries(t.looks).map(
		([value, label]) => html`<label>
			<input type="radio" name="look" checked=${look.chosen === value} onChange=${() => look.choose(value)} />
			${label}
		</label>`,
	);
	const notify = async () => {
		await alerts.toggleNotify();
		app.changed();
	};
	return html`
		<${AskName} app=${app} action=${t.rename} onAnswer=${rename} />
		<fieldset>
			<legend>${t.look}</legend>
			${looks}
		</fieldset>
		<fieldset>
			<legend>${t.onMention}</legend>
			${alerts.canNotify && checkOf(t.notify, alerts.notifies, notify)}
			${checkOf(t.sound, alerts.sounds, () => alerts.toggleSound())}
		</fieldset>
	`;
}

/** @param {string} label @param {boolean} isChecked @param {() => void} toggle */
function checkOf(label, isChecked, toggle) {
	return html`<label><input type="checkbox" checked=${isChecked} onChange=${toggle} /> ${label}</label>`;
}
