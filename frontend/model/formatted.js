import { Lexer, Tokenizer } from '../vendor/marked.js';

/**
 * What is longer, or has more marks of emphasis than anybody means, is shown as it is: to read a
 * hostile text takes time that grows with the square of them.
 */
const MOST_CHARS = 4000;
const MOST_MARKS = 250;
const SCHEMES = ['http:', 'https:', 'mailto:'];
const MENTION = String.raw`@[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}_])?`;
const NOT_BEFORE_MENTION = String.raw`(?<![\p{L}\p{N}@/])`;
/** What Markdown has and chats have no use for stays text, as it was typed. */
const UNUSED = 'br code def escape heading hr html lheading list reflink table tag'.split(' ');

class ChatTokenizer extends Tokenizer {
	static {
		for (const unused of UNUSED) {
			Object.defineProperty(this.prototype, unused, { value: () => undefined });
		}
	}
}

/**
 * Links, emphasis, code, quotes and mentions; everything else stays text.
 * @param {string} text
 * @param {string} me one's own name
 * @returns {Part[]}
 */
export function formatted(text, me) {
	/** @type {Part[]} */
	const plain = [{ type: 'paragraph', parts: [text] }];
	if (text.length > MOST_CHARS || (text.match(/[*_~]/g)?.length ?? 0) > MOST_MARKS) {
		return plain;
	}
	try {
		const tokens = new Lexer({ gfm: true, tokenizer: new ChatTokenizer() }).lex(text);
		return tokens.flatMap((token) => partsOf(token, me));
	} catch (e) {
		if (e instanceof RangeError) {
			// Quotes within quotes, deeper than the stack.
			return plain;
		}
		throw e;
	}
}

/** Whether a text calls somebody. @param {string} text @param {string} name */
export function isMentioned(text, name) {
	return name !== '' && new RegExp(NOT_BEFORE_MENTION + callOf(name), 'iu').test(text);
}

/** What has been typed of a name after an @, at the end of a text. @param {string} text */
export function begunMention(text) {
	return new RegExp(`${NOT_BEFORE_MENTION}@([\\p{L}\\p{N}][^@\\n]{0,60})$`, 'u').exec(text)?.[1];
}

/** @param {string} name */
function callOf(name) {
	return `@${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\p{N}_])`;
}

/** @param {Token} token @param {string} me @returns {Part[]} */
function partsOf(token, me) {
	const { type, text, raw, tokens } = token;
	const parts = () => tokens?.flatMap((inner) => partsOf(inner, me)) ?? withMentions(raw, me);
	switch (type) {
		case 'space':
			return [];
		case 'code':
			return [{ type: 'fence', text }];
		case 'codespan':
			return [{ type: 'code', text }];
		case 'blockquote':
			return [{ type: 'quote', parts: parts() }];
		case 'strong':
		case 'em':
		case 'del':
			return [{ type, parts: parts() }];
		case 'link':
			return [linkOf(token) ?? raw];
		default:
			return tokens ? [{ type: 'paragraph', parts: parts() }] : withMentions(raw, me);
	}
}

/** @param {Token} token @returns {Link | undefined} */
function linkOf({ href = '', text, raw }) {
	const url = URL.canParse(href) ? new URL(href) : undefined;
	if (!url || !SCHEMES.includes(url.protocol) || url.username || url.password) {
		return undefined;
	}
	const isBare = text === raw;
	// What a label says and where it leads may differ: both are shown.
	return { type: 'link', href: url.href, text, ...(!isBare && { host: url.host || url.pathname }) };
}

/** @param {string} text @param {string} me @returns {Part[]} */
function withMentions(text, me) {
	const mine = me && `(?<mine>${callOf(me)})|`;
	const call = new RegExp(`${NOT_BEFORE_MENTION}(?:${mine}${MENTION})`, 'giu');
	/** @type {Part[]} */
	const parts = [];
	let end = 0;
	for (const { 0: called, index, groups } of text.matchAll(call)) {
		parts.push(text.slice(end, index));
		parts.push({ type: 'mention', text: called, isMe: Boolean(groups?.mine) });
		end = index + called.length;
	}
	parts.push(text.slice(end));
	return parts.filter((part) => part !== '');
}
