/** What the page uses of marked. */
export interface Token {
  type: string;
  raw: string;
  text: string;
  href?: string;
  tokens?: Token[];
}
export class Tokenizer {}
export class Lexer {
  constructor(options: { gfm: boolean; tokenizer: Tokenizer });
  lex(text: string): Token[];
}
