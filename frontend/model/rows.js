/**
 * What a timeline shows, line by line.
 * @typedef {import('./timeline.js').Message} Message
 * @typedef {import('./outbox.js').Pending} Pending
 * @typedef {{type: 'day', key: string, at: number}} Day
 * @typedef {{type: 'new' | 'reset' | 'trimmed' | 'first' | 'before', key: string}} Line
 * @typedef {{type: 'message', key: string, message: Message, pending?: Pending, isOwn: boolean, isFirst: boolean}} Said
 * @typedef {Day | Line | Said} Row
 */

/** Messages of one author so near to each other stand under one name. */
const TOGETHER_MS = 5 * 60_000;

/**
 * @param {{messages: Message[], isAtEnd: boolean, isFollowing?: boolean, beginning?: string, note?: {what: 'reset' | 'trimmed', before?: number}}} timeline
 * @param {Pending[]} pending
 * @param {{id: string, name: string}} me
 * @param {number | undefined} line what comes after this sequence is new
 * @returns {Row[]}
 */
export function rowsOf({ messages, isAtEnd, isFollowing, beginning, note }, pending, me, line) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {Message | undefined} */
  let before;
  let isNewSaid = line === undefined;
  if (beginning) {
    rows.push({ type: beginning === 'trimmed' ? 'before' : 'first', key: 'beginning' });
  }

  /** @param {Message} message @param {boolean} isOwn @param {Pending} [sent] */
  const say = (message, isOwn, sent) => {
    let isFirst = !before || !isTogether(before, message);
    if (!before || !isSameDay(before.at, message.at)) {
      rows.push({ type: 'day', key: `day ${message.seq || message.id}`, at: message.at });
      isFirst = true;
    }
    if (note?.before === message.seq) {
      rows.push({ type: note.what, key: 'note' });
      isFirst = true;
    }
    if (!isNewSaid && !isOwn && message.seq > /** @type {number} */ (line)) {
      rows.push({ type: 'new', key: 'new' });
      isNewSaid = isFirst = true;
    }
    // On its way and arrived, it is the same line.
    const key = isOwn && message.id ? `own ${message.id}` : `seq ${message.seq}`;
    rows.push({ type: 'message', key, message, pending: sent, isOwn, isFirst });
    before = message;
  };

  for (const message of messages) {
    say(message, message.from.id === me.id);
  }
  if (isAtEnd || isFollowing) {
    for (const sent of pending) {
      const { id, text, at } = sent;
      say({ seq: 0, id, text, at, from: me, kind: 'message' }, true, sent);
    }
  }
  if (note && note.before === undefined) {
    rows.push({ type: note.what, key: 'note' });
  }
  return rows;
}

/** @param {Message} a @param {Message} b */
function isTogether(a, b) {
  return a.from.id === b.from.id && a.from.name === b.from.name && b.at - a.at < TOGETHER_MS;
}

/** @param {number} a @param {number} b */
function isSameDay(a, b) {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
