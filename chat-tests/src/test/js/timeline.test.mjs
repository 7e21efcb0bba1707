import assert from 'node:assert/strict';
import { test } from 'node:test';

const frontend = new URL(`file://${process.env.CHAT_FRONTEND}/`);
const { Presence } = await import(new URL('model/presence.js', frontend));
const { ReadMark } = await import(new URL('model/read-mark.js', frontend));
const { rowsOf } = await import(new URL('model/rows.js', frontend));
const { Store } = await import(new URL('model/store.js', frontend));
const { Timeline } = await import(new URL('model/timeline.js', frontend));

const NOON = new Date(2026, 0, 15, 12).getTime();
const MINUTE = 60_000;

const message = (seq, more = {}) => ({
	seq,
	prev: seq - 1,
	cursor: `c${seq}`,
	from: { id: 'ann', name: 'Ann' },
	at: NOON,
	kind: 'message',
	text: `${seq}`,
	...more,
});

/** A room whose messages are 1 to `head`, and a timeline on it; `answer` lets the server answer. */
function room(head) {
	const asked = [];
	const model = new Timeline((object) => asked.push(object) > 0);
	const answer = () => {
		const { id, before = Infinity, after, limit } = asked.shift();
		const all = Array.from({ length: head }, (_, i) => message(i + 1));
		const wanted =
			after === undefined
				? all.filter(({ seq }) => seq < before).slice(-limit)
				: all.filter(({ seq }) => seq > after).slice(0, limit);
		const more = after === undefined ? wanted[0]?.seq > 1 : wanted.at(-1)?.seq < head;
		model.onHistory({ id, messages: wanted, more: Boolean(more) });
	};
	const replay = (from, to) => {
		for (let seq = from; seq <= to; seq++) {
			model.add(message(seq));
		}
	};
	const shown = () => [model.messages[0]?.seq, model.messages.at(-1)?.seq];
	return { model, asked, answer, replay, shown };
}

const welcome = (resume, cursor) => ({ resume, cursor });

test('a timeline shows what follows, once, and notices a hole', () => {
	const { model, shown } = room(0);
	model.onWelcome(welcome('fresh', 'c4'));
	assert.equal(model.add(message(5)), true);
	assert.equal(model.add(message(6)), true);
	assert.equal(model.add(message(6)), true);
	assert.equal(model.add(message(8)), false);
	assert.equal(model.cursor, 'c6');
	model.onWelcome(welcome('exact', 'c6'));
	assert.equal(model.add(message(7)), true);
	assert.equal(model.add(message(8)), true);
	assert.deepEqual(shown(), [5, 8]);
	assert.equal(model.messages.length, 4);
});

test('a gap that was announced is none, also for who is cut off before its end', () => {
	const { model, shown } = room(0);
	model.onWelcome(welcome('fresh', 'c0'));
	model.add(message(100));
	model.onWelcome(welcome('skipped', 'c1500'));
	model.onWelcome(welcome('exact', 'c1500'));
	assert.equal(model.add(message(1501)), true);
	assert.equal(model.add(message(1503)), false);
	// The rest is fetched by whoever reads back: nothing that is shown has a hole.
	assert.deepEqual(shown(), [1501, 1501]);
});

test('a new history begins with an empty timeline, and says so', () => {
	const { model, shown } = room(0);
	model.onWelcome(welcome('fresh', 'c0'));
	model.add(message(100));
	model.onWelcome(welcome('reset', 'c0'));
	assert.equal(model.note.what, 'reset');
	assert.equal(model.add(message(1)), true);
	assert.deepEqual(shown(), [1, 1]);
});

test('reading back fetches page by page up to the beginning, one request at a time', () => {
	const { model, asked, answer, replay, shown } = room(150);
	replay(100, 150);
	model.isFollowing = false;
	model.loadOlder();
	model.loadOlder();
	assert.equal(asked.length, 1);
	answer();
	assert.deepEqual(shown(), [40, 150]);
	model.loadOlder();
	answer();
	assert.deepEqual(shown(), [1, 150]);
	assert.equal(model.beginning, 'first');
	model.loadOlder();
	assert.equal(asked.length, 0);
});

test('however far somebody reads, a bounded part without holes is held', () => {
	const { model, answer, replay, shown } = room(5000);
	replay(4901, 5000);
	model.isFollowing = false;
	for (let i = 0; i < 40; i++) {
		model.loadOlder();
		answer();
		assert.ok(model.messages.length <= 2 * Timeline.HELD);
	}
	assert.equal(shown()[0], 4901 - 40 * Timeline.PAGE);
	assert.equal(model.isAtEnd, false);
	model.add(message(5001));
	assert.equal(model.unseen, 1);
	while (!model.isAtEnd && model.messages.at(-1).seq < 5000) {
		model.loadNewer();
		answer();
	}
	model.messages.reduce((before, { seq }) => {
		assert.equal(seq, before.seq ? before.seq + 1 : before + 1);
		return seq;
	}, model.messages[0].seq - 1);
});

test('what comes while newer messages are fetched is not missed', () => {
	const { model, answer, replay, shown } = room(200);
	replay(101, 200);
	model.isFollowing = false;
	model.goTo(10);
	answer();
	assert.deepEqual(shown(), [1, 10]);
	assert.equal(model.isAtEnd, false);
	model.toEnd();
	model.add(message(201));
	answer();
	assert.equal(model.isAtEnd, false);
	model.loadNewer();
});

test('the end is reached whatever was asked before', () => {
	const { model, answer, replay, shown } = room(500);
	replay(401, 500);
	model.isFollowing = false;
	model.goTo(20);
	answer();
	model.loadNewer();
	model.toEnd();
	answer();
	answer();
	assert.deepEqual(shown(), [441, 500]);
	assert.equal(model.isAtEnd, true);
});

test('a message that is not there is said to be gone', () => {
	const { model, answer, replay } = room(50);
	replay(1, 50);
	model.goTo(99);
	answer();
	assert.equal(model.search, 'gone');
	assert.equal(model.isFollowing, true);
});

/** That this message was deleted. */
const deletion = (seq, target) => message(seq, { kind: 'delete', text: undefined, target });
const blank = (seq) => message(seq, { kind: 'deleted', text: undefined });
const isThere = ({ kind }) => kind !== 'deleted';

test('what is deleted does not push messages out of the part that is held', () => {
	const { model } = room(0);
	model.onWelcome(welcome('fresh', 'c0'));
	let seq = 0;
	for (let i = 0; i < Timeline.HELD; i++) {
		model.add(message(++seq));
	}
	for (let i = 0; i < 200; i++) {
		model.add(deletion(++seq, i + 101));
	}
	for (let i = 0; i < 200; i++) {
		model.add(message(++seq));
	}
	assert.equal(model.messages.filter(isThere).length, Timeline.HELD);
	assert.equal(model.messages[0].seq, 1);
});

test('however much was deleted, little is held of it', () => {
	const { model } = room(0);
	model.onWelcome(welcome('exact', 'c0'));
	model.add(message(1));
	for (let seq = 2; seq <= 10_000; seq++) {
		model.add(blank(seq));
	}
	for (let seq = 10_001; seq < 20_000; seq++) {
		model.add(deletion(seq, seq - 9999));
	}
	model.add(message(20_000));
	assert.deepEqual(
		model.messages.map(({ seq, count = 1 }) => [seq, count]),
		[
			[1, 1],
			[2, 9999],
			[20_000, 1],
		],
	);
	assert.equal(model.last, 20_000);
});

test('unseen are messages that are there, and not what was deleted before it was seen', () => {
	const { model } = room(0);
	model.onWelcome(welcome('exact', 'c0'));
	model.add(message(1));
	model.isFollowing = false;
	model.add(message(2));
	model.add(message(3));
	model.add(blank(4));
	model.add(deletion(5, 4));
	assert.equal(model.unseen, 2);
	model.add(deletion(6, 3));
	model.add(deletion(7, 1));
	assert.equal(model.unseen, 1);
	model.toEnd();
	assert.equal(model.unseen, 0);
});

test('the end is reached where the last records are deletions, and nothing comes twice', () => {
	const { model, asked } = room(0);
	model.onWelcome(welcome('fresh', 'c0'));
	model.isFollowing = false;
	model.add(message(1));
	model.goTo(1000);
	model.onHistory({ id: asked.shift().id, messages: [], more: false, head: 1 });
	model.add(message(2));
	model.add(deletion(3, 2));
	model.loadNewer();
	model.onHistory({ id: asked.shift().id, messages: [message(1)], more: false, head: 3 });
	assert.equal(model.isAtEnd, true);
	model.loadNewer();
	assert.equal(asked.length, 0);
	model.toEnd();
	// A page that is ahead of the line.
	model.goTo(1000);
	model.onHistory({ id: asked.shift().id, messages: [message(1), message(4)], more: false, head: 4 });
	model.add(message(4));
	assert.deepEqual(
		model.messages.map(({ seq }) => seq),
		[1, 4],
	);
});

test('a run of deletions is one row, and not new', () => {
	const { model } = room(0);
	model.onWelcome(welcome('exact', 'c0'));
	for (let seq = 1; seq <= 6; seq++) {
		model.add(message(seq));
	}
	for (const target of [3, 5, 4]) {
		model.add(deletion(model.last + 1, target));
	}
	model.add(deletion(10, 1));
	const rows = rowsOf(model, [], { id: 'me', name: 'Me' }, 4);
	assert.deepEqual(
		rows.map(({ type, message, count }) => [type, message?.seq, count].filter(Boolean).join(' ')),
		['day', 'deleted 1', 'message 2', 'deleted 3', 'new', 'message 6'],
	);
	assert.equal(rows.at(-1).isFirst, true);
});

test('rows: days, authors together for five minutes, what is new, and what is on its way', () => {
	const timeline = {
		messages: [
			message(1),
			message(2, { at: NOON + 4 * MINUTE }),
			message(3, { at: NOON + 10 * MINUTE }),
			message(4, { at: NOON + 11 * MINUTE, from: { id: 'me', name: 'Me' }, id: 'x' }),
			message(5, { at: NOON + 24 * 60 * MINUTE }),
		],
		isAtEnd: true,
		beginning: 'first',
	};
	const pending = [{ id: 'y', text: 'on its way', at: NOON + 24 * 60 * MINUTE, state: 'pending' }];
	const rows = rowsOf(timeline, pending, { id: 'me', name: 'Me' }, 3);
	assert.deepEqual(
		rows.map(
			({ type, isFirst, isOwn }) => type + (isFirst ? ' first' : '') + (isOwn ? ' own' : ''),
		),
		[
			'first',
			'day',
			'message first',
			'message',
			'message first',
			'message first own',
			'day',
			'new',
			'message first',
			'message first own',
		],
	);
	assert.equal(rows.at(5).key, 'own x');
	assert.equal(rows.at(-1).key, 'own y');
	assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
});

test('what was read is known after a reload, and nothing is new where nothing came', () => {
	const store = new Store('ws://here', undefined);
	const first = new ReadMark(store, 'general');
	assert.equal(first.line, undefined);
	first.read(7, 'c7');
	first.save();
	const second = new ReadMark(store, 'general');
	assert.equal(second.line, 7);
	second.settle(8);
	assert.equal(second.line, 7);
	second.settle(7);
	assert.equal(second.line, undefined);
});

test('presence: who comes, goes and is called anew; what is old is ignored', () => {
	const presence = new Presence();
	const names = () => presence.members.map(({ name }) => name);
	presence.onWelcome({
		count: 2,
		version: 4,
		members: [
			{ id: '1', name: 'Bob' },
			{ id: '2', name: 'Ann' },
		],
	});
	assert.deepEqual(names(), ['Ann', 'Bob']);
	presence.onPresence({
		join: [
			{ id: '3', name: 'Cy' },
			{ id: '1', name: 'Bobby' },
		],
		leave: [{ id: '2' }],
		count: 2,
		version: 5,
	});
	assert.deepEqual(names(), ['Bobby', 'Cy']);
	presence.onPresence({ join: [{ id: '9', name: 'Old' }], count: 3, version: 5 });
	assert.deepEqual(names(), ['Bobby', 'Cy']);
	presence.onPresence({ count: 300, version: 6 });
	assert.equal(presence.isListed, false);
	assert.equal(presence.count, 300);
	presence.onPresence({ members: [{ id: '1', name: 'Bobby' }], count: 1, version: 7 });
	assert.equal(presence.isListed, true);
	assert.deepEqual(names(), ['Bobby']);
	presence.onTyping([{ id: '1', name: 'Bobby' }, { id: '3' }], '3');
	assert.deepEqual(presence.typing, [{ id: '1', name: 'Bobby' }]);
});
