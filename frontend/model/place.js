import { fill, t } from '../strings.js';

const MAX_ROOM_BYTES = 128;

/** @param {string} text */
export function bytesOf(text) {
	return new TextEncoder().encode(text).length;
}

/**
 * Reads `?room=` and `?server=`; without the latter the server is where the page comes from.
 * @param {{ href: string }} location
 * @returns {Place}
 * @throws {Error} fit to be shown, if there can be no such room or server
 */
export function placeOf(location) {
	const page = new URL(location.href);
	const room = page.searchParams.get('room') || 'general';
	if (!canBeRoom(room)) {
		throw new Error(t.noSuchRoom);
	}
	const named = page.searchParams.get('server');
	const server = named === null ? new URL('/', page) : serverOf(named);
	server.protocol = /^(https|wss):$/.test(server.protocol) ? 'wss:' : 'ws:';
	server.hash = server.search = '';
	const base = server.href.replace(/\/$/, '');
	return {
		room,
		server: base,
		host: server.host,
		isForeign: server.host !== page.host,
		url: `${base}/room/${encodeURIComponent(room)}/websocket`,
		http: base.replace(/^ws/, 'http'),
	};
}

/**
 * The address of a room, or of a message in it, on this page and for the same server.
 * @param {{ href: string }} location
 * @param {string} room
 * @param {number} [seq]
 */
export function addressOf(location, room, seq) {
	const address = new URL(location.href);
	address.searchParams.set('room', room);
	address.searchParams.delete('name');
	address.hash = seq ? `m${seq}` : '';
	return address.href.replace(/#$/, '');
}

/** The message that an address names. @param {{ hash: string }} location */
export function targetOf({ hash }) {
	return /^#m\d{1,15}$/.test(hash) ? Number(hash.slice(2)) : undefined;
}

/** The invite in an address, in the part that no server sees. @param {{ hash: string }} location */
export function inviteOf({ hash }) {
	return /^#invite=([\w-]+)$/.exec(hash)?.[1];
}

/** What a name in a path may be; the server would refuse others, but a page cannot see why. @param {string} room */
export function canBeRoom(room) {
	return (
		!/[\p{Cc}\p{Surrogate}/\\%;]|^\.\.?$/u.test(room) &&
		bytesOf(room.normalize('NFC')) <= MAX_ROOM_BYTES
	);
}

/** A private room's whole name is of no use to the eye. @param {string} room */
export function labelOf(room) {
	const [, start] = /^private-([0-9a-f]{4})[0-9a-f]{28}$/.exec(room) ?? [];
	return start ? fill(t.privateRoom, { start }) : room;
}

/** @param {string} named */
function serverOf(named) {
	const server = URL.canParse(named) ? new URL(named) : undefined;
	if (!server || !/^(ws|http)s?:$/.test(server.protocol) || server.username || server.password) {
		throw new Error(t.noSuchServer);
	}
	return server;
}
