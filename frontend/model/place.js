const MAX_ROOM_BYTES = 128;

/**
 * Which room of which server the page is for.
 * @typedef {{room: string, server: string, host: string, isForeign: boolean, url: string}} Place
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
    throw new Error('There can be no room of this name. Choose another in the address of this page.');
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
  };
}

/**
 * What a name in a path may be; the server would refuse others, but a page cannot see why.
 * @param {string} room
 */
function canBeRoom(room) {
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
    throw new Error('The server in the address of this page must look like wss://chat.example.');
  }
  return server;
}
