/** What is wrong with a key, for a diagnostic. Never quotes the key. */
export interface KeyFault {
  readonly message: string;
  readonly hint: string;
}
