-- Where the user was when the program ended: the chat that was open, and the message at the bottom of its screen
-- (null: the newest).
ALTER TABLE chats ADD COLUMN is_current INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN bottom INTEGER;

-- The rows of the service browser that the user unfolded; node is empty where the address alone is meant.
CREATE TABLE unfolded (
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    node TEXT NOT NULL,
    PRIMARY KEY (account, jid, node)
) STRICT, WITHOUT ROWID;
