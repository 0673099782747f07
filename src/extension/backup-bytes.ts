/** The largest file that is read as a backup, in bytes. */
export const BACKUP_BYTES = 256 * 1024;
