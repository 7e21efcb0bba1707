/**
 * A text as a tree of what it is made of.
 * @typedef {{type: 'strong' | 'em' | 'del' | 'quote' | 'paragraph', parts: Part[]}} Span
 * @typedef {{type: 'link', href: string, text: string, host?: string}} Link
 * @typedef {{type: 'code' | 'fence', text: string}} Code
 * @typedef {{type: 'mention', text: string, isMe: boolean}} Mention
 * @typedef {string | Span | Link | Code | Mention} Part
 */

/**
 * One pass finds all of them. No part can hold its own mark, so that however hostile a text is, it
 * is read in about one pass, and nests only as deep as there are kinds of parts.
 */
const INLINE =
  /`(?<code>[^`\n]+)`|\[(?<label>[^[\]\n]{1,200})\]\((?<target>[^\s()]{1,2000})\)|(?<url>\b(?:https?:\/\/|mailto:)[^\s<>"`]+)|\*\*(?=\S)(?<strong>[^*\n]+)(?<=\S)\*\*|~~(?=\S)(?<del>[^~\n]+)(?<=\S)~~|(?<![*\p{L}\p{N}])\*(?=\S)(?<star>[^*\n]+)(?<=\S)\*|(?<![\p{L}\p{N}_])_(?=\S)(?<em>[^_\n]+)(?<=\S)_(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}@/])@(?<mention>[\p{L}\p{N}][\p{L}\p{N}._-]*)/gu;
const FENCE = /^```/;
const QUOTE = /^> ?/;
const TAIL = ".,:;!?'*~]}";
/** A longer text is shown as it is. */
const FORMATTED_CHARS = 20_000;
const SCHEMES = ['http:', 'https:', 'mailto:'];

/**
 * Links, emphasis, code, quotes and mentions; everything else stays text.
 * @param {string} text
 * @param {string} me one's own name
 * @returns {Part[]}
 */
export function formatted(text, me) {
  if (text.length > FORMATTED_CHARS) {
    return [{ type: 'paragraph', parts: [text] }];
  }
  const lines = text.split('\n');
  const lastFence = lines.findLastIndex((line) => FENCE.test(line));
  /** @param {number} i whether a fence begins here that ends somewhere */
  const isFence = (i) => i < lastFence && FENCE.test(lines[i]);
  /** @type {Part[]} */
  const parts = [];
  for (let i = 0; i < lines.length;) {
    let end = i + 1;
    if (isFence(i)) {
      while (!FENCE.test(lines[end])) {
        end += 1;
      }
      parts.push({ type: 'fence', text: lines.slice(i + 1, end).join('\n') });
      i = end + 1;
      continue;
    }
    const isQuote = QUOTE.test(lines[i]);
    while (end < lines.length && QUOTE.test(lines[end]) === isQuote && !isFence(end)) {
      end += 1;
    }
    const block = lines.slice(i, end).map((line) => (isQuote ? line.replace(QUOTE, '') : line));
    parts.push({ type: isQuote ? 'quote' : 'paragraph', parts: inline(block.join('\n'), me) });
    i = end;
  }
  return parts;
}

/** Whether a text calls somebody. @param {string} text @param {string} name */
export function isMentioned(text, name) {
  return name !== '' && callOf(name, 'iu').test(text);
}

/** @param {string} name @param {string} flags */
function callOf(name, flags) {
  const literal = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}@/])@${literal}(?![\\p{L}\\p{N}_])`, flags);
}

/** @param {string} text @param {string} me @returns {Part[]} */
function inline(text, me) {
  /** @type {Part[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    // A name with spaces was taken whole: what matches inside of it is part of it.
    if (match.index < end) {
      continue;
    }
    const [part, length] = partOf(match, text, me);
    if (part) {
      if (match.index > end) {
        parts.push(text.slice(end, match.index));
      }
      parts.push(part);
      end = match.index + length;
    }
  }
  if (end < text.length) {
    parts.push(text.slice(end));
  }
  return parts;
}

/** @param {RegExpMatchArray} match @param {string} text @param {string} me @returns {[Part | undefined, number]} */
function partOf(match, text, me) {
  const [whole] = match;
  const { code, label, target, url, strong, del, star, em } = match.groups ?? {};
  if (code) {
    return [{ type: 'code', text: code }, whole.length];
  }
  if (label) {
    const href = hrefOf(target);
    // What a label says and where it leads may differ: both are shown.
    const host = href && (new URL(href).host || new URL(href).pathname);
    return [href ? { type: 'link', href, text: label, host } : undefined, whole.length];
  }
  if (url) {
    const bare = withoutTail(url);
    const href = hrefOf(bare);
    return [href ? { type: 'link', href, text: bare } : undefined, bare.length];
  }
  if (strong) {
    return [{ type: 'strong', parts: inline(strong, me) }, whole.length];
  }
  if (del) {
    return [{ type: 'del', parts: inline(del, me) }, whole.length];
  }
  if (star || em) {
    return [{ type: 'em', parts: inline(star || em, me) }, whole.length];
  }
  const call = callOf(me, 'iuy');
  call.lastIndex = /** @type {number} */ (match.index);
  const mine = me && call.exec(text)?.[0];
  const mention = mine || whole.replace(/[._-]+$/, '');
  return [{ type: 'mention', text: mention, isMe: Boolean(mine) }, mention.length];
}

/** @param {string} target @returns {string | undefined} */
function hrefOf(target) {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  return url && SCHEMES.includes(url.protocol) && !url.username && !url.password
    ? url.href
    : undefined;
}

/** What ends a sentence, or a bracket around the link, does not belong to it. @param {string} url */
function withoutTail(url) {
  let open = 0;
  let end = 0;
  for (; end < url.length; end++) {
    open += url[end] === '(' ? 1 : url[end] === ')' ? -1 : 0;
    if (open < 0) {
      break;
    }
  }
  while (end > 0 && TAIL.includes(url[end - 1])) {
    end -= 1;
  }
  return url.slice(0, end);
}
