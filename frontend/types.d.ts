/** The shapes that modules share. Only the type checker reads this file. */

type App = import('./app.js').App;
type Alerts = import('./alerts.js').Alerts;
type Conversation = import('./model/conversation.js').Conversation;
type Look = import('./look.js').Look;
type ReadMark = import('./model/read-mark.js').ReadMark;
type Rooms = import('./model/rooms.js').Rooms;
type Store = import('./model/store.js').Store;
type Child = import('./vendor/htm-preact.js').Child;
type Token = import('./vendor/marked.js').Token;

/** Hands an object to the line, and says whether that was possible. */
type Send = (object: object) => boolean;
type PanelName = '' | 'rooms' | 'people' | 'settings';
type IconName = 'rooms' | 'people' | 'settings' | 'link' | 'copy' | 'send' | 'down' | 'close';

// What the server says.

interface Member {
	id: string;
	name?: string;
}

interface Message {
	seq: number;
	prev?: number;
	id?: string;
	from: Member;
	at: number;
	kind: string;
	text?: string;
	data?: string;
	cursor?: string;
	/** Of a record that deletes: which message. */
	target?: number;
	/** Of a line for several that were deleted next to each other: how many, and the last one. */
	count?: number;
	through?: number;
}

interface Welcome {
	you: Member;
	may?: string[];
	locked?: boolean;
	resume: string;
	cursor: string;
	limits: { message: number };
	retryWindow: number;
	count: number;
	members?: Member[];
	version: number;
}

interface History {
	id: string;
	messages: Message[];
	more: boolean;
	trimmedThrough?: number;
	/** The last record when it was read. */
	head?: number;
}

interface PresenceNews {
	join?: Member[];
	leave?: Member[];
	members?: Member[];
	count: number;
	version: number;
}

interface Refusal {
	id?: string;
	message: string;
	retryAfter?: number;
}

/** What one does about what the server says, by its type. */
interface Handlers {
	welcome(welcome: Welcome): void;
	message(message: Message): void;
	deleted(record: Message): void;
	room(room: { locked: boolean }): void;
	live(): void;
	history(page: History): void;
	presence(news: PresenceNews): void;
	typing(typing: { who?: Member[] }): void;
	ok(ok: { id: string; seq?: number }): void;
	error(refusal: Refusal): void;
	[other: string]: (object: any) => void;
}

// What the page knows.

/** How the line to the server is; `until`: when the next attempt is. */
interface Line {
	state: 'connecting' | 'catching-up' | 'live' | 'offline' | 'stopped';
	until?: number;
	reason?: string;
}

/** Which room of which server the page is for. */
interface Place {
	room: string;
	server: string;
	host: string;
	isForeign: boolean;
	url: string;
	http: string;
}

/** A message of one's own that the server has not confirmed. */
interface Pending {
	id: string;
	text: string;
	at: number;
	sentAt?: number;
	sends?: number;
	isPostponed?: boolean;
	state: 'pending' | 'unconfirmed' | 'failed';
	problem?: string;
}

interface News {
	unread: number;
	isMentioned: boolean;
	cursor?: string;
}

interface KnownRoom {
	room: string;
	unread: number;
	isMentioned?: boolean;
}

type Wish = 'older' | 'newer' | 'newest' | 'around';

/** A message or a notice that stands before one; without `before`, at the end. */
interface Note {
	what: 'reset' | 'trimmed';
	before?: number;
}

/** What rows are made of, of a timeline. */
interface Held {
	messages: Message[];
	isAtEnd: boolean;
	isFollowing?: boolean;
	beginning?: 'first' | 'trimmed';
	note?: Note;
}

interface Said {
	type: 'message';
	key: string;
	message: Message;
	pending?: Pending;
	isOwn: boolean;
	isFirst: boolean;
}

/** A line of the timeline. */
type Row =
	| Said
	| { type: 'day'; key: string; at: number }
	| { type: 'deleted'; key: string; count: number }
	| { type: 'new' | 'reset' | 'trimmed' | 'first' | 'before'; key: string };

/** A text as a tree of what it is made of. */
type Part = string | Span | Link | Code | Mention;

interface Span {
	type: 'strong' | 'em' | 'del' | 'quote' | 'paragraph';
	parts: Part[];
}

interface Link {
	type: 'link';
	href: string;
	text: string;
	host?: string;
}

interface Code {
	type: 'code' | 'fence';
	text: string;
}

interface Mention {
	type: 'mention';
	text: string;
	isMe: boolean;
}

// What views are given.

interface IconButtonProps {
	icon: IconName;
	label: string;
	onClick: () => void;
	count?: number;
}

/** `refuse` says what is wrong with an answer, if anything is. */
interface AskProps {
	id: string;
	label: string;
	action: string;
	first?: string;
	problem?: string;
	isInRow?: boolean;
	autocomplete?: string;
	refuse: (answer: string) => string;
	onAnswer: (answer: string) => void;
}

interface PanelProps {
	app: App;
	kind: Exclude<PanelName, ''>;
	isColumn?: boolean;
	children: Child;
}

interface RoomLinkProps {
	known: KnownRoom;
	here?: string;
	onEnter: (room: string) => void;
	onForget?: () => void;
}

/** `version` rises with each drawing: what a conversation holds changes in place. */
interface ConversationProps {
	app: App;
	conversation: Conversation;
	version: number;
}

interface ComposerState {
	left: number;
	offers: string[];
	chosen: number;
}

interface RowProps {
	row: Row;
	name: string;
	isActive: boolean;
	isTarget: boolean;
	app: App;
}

/** A row that must not move, and where it is. */
interface Anchor {
	key: string;
	top: number;
}
