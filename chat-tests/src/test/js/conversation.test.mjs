import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

/** A socket whose other end is the test. */
class FakeSocket extends EventTarget {
	/** @type {FakeSocket[]} */ static all = [];
	sent = [];

	constructor() {
		super();
		FakeSocket.all.push(this);
	}

	send(text) {
		this.sent.push(JSON.parse(text));
	}

	close() {}

	says(...objects) {
		const data = objects.map((object) => JSON.stringify(object)).join('\n');
		this.dispatchEvent(Object.assign(new Event('message'), { data }));
	}
}
globalThis.WebSocket = FakeSocket;

const frontend = new URL(`file://${process.env.CHAT_FRONTEND}/`);
const { Conversation } = await import(new URL('model/conversation.js', frontend));
const { placeOf } = await import(new URL('model/place.js', frontend));
const { rowsOf } = await import(new URL('model/rows.js', frontend));
const { Store } = await import(new URL('model/store.js', frontend));

const WELCOME = {
	type: 'welcome',
	you: { id: 'me' },
	resume: 'fresh',
	cursor: 'c0',
	count: 1,
	version: 1,
	members: [{ id: 'me', name: 'Ann' }],
	limits: { message: 1000 },
	retryWindow: 60_000,
};

/** @type {any[]} */ const opened = [];
afterEach(() => opened.splice(0).forEach((conversation) => conversation.close()));

/** A conversation that is live, with what was said to the server since. */
function live() {
	const store = new Store('ws://here', undefined);
	const conversation = new Conversation(placeOf({ href: 'http://here/' }), store, 'Ann');
	opened.push(conversation);
	conversation.connection.open();
	const socket = FakeSocket.all.at(-1);
	socket.dispatchEvent(new Event('open'));
	socket.says(WELCOME, { type: 'live', head: 0 });
	const [hello] = socket.sent.splice(0);
	return { conversation, socket, hello, store };
}

const message = (seq, from, more) => ({
	type: 'message',
	seq,
	prev: seq - 1,
	cursor: `c${seq}`,
	from,
	at: 0,
	kind: 'message',
	text: 'x',
	...more,
});

test('a newcomer says who he is, and asks for what was said before', () => {
	const { hello, conversation } = live();
	assert.equal(hello.name, 'Ann');
	assert.equal(hello.history, 100);
	assert.equal(hello.cursor, undefined);
	assert.match(hello.key, /^[0-9a-f]{64}$/);
	assert.equal(conversation.line.state, 'live');
});

test('what is on its way stands there until it has come back, whatever comes first', () => {
	const { conversation, socket } = live();
	conversation.say('hello');
	const { id } = socket.sent[0];
	socket.says({ type: 'ok', id, seq: 1, duplicate: false });
	assert.equal(conversation.outbox.pending.length, 1);
	socket.says(message(1, { id: 'me' }, { id }));
	assert.equal(conversation.outbox.pending.length, 0);

	conversation.say('again');
	socket.says({ type: 'ok', id: socket.sent[1].id, seq: 1, duplicate: true });
	assert.equal(conversation.outbox.pending.length, 0);
});

test('only what others say now is heard', () => {
	const { conversation, socket } = live();
	const heard = [];
	conversation.on('heard', ({ seq }) => heard.push(seq));
	socket.says(message(1, { id: 'bob' }), message(2, { id: 'me' }));
	socket.says({ type: 'behind', head: 3 }, message(3, { id: 'bob' }), { type: 'live', head: 3 });
	socket.says(message(4, { id: 'bob' }));
	assert.deepEqual(heard, [1, 4]);
});

test('typing is told at most every three seconds, and its end once', () => {
	const { conversation, socket } = live();
	const clock = Date.now;
	let now = clock();
	Date.now = () => now;
	try {
		conversation.typing(true);
		now += 2000;
		conversation.typing(true);
		now += 2000;
		conversation.typing(true);
		conversation.typing(false);
		conversation.typing(false);
	} finally {
		Date.now = clock;
	}
	assert.deepEqual(
		socket.sent.map(({ on }) => on),
		[true, true, false],
	);
});

test('a refused name is taken back and the reason shown', () => {
	const { conversation, socket, store } = live();
	conversation.rename('Bad\u0007');
	assert.equal(conversation.name, 'Bad\u0007');
	socket.says({
		type: 'error',
		id: 'rename',
		code: 'bad_request',
		message: 'no control characters',
	});
	assert.equal(conversation.name, 'Ann');
	assert.equal(store.get('name'), 'Ann');
	assert.equal(conversation.problem, 'no control characters');
	conversation.rename('Anna');
	socket.says({ type: 'ok', id: 'rename', you: { id: 'me', name: 'Anna' } });
	assert.equal(conversation.name, 'Anna');
});

test('what the server cannot keep now is sent again, and what it never will is shown', () => {
	const { conversation, socket } = live();
	conversation.say('one');
	conversation.say('two');
	const [one, two] = socket.sent;
	socket.says({
		type: 'error',
		id: one.id,
		code: 'overloaded',
		message: 'later',
		retryAfter: 60_000,
	});
	socket.says({ type: 'error', id: two.id, code: 'forbidden', message: 'house rules' });
	assert.deepEqual(
		conversation.outbox.pending.map(({ state, problem }) => [state, problem]),
		[
			['pending', undefined],
			['failed', 'house rules'],
		],
	);
});

test('names are offered of who is there or has spoken, until one is whole', () => {
	const { conversation, socket } = live();
	const join = ['Bob', 'Bobby', 'Ann Lee'].map((name) => ({ id: name, name }));
	socket.says({ type: 'presence', join, count: 4, version: 2 });
	socket.says(message(1, { id: 'gone', name: 'Boris' }));
	assert.deepEqual(conversation.offersFor('hi @bO'), ['Bob', 'Bobby', 'Boris']);
	assert.deepEqual(conversation.offersFor('@bob'), []);
	assert.deepEqual(conversation.offersFor('@bobb'), ['Bobby']);
	assert.deepEqual(conversation.offersFor('(@ann l'), ['Ann Lee']);
	for (const text of ['', '@', 'bo', 'x@bo', '@bo\n', '@Bobby ', '@xy']) {
		assert.deepEqual(conversation.offersFor(text), [], text);
	}
});

test('a message that is deleted says nothing any more, and nothing is missed by it', () => {
	const { conversation, socket } = live();
	socket.says(message(1, 'bob', { text: 'rude' }), message(2, 'bob', { text: 'kind' }));
	socket.says({
		type: 'deleted',
		seq: 3,
		prev: 2,
		target: 1,
		from: { id: 'mod' },
		at: 0,
		cursor: 'c3',
	});
	socket.says(message(4, 'bob', { text: 'next' }));
	assert.equal(conversation.line.state, 'live');
	assert.equal(conversation.timeline.cursor, 'c4');
	const shown = rowsOf(conversation.timeline, [], { id: 'me' }).filter(({ type }) => type !== 'day');
	assert.deepEqual(
		shown.map(({ type, message, count }) => [type, message?.text ?? count]),
		[
			['deleted', 1],
			['message', 'kind'],
			['message', 'next'],
		],
	);
});

test('who may not write is not asked to', () => {
	const { conversation, socket } = live();
	assert.equal(conversation.mayWrite, true);
	socket.says({ type: 'room', locked: true, slow: 0 });
	assert.equal(conversation.mayWrite, false);
	socket.says({ ...WELCOME, may: ['join', 'read', 'publish', 'moderate'], locked: true });
	assert.equal(conversation.mayWrite, true);
	assert.equal(conversation.mayModerate, true);
	socket.says({ ...WELCOME, may: ['join', 'read'] });
	assert.equal(conversation.mayWrite, false);
});

test('a message that is refused for hours is not sent again by itself', () => {
	const { conversation, socket } = live();
	conversation.say('hello');
	const { id } = socket.sent.pop();
	socket.says({
		type: 'error',
		id,
		code: 'muted',
		message: 'you are muted',
		retryAfter: 3_000_000_000,
	});
	const [pending] = conversation.outbox.pending;
	assert.equal(pending.state, 'failed');
	assert.equal(pending.problem, 'you are muted');
});

test("who takes the name of another is told apart, and never takes one's own", () => {
	const { conversation } = live();
	assert.equal(conversation.tagOf({ id: 'me', name: 'Ann' }), '');
	assert.equal(conversation.tagOf({ id: 'guest:abcdefgh', name: 'ANN' }), ' #abcd');
	assert.equal(conversation.tagOf({ id: 'user:bob', name: 'Bob' }), '');
	assert.equal(conversation.tagOf({ id: 'guest:xyz', name: 'Bob' }), ' #xyz');
	assert.equal(conversation.tagOf({ id: 'user:bob', name: 'Bob' }), '');
	assert.equal(conversation.tagOf({ id: 'guest:xyz' }), '');
});

test('a record of a kind that is not known moves the chain and the cursor, and shows nothing', () => {
	const { conversation, socket } = live();
	socket.says(message(1, { id: 'bob' }));
	// What its members mean is not known either.
	const unknown = { type: 'reaction', seq: 2, prev: 1, target: 1, text: 'x', cursor: 'c2' };
	socket.says(unknown, message(3, { id: 'bob' }, { cursor: undefined }));
	assert.equal(conversation.line.state, 'live');
	assert.deepEqual(
		conversation.timeline.messages.map(({ seq, kind }) => [seq, kind]),
		[
			[1, 'message'],
			[3, 'message'],
		],
	);
	assert.equal(conversation.timeline.last, 3);
	assert.equal(conversation.timeline.cursor, 'c2');
	socket.says({ type: 'reaction', seq: 3, prev: 2 }, { type: 'hint', seq: 9 });
	assert.equal(conversation.line.state, 'live');

	socket.says({ type: 'reaction', seq: 6, prev: 5, cursor: 'c6' });
	assert.equal(conversation.line.state, 'offline');
	assert.equal(conversation.timeline.cursor, 'c2');
});
