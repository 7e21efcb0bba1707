import assert from 'node:assert/strict';
import { test } from 'node:test';

const frontend = new URL(`file://${process.env.CHAT_FRONTEND}/`);
const { formatted, isMentioned } = await import(new URL('model/formatted.js', frontend));

/** What a text becomes, written short: `strong(…)`, `link(href|text)`. */
const shown = (text, me = 'Ann') => formatted(text, me).map(short).join('/');

function short(part) {
	if (typeof part === 'string') {
		return part;
	}
	const inside = part.parts?.map(short).join('') ?? part.text;
	switch (part.type) {
		case 'paragraph':
			return inside;
		case 'link':
			return `link(${part.href}|${part.text}${part.host ? `|${part.host}` : ''})`;
		case 'mention':
			return part.isMe ? `me(${inside})` : `mention(${inside})`;
		default:
			return `${part.type}(${inside})`;
	}
}

test('emphasis, code and what only looks like it', () => {
	assert.equal(shown('a **b** *c* _d_ ~~e~~ `f`'), 'a strong(b) em(c) em(d) del(e) code(f)');
	assert.equal(shown('**a _b_ `c`**'), 'strong(a em(b) code(c))');
	assert.equal(shown('`**a**`'), 'code(**a**)');
	for (const plain of [
		'2 * 3 * 4',
		'snake_case_name',
		'**',
		'* a',
		'a ** b **',
		'# a',
		'<b>x</b>',
		'&amp;',
		'\\*a\\*',
		'- a',
		'1. b',
		'~a',
		'a\n===',
		'    a',
	]) {
		assert.equal(shown(plain), plain);
	}
});

test('links of three kinds, and of no other', () => {
	assert.equal(
		shown('see http://a.example/x_(y).'),
		'see link(http://a.example/x_(y)|http://a.example/x_(y)).',
	);
	assert.equal(
		shown('(https://a.example/_b_c)'),
		'(link(https://a.example/_b_c|https://a.example/_b_c))',
	);
	assert.equal(shown('mailto:a@b.example!'), 'link(mailto:a@b.example|mailto:a@b.example)!');
	assert.equal(
		shown('[bank](https://evil.example)'),
		'link(https://evil.example/|bank|evil.example)',
	);
	for (const plain of [
		'javascript:alert(1)',
		'[x](javascript:alert(1))',
		'[x](data:text/html,x)',
		'[x](//evil.example)',
		'[x](/admin)',
		'ftp://a.example/',
		'http://',
		'https://bank.example@evil.example/',
	]) {
		assert.doesNotMatch(shown(plain), /link\(/, plain);
	}
});

test('fences and quotes are blocks, and the rest of the text around them stays', () => {
	assert.equal(shown('a\n```\n**b**\n```\nc'), 'a/fence(**b**)/c');
	assert.equal(shown('> a *b*\n> c\n\nd'), 'quote(a em(b)\nc)/d');
	assert.equal(shown('```\nno end'), 'fence(no end)');
	assert.equal(shown('a\n\nb'), 'a/b');
});

test('mentions, and those of oneself by the whole name', () => {
	assert.equal(shown('@Bob, @ann. @Annabel'), 'mention(@Bob), me(@ann). mention(@Annabel)');
	assert.equal(shown('hi @Ann Lee!', 'Ann Lee'), 'hi me(@Ann Lee)!');
	assert.equal(shown('x@ann'), 'x@ann');
	assert.equal(isMentioned('@Annabel and @Ann', 'Ann'), true);
	assert.equal(isMentioned('@Annabel', 'Ann'), false);
	assert.equal(isMentioned('@a.*', 'a.*'), true);
	assert.equal(isMentioned('@', ''), false);
});

test('nothing is lost or doubled, and hostile texts take no time', () => {
	const pieces = [
		'*',
		'**',
		'_',
		'~~',
		'`',
		'```\n',
		'> ',
		'[',
		'](',
		')',
		'@',
		'a',
		' ',
		'\n',
		'http://',
		'(',
		'.',
	];
	let seed = 7;
	const random = (most) => (seed = (seed * 48_271) % 2_147_483_647) % most;
	const letters = (parts) =>
		parts
			.map((part) =>
				typeof part === 'string' ? part : part.parts ? letters(part.parts) : part.text,
			)
			.join('');
	for (let i = 0; i < 2000; i++) {
		const text = Array.from({ length: 20 }, () => pieces[random(pieces.length)]).join('');
		const count = (of) => [...of].filter((char) => char === 'a').length;
		assert.ok(count(letters(formatted(text, 'a'))) <= count(text), text);
	}
	for (const piece of [
		...pieces,
		'*a_',
		'~~a',
		'[a](',
		'@a ',
		'> a\n',
		'a@',
		'`a``b',
		'http://a/((',
	]) {
		const start = performance.now();
		formatted(piece.repeat(4000 / piece.length), 'Ann');
		assert.ok(performance.now() - start < 1000, piece);
	}
});
