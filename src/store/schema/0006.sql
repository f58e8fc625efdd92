-- Invitations to rooms that were answered, so that the archive does not bring them back; at: milliseconds.
CREATE TABLE answered_invites (
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    room TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, room)
) STRICT, WITHOUT ROWID;
