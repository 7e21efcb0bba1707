import { t } from '../strings.js';

const MAX_ROOM_BYTES = 128;

/**
 * Which room of which server the page is for.
 * @typedef {{room: string, server: string, host: string, isForeign: boolean, url: string, http: string}} Place
 */

/**
 * Reads `?room=` and `?server=`; without the latter the server is where the page comes from.
 * @param {Pick<Location, 'href'>} location
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
  server.protocol = server.protocol === 'https:' || server.protocol === 'wss:' ? 'wss:' : 'ws:';
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
 * @param {Pick<Location, 'href'>} location
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

/** The message that an address names. @param {Pick<Location, 'hash'>} location */
export function targetOf(location) {
  const [, seq] = /^#m(\d{1,15})$/.exec(location.hash) ?? [];
  return seq ? Number(seq) : undefined;
}

/**
 * What a name in a path may be; the server would refuse others, but a page cannot see why.
 * @param {string} room
 */
export function canBeRoom(room) {
  return (
    !/[\p{Cc}\p{Surrogate}/\\%;]/u.test(room) &&
    !/^\.\.?$/.test(room) &&
    new TextEncoder().encode(room.normalize('NFC')).length <= MAX_ROOM_BYTES
  );
}

/** @param {string} named */
function serverOf(named) {
  const server = URL.canParse(named) ? new URL(named) : undefined;
  const known = ['ws:', 'wss:', 'http:', 'https:'];
  if (!server || !known.includes(server.protocol) || server.username || server.password) {
    throw new Error(t.noSuchServer);
  }
  return server;
}
