import { Lexer, Tokenizer } from '../vendor/marked.js';

/**
 * A text as a tree of what it is made of.
 * @typedef {{type: 'strong' | 'em' | 'del' | 'quote' | 'paragraph', parts: Part[]}} Span
 * @typedef {{type: 'link', href: string, text: string, host?: string}} Link
 * @typedef {{type: 'code' | 'fence', text: string}} Code
 * @typedef {{type: 'mention', text: string, isMe: boolean}} Mention
 * @typedef {string | Span | Link | Code | Mention} Part
 * @typedef {import('../vendor/marked.js').Token} Token
 */

/**
 * What is longer, or has more marks of emphasis than anybody means, is shown as it is: to read a
 * hostile text takes time that grows with the square of them.
 */
const MOST_CHARS = 4000;
const MOST_MARKS = 250;
const SCHEMES = ['http:', 'https:', 'mailto:'];
const MENTION = String.raw`@[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}_])?`;
const NOT_BEFORE_MENTION = String.raw`(?<![\p{L}\p{N}@/])`;

/** Markdown as far as it is used in chats; what else it has stays text, as it was typed. */
class ChatTokenizer extends Tokenizer {
  static {
    for (const unused of [
      'br',
      'code',
      'def',
      'escape',
      'heading',
      'hr',
      'html',
      'lheading',
      'list',
      'reflink',
      'table',
      'tag',
    ]) {
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
    return tokens.flatMap((token) => blockOf(token, me));
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

/** @param {string} name */
function callOf(name) {
  return `@${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\p{N}_])`;
}

/** @param {Token} token @param {string} me @returns {Part[]} */
function blockOf(token, me) {
  switch (token.type) {
    case 'space':
      return [];
    case 'code':
      return [{ type: 'fence', text: token.text }];
    case 'blockquote':
      return [
        { type: 'quote', parts: (token.tokens ?? []).flatMap((inner) => blockOf(inner, me)) },
      ];
    default:
      return [{ type: 'paragraph', parts: inlineOf(token, me) }];
  }
}

/** @param {Token} token @param {string} me @returns {Part[]} */
function inlineOf(token, me) {
  return token.tokens
    ? token.tokens.flatMap((inner) => partOf(inner, me))
    : withMentions(token.raw, me);
}

/** @param {Token} token @param {string} me @returns {Part[]} */
function partOf(token, me) {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return [{ type: token.type, parts: inlineOf(token, me) }];
    case 'codespan':
      return [{ type: 'code', text: token.text }];
    case 'link':
      return [linkOf(token) ?? token.raw];
    default:
      return withMentions(token.raw, me);
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
  /** @type {Part[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(
    new RegExp(`${NOT_BEFORE_MENTION}(?:${mine}${MENTION})`, 'giu'),
  )) {
    parts.push(text.slice(end, match.index));
    parts.push({ type: 'mention', text: match[0], isMe: Boolean(match.groups?.mine) });
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== '');
}
