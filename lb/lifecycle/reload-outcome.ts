export type ReloadOutcome =
  | { readonly kind: 'reloaded'; readonly added: readonly string[]; readonly removed: readonly string[] }
  /** Everything is as it was. */
  | { readonly kind: 'refused'; readonly problem: string }
