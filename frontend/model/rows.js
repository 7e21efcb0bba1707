/** Messages of one author so near to each other stand under one name. */
const TOGETHER_MS = 5 * 60_000;

/**
 * What a timeline shows, line by line.
 * @param {Held} timeline
 * @param {Pending[]} pending
 * @param {Member} me
 * @param {number} [line] what comes after this sequence is new
 */
export function rowsOf({ messages, isAtEnd, isFollowing, beginning, note }, pending, me, line) {
	/** @type {Row[]} */
	const rows = [];
	/** @type {Message | undefined} */
	let before;
	let newFrom = line ?? Infinity;
	let isApart = false;
	if (beginning) {
		rows.push({ type: beginning === 'trimmed' ? 'before' : 'first', key: 'beginning' });
	}

	/** @param {Message} message */
	const stand = (message) => {
		if (!before || !isSameDay(before.at, message.at)) {
			rows.push({ type: 'day', key: `day ${message.seq || message.id}`, at: message.at });
		}
		if (note?.before === message.seq) {
			rows.push({ type: note.what, key: 'note' });
		}
	};

	/** @param {Message} message @param {Pending} [sent] */
	const say = (message, sent) => {
		const isOwn = message.from.id === me.id;
		const above = rows.length;
		stand(message);
		if (!isOwn && message.seq > newFrom) {
			rows.push({ type: 'new', key: 'new' });
			newFrom = Infinity;
		}
		const isFirst = rows.length > above || isApart || !before || !isTogether(before, message);
		isApart = false;
		// On its way and arrived, it is the same line.
		const key = isOwn && message.id ? `own ${message.id}` : `seq ${message.seq}`;
		rows.push({ type: 'message', key, message, pending: sent, isOwn, isFirst });
		before = message;
	};

	for (const message of messages) {
		if (message.kind === 'deleted') {
			stand(message);
			rows.push({ type: 'deleted', key: `seq ${message.seq}`, count: message.count ?? 1 });
			before = message;
			isApart = true;
		} else {
			say(message);
		}
	}
	if (isAtEnd || isFollowing) {
		for (const sent of pending) {
			const { id, text, at } = sent;
			say({ seq: 0, id, text, at, from: me, kind: 'message' }, sent);
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
