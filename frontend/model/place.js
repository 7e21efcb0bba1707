/**
 * Which room of which server the page is for.
 * @typedef {{room: string, server: string, host: string, isForeign: boolean, url: string}} Place
 */

/**
 * Reads `?room=` and `?server=`; without the latter the server is where the page comes from.
 * @param {Pick<Location, 'href'>} location
 * @returns {Place}
 * @throws {Error} fit to be shown, if the server is not an address
 */
export function placeOf(location) {
  const page = new URL(location.href);
  const room = page.searchParams.get('room') || 'general';
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

/** @param {string} named */
function serverOf(named) {
  const server = URL.canParse(named) ? new URL(named) : undefined;
  if (!server || !['ws:', 'wss:', 'http:', 'https:'].includes(server.protocol) || server.username) {
    throw new Error('The server in the address of this page must look like wss://chat.example.');
  }
  return server;
}
