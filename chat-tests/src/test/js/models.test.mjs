import assert from 'node:assert/strict';
import { test } from 'node:test';

const frontend = new URL(`file://${process.env.CHAT_FRONTEND}/`);
const { Backoff } = await import(new URL('net/backoff.js', frontend));
const { Outbox } = await import(new URL('model/outbox.js', frontend));
const { addressOf, placeOf, targetOf } = await import(new URL('model/place.js', frontend));
const { Rooms } = await import(new URL('model/rooms.js', frontend));
const { Store } = await import(new URL('model/store.js', frontend));

const WINDOW = 120_000;

/** An outbox on a line that is up or down, at a time that the test sets. */
function outbox(store = new Store('ws://here', undefined)) {
	const line = { isUp: true, now: 1000, sent: [] };
	const send = (object) => line.isUp && line.sent.push(object.text) > 0;
	return { line, store, box: new Outbox(store, 'general', send, undefined, () => line.now) };
}

const states = (box) => box.pending.map((pending) => pending.state);

test('what is written while the line is down is sent when it is up, however late', () => {
	const { line, box } = outbox();
	line.isUp = false;
	box.add('a');
	box.add('b');
	line.isUp = true;
	line.now += 10 * WINDOW;
	box.resend(WINDOW);
	assert.deepEqual(line.sent, ['a', 'b']);
	assert.deepEqual(states(box), ['pending', 'pending']);
});

test('what may have arrived is sent again only while the server still knows its id', () => {
	const { line, box } = outbox();
	box.add('a');
	line.now += WINDOW / 2;
	box.resend(WINDOW);
	assert.deepEqual(line.sent, ['a', 'a']);
	line.now += WINDOW / 2;
	box.resend(WINDOW);
	assert.deepEqual(line.sent, ['a', 'a']);
	assert.deepEqual(states(box), ['unconfirmed']);
});

test('a message that was refused for now is sent again, and no other with it', () => {
	const { line, box } = outbox();
	box.add('a');
	box.add('b');
	box.postpone(box.pending[0].id);
	box.resendPostponed();
	box.resendPostponed();
	assert.deepEqual(line.sent, ['a', 'b', 'a']);
	// Refused each time it was sent, it is certainly not kept, however long that goes on.
	box.postpone(box.pending[0].id);
	line.now += WINDOW;
	box.resend(WINDOW);
	assert.deepEqual(line.sent, ['a', 'b', 'a', 'a']);
	assert.deepEqual(states(box), ['pending', 'unconfirmed']);
});

test('a message that is retried by hand has a new id', () => {
	const { line, box } = outbox();
	box.add('a');
	const { id } = box.pending[0];
	box.fail(id, 'no');
	assert.deepEqual(states(box), ['failed']);
	box.retry(id);
	assert.notEqual(box.pending[0].id, id);
	assert.deepEqual(line.sent, ['a', 'a']);
	box.remove(box.pending[0].id);
	assert.deepEqual(box.pending, []);
});

test('what has certainly not arrived can be taken back, the last first', () => {
	const { line, box } = outbox();
	box.add('sent');
	line.isUp = false;
	box.add('waits');
	assert.equal(box.takeBack(), 'waits');
	assert.equal(box.takeBack(), undefined);
	box.fail(box.pending[0].id, 'no');
	assert.equal(box.takeBack(), 'sent');
	assert.deepEqual(box.pending, []);
});

test('each tab keeps its own messages, and a reload finds all of them', () => {
	const store = new Store('ws://here', undefined);
	const one = outbox(store);
	const two = outbox(store);
	one.box.add('from one');
	two.line.now += 1;
	two.box.add('from two');
	one.box.remove(one.box.pending[0].id);
	one.box.add('again from one');
	const texts = outbox(store).box.pending.map((pending) => pending.text);
	assert.deepEqual(texts.sort(), ['again from one', 'from two']);
	assert.deepEqual(new Outbox(store, 'general more', () => true).pending, []);
	assert.deepEqual(
		new Outbox(new Store('ws://there', undefined), 'general', () => true).pending,
		[],
	);
});

test('the place is in the address of the page', () => {
	const place = (href) => placeOf({ href });
	assert.equal(place('http://a:8787/').url, 'ws://a:8787/room/general/websocket');
	assert.equal(place('https://a/x/?room=K%C3%BCche').url, 'wss://a/room/K%C3%BCche/websocket');
	const foreign = place('https://a/?server=wss://chat.example/base/');
	assert.equal(foreign.url, 'wss://chat.example/base/room/general/websocket');
	assert.equal(foreign.isForeign, true);
	assert.equal(place('http://a/?server=http://a').isForeign, false);
	for (const server of ['nonsense', 'javascript:alert(1)', 'wss://u@h', 'wss://:p@h', '']) {
		assert.throws(() => place(`http://a/?server=${encodeURIComponent(server)}`), /must look like/);
	}
	for (const room of ['a/b', '..', '.', 'a;b', '50%', 'a\\b', '\u0000', 'x'.repeat(129)]) {
		const href = `http://a/?room=${encodeURIComponent(room)}`;
		assert.throws(() => place(href), /no room of this name/);
	}
});

test('a room and a message in it have an address, on the same server', () => {
	const here = { href: 'http://a/x/?server=ws://b&room=one&name=Ann#m1' };
	assert.equal(addressOf(here, 'Kü che', 7), 'http://a/x/?server=ws%3A%2F%2Fb&room=K%C3%BC+che#m7');
	assert.equal(addressOf(here, 'two'), 'http://a/x/?server=ws%3A%2F%2Fb&room=two');
	assert.equal(targetOf({ hash: '#m7' }), 7);
	assert.equal(targetOf({ hash: '#m' }), undefined);
	assert.equal(targetOf({ hash: '#m7x' }), undefined);
});

test('attempts to connect are spread over a time that doubles to half a minute', () => {
	const late = new Backoff(() => 1);
	const waits = Array.from({ length: 9 }, () => late.next());
	assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
	late.reset();
	assert.equal(late.next(), 500);
	assert.equal(new Backoff(() => 0).next(), 0);
});

test('from each room one comes to the next, and from the last to the first', () => {
	const rooms = new Rooms(new Store('ws://here', undefined));
	['one', 'two', 'three'].forEach((room) => rooms.enter(room));
	assert.equal(rooms.next(1), 'one');
	assert.equal(rooms.next(-1), 'two');
	rooms.enter('one');
	assert.equal(rooms.next(-1), 'three');
});
