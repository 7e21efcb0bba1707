import { labelOf } from '../model/place.js';
import { fill, t } from '../strings.js';
import { html, useEffect, useLayoutEffect, useState } from '../vendor/htm-preact.js';
import { Composer } from './composer.js';
import { AskName, IconButton } from './controls.js';
import { Panel, People, RoomList, Settings } from './panels.js';
import { TimelineView } from './timeline.js';

/** The whole page. @param {{ app: App, version: number }} props */
export function Page({ app, version }) {
	const { conversation, place, isWide, rooms } = app;
	if (!place) {
		return html`<main class="join card">
			<h1>${t.product}</h1>
			<p id="status" class="problem" role="alert">${app.problem}</p>
			<a href="?room=general">${t.toGeneral}</a>
		</main>`;
	}
	const room = labelOf(place.room);
	if (!conversation) {
		return html`<${Join} app=${app} place=${place} room=${room} />`;
	}
	/** @param {'rooms' | 'people' | 'settings'} panel @param {number} [count] */
	const opener = (panel, count) =>
		html`<${IconButton} icon=${panel} label=${t[panel]} count=${count} onClick=${() => app.show(panel)} />`;
	const unread = rooms.known.reduce((sum, known) => sum + known.unread, 0);
	return html`
		<header class="bar">
			${!isWide && opener('rooms', unread)}
			<div class="title">
				<h1><bdi>${room}</bdi></h1>
				<${Status} line=${conversation.line} onHurry=${() => conversation.connection.insist()} />
			</div>
			<${IconButton} icon="link" label=${t.invite} onClick=${() => app.copy(app.addressOf())} />
			${!isWide && opener('people', conversation.presence.count)}
			${opener('settings')}
		</header>
		<div class="columns">
			<${Panel} app=${app} kind="rooms" isColumn=${isWide}><${RoomList} app=${app} /><//>
			<main class="chat" key=${place.room}>
				<${TimelineView} app=${app} conversation=${conversation} version=${version} />
				<${Composer} app=${app} conversation=${conversation} version=${version} />
			</main>
			<${Panel} app=${app} kind="people" isColumn=${isWide}><${People} conversation=${conversation} /><//>
		</div>
		<${Panel} app=${app} kind="settings"><${Settings} app=${app} /><//>
		<p class="toast" role="status">${app.toast}</p>
	`;
}

/** Asks for a name, and about a server that is not the page's own. @param {{ app: App, place: Place, room: string }} props */
function Join({ app, place, room }) {
	const [before, after] = t.foreign.split('{server}');
	// Before anybody can type.
	useLayoutEffect(() => document.getElementById('name')?.focus(), []);
	return html`<main class="join card">
		<h1><bdi>${room}</bdi></h1>
		${!app.isTrusted && html`<p id="foreign" class="card">${before}<strong id="server">${place.host}</strong>${after}</p>`}
		<${AskName} app=${app} action=${t.join} onAnswer=${app.join} />
		<p class="soft">${t.product}</p>
	</main>`;
}

/** Says how the connection is, and offers to hurry it. @param {{ line: Line, onHurry: () => void }} props */
function Status({ line: { state, until = 0, reason }, onHurry }) {
	const [, tick] = useState(0);
	const isOffline = state === 'offline';
	useEffect(() => {
		const countdown = isOffline ? setInterval(() => tick(Date.now()), 1000) : 0;
		return () => clearInterval(countdown);
	}, [isOffline]);
	const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
	const text = fill(t.states[state], { reason: reason || t.stayAway });
	// The seconds are for the eye only: nobody wants to have them read out.
	return html`
		<p id="status" class="soft status" data-state=${state}>
			<span role="status">${text}</span>
			${isOffline && html`<span aria-hidden="true">${fill(t.nextAttempt, { seconds })}</span>`}
		</p>
		${(isOffline || state === 'stopped') && html`<button id="retry" type="button" class="small" onClick=${onHurry}>${t.connectNow}</button>`}
	`;
}
