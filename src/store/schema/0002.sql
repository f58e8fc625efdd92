-- The session that the server would keep if the program ended now; one row per account, rewritten in place.
CREATE TABLE resumable (
    account INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    session TEXT NOT NULL,
    me TEXT NOT NULL,
    handled INTEGER NOT NULL
) STRICT;
