/** The first half of the names of our advisory locks, "mcnf": a database may be shared with other programs. */
export const LOCKS = 0x6d636e66;
