/** The first half of the names of our advisory locks, "mcnf": a database may be shared with other programs. */
export const LOCKS = 0x6d636e66;
/** The same of the locks that sessions hold on their chains of the audit log. */
export const CHAIN_LOCKS = 0x6d636e61;
