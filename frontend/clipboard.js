/** Copies a text; also on plain http, where browsers know the old way only. @param {string} text */
export async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		const field = document.createElement('textarea');
		const focused = document.activeElement;
		field.value = text;
		field.className = 'unseen';
		// In an open dialog, what is outside of it cannot be selected.
		(document.querySelector('dialog[open]') ?? document.body).append(field);
		field.select();
		const isCopied = document.execCommand('copy');
		field.remove();
		if (focused instanceof HTMLElement) {
			focused.focus();
		}
		return isCopied;
	}
}
