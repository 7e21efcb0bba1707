import en from './strings/en.json' with { type: 'json' };

/** All that the page says. Who wants another language translates the file, and names it here. */
export const t = en;
const LANGUAGE = 'en';
const PLURALS = new Intl.PluralRules(LANGUAGE);
const LISTS = new Intl.ListFormat(LANGUAGE);

/**
 * A text with its {placeholders} filled; of several forms, the one for the number in `count`.
 * @param {string | Record<string, string>} text
 * @param {Record<string, string | number | string[]>} values
 */
export function fill(text, values) {
	const form =
		typeof text === 'string' ? text : (text[PLURALS.select(Number(values.count))] ?? text.other);
	return form.replace(/\{(\w+)\}/g, (_, name) => {
		const value = values[name];
		return Array.isArray(value) ? LISTS.format(value) : String(value);
	});
}
